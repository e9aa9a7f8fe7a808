package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class EncryptedKeyfileTest {
    private static final byte[] PASSWORD = "täst 密码 ünïcode".getBytes(UTF_8);
    private static final byte[] OTHER = "täst 密码 ünicode".getBytes(UTF_8);
    private static final String ADDRESS = "5CcyqxXnJucaCnQQvvUg5EPzj1uoNAxACZvzArHw5aVDvgNH";

    @Test
    void argon2iEqualsTheLibrarysAtEverySmallSize() {
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            byte[] password = new byte[random.nextInt(100)];
            byte[] salt = new byte[8 + random.nextInt(24)];
            random.nextBytes(password);
            random.nextBytes(salt);
            int iterations = 1 + random.nextInt(4);
            int memory = 8 + random.nextInt(1500);
            int length = 4 + random.nextInt(61);
            Argon2BytesGenerator library = new Argon2BytesGenerator();
            library.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_i)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withIterations(iterations)
                            .withMemoryAsKB(memory)
                            .withParallelism(1)
                            .withSalt(salt)
                            .build());
            byte[] expected = new byte[length];
            library.generateBytes(password, expected);

            assertThat(Argon2i.derive(password, salt, iterations, memory, length))
                    .as("%d iterations over %d KiB", iterations, memory)
                    .isEqualTo(expected);
        }
    }

    /// The salt is the same in all files, so one derivation opens all that share a password.
    @Test
    void everyFileThatTheReferenceWalletsEncryptedOpens() throws Exception {
        List<JsonNode> files = KeyfileReadTest.reference().toList();
        byte[] key =
                EncryptedKeyfile.NACL.key(
                        encrypted(files.getFirst()), "testing only".getBytes(UTF_8));

        for (JsonNode file : files) {
            assertThat(file.get("encrypted_password").textValue()).isEqualTo("testing only");
            byte[] plain = EncryptedKeyfile.NACL.unlock(encrypted(file), key);

            assertThat(KeyfileJson.read(plain).hotkey().ss58())
                    .isEqualTo(file.get("ss58").textValue());
        }
        refusesDamage(EncryptedKeyfile.NACL, encrypted(files.getFirst()), key);
        byte[] other = key.clone();
        other[31] ^= 1;
        assertThatThrownBy(() -> EncryptedKeyfile.NACL.unlock(encrypted(files.getFirst()), other))
                .hasMessage(EncryptedKeyfile.WRONG);
    }

    @Test
    void whatAnsibleVaultWroteOpens() throws Exception {
        byte[] file = resource("ansible.vault");
        byte[] key = EncryptedKeyfile.ANSIBLE_VAULT.key(file, PASSWORD);

        byte[] plain = EncryptedKeyfile.ANSIBLE_VAULT.unlock(file, key);

        assertThat(KeyfileJson.read(plain).hotkey().ss58()).isEqualTo(ADDRESS);
        assertThatThrownBy(() -> EncryptedKeyfile.ANSIBLE_VAULT.open(file, OTHER))
                .hasMessage(EncryptedKeyfile.WRONG);
        refusesDamage(EncryptedKeyfile.ANSIBLE_VAULT, file, key);
    }

    @Test
    void aVaultWithWindowsLineEndsOpensAndOneOfAnotherVersionIsNamed() throws Exception {
        String file = new String(resource("ansible.vault"), UTF_8);

        byte[] plain =
                EncryptedKeyfile.ANSIBLE_VAULT.open(
                        file.replace("\n", "\r\n").getBytes(UTF_8), PASSWORD);

        assertThat(KeyfileJson.read(plain).hotkey().ss58()).isEqualTo(ADDRESS);
        assertThatThrownBy(() ->
                        EncryptedKeyfile.ANSIBLE_VAULT.open(
                                file.replace(";1.1;", ";1.2;").getBytes(UTF_8), PASSWORD))
                .hasMessageContaining("of another kind than $ANSIBLE_VAULT;1.1;AES256");
    }

    @Test
    void whatAnOldWalletWroteAsFernetOpens() throws Exception {
        byte[] file = resource("legacy.fernet");
        byte[] key = EncryptedKeyfile.FERNET.key(file, PASSWORD);

        byte[] plain = EncryptedKeyfile.FERNET.unlock(file, key);

        assertThat(KeyfileJson.read(plain).hotkey().ss58()).isEqualTo(ADDRESS);
        refusesDamage(EncryptedKeyfile.FERNET, file, key);
    }

    @Test
    void aFileThatCannotBeWholeIsRefusedBeforeItCostsAnything() {
        for (String file :
                List.of(
                        "$NACL",
                        "$NACL0123456789012345678901234567890123456",
                        "gAAAAA",
                        "gAAAAAB=x")) {
            byte[] bytes = file.getBytes(UTF_8);
            assertThatThrownBy(() -> EncryptedKeyfile.of(bytes).orElseThrow().key(bytes, PASSWORD))
                    .isInstanceOf(KeyFormatException.class)
                    .hasMessageStartingWith("is cut short");
        }
    }

    @Test
    void aBoxHoldsAnythingAndOpensForItsKeyAlone() {
        SecureRandom random = new SecureRandom();
        for (int length : new int[] {0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000}) {
            byte[] plain = new byte[length];
            byte[] nonce = new byte[24];
            byte[] key = new byte[32];
            random.nextBytes(plain);
            random.nextBytes(nonce);
            random.nextBytes(key);

            byte[] box = SecretBox.seal(plain, nonce, key);

            assertThat(SecretBox.open(box, nonce, key)).hasValue(plain);
            nonce[0] ^= 1;
            assertThat(SecretBox.open(box, nonce, key)).isEmpty();
        }
    }

    /// Every truncation and every flipped bit is refused, or (a hex digit's case, a blank, padding) changes nothing.
    private static void refusesDamage(EncryptedKeyfile format, byte[] file, byte[] key)
            throws Exception {
        byte[] whole = format.unlock(file, key);
        for (int length = 0; length < file.length; length++) {
            refusedOrSame(format, Arrays.copyOf(file, length), key, whole);
        }
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] damaged = file.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            refusedOrSame(format, damaged, key, whole);
        }
        assertThatThrownBy(() -> format.unlock(Arrays.copyOf(file, file.length - 20), key))
                .isInstanceOf(KeyFormatException.class);
    }

    private static void refusedOrSame(
            EncryptedKeyfile format, byte[] damaged, byte[] key, byte[] whole) throws IOException {
        try {
            byte[] plain =
                    EncryptedKeyfile.of(damaged).isPresent()
                            ? format.unlock(damaged, key)
                            : KeyfileJson.write(KeyfileJson.read(damaged));
            assertThat(plain).isEqualTo(whole);
        } catch (KeyFormatException e) {
            assertThat(e).hasMessageNotContaining("0101");
        }
    }

    static byte[] encrypted(JsonNode file) {
        return Base64.getDecoder().decode(file.get("encrypted_base64").textValue());
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = EncryptedKeyfileTest.class.getResourceAsStream("/wallets/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
