package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a keyfile, a secret or a password file holds, the readers say what is wrong with it and throw nothing else.
class KeyfileProperties {
    private static final KeyPair KEY = KeyPair.generate(Scheme.SR25519);
    private static final String WORDS =
            "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    @TempDir private Path folder = Path.of("");

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);

    private byte[] changed(byte[] good) {
        byte[] bytes =
                Arrays.copyOf(
                        good, random.nextInt(3) == 0 ? random.nextInt(good.length) : good.length);
        for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void changedKeyfilesAreReadOrRefused() throws Exception {
        Path file = folder.resolve("key");
        Keyfile.write(file, KEY, false);
        byte[] good = Files.readAllBytes(file);
        var nobody = new Passwords(Optional.empty(), Map.of(), Passwords.Prompt.NOBODY);
        for (int i = 0; i < 1_000; i++) {
            Files.write(file, changed(good));
            try {
                assertThat(Keyfile.read(file, nobody).revealPrivateKey()).isNotEmpty();
                Keyfile.readPublic(file);
            } catch (KeyFormatException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotBlank();
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    /// The key is given, since deriving it costs seconds; a file that cannot be whole is refused before that.
    @Test
    void changedEncryptedFilesAreNeverOpened() {
        byte[] key = new byte[80];
        byte[] plain = "{}".getBytes(UTF_8);
        byte[] nonce = new byte[SecretBox.NONCE];
        byte[] box = SecretBox.seal(plain, nonce, Arrays.copyOf(key, 32));
        byte[] nacl = new byte[5 + nonce.length + box.length];
        System.arraycopy("$NACL".getBytes(UTF_8), 0, nacl, 0, 5);
        System.arraycopy(box, 0, nacl, 5 + nonce.length, box.length);
        String vault = "$ANSIBLE_VAULT;1.1;AES256\n3031\n30313233\n";
        List<byte[]> files =
                List.of(nacl, vault.getBytes(UTF_8), ("gAAAAA" + "B".repeat(120)).getBytes(UTF_8));
        for (int i = 0; i < 6_000; i++) {
            byte[] good = files.get(i % files.size());
            byte[] file = changed(good);
            Optional<EncryptedKeyfile> format = EncryptedKeyfile.of(file);
            if (format.isEmpty() || Arrays.equals(file, good)) {
                continue;
            }
            byte[] ofFormat =
                    format.get() == EncryptedKeyfile.ANSIBLE_VAULT ? key : Arrays.copyOf(key, 32);
            try {
                format.get().unlock(file, ofFormat);
                throw new AssertionError("opened, seed " + seed + ", round " + i);
            } catch (KeyFormatException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    @Test
    void changedSecretsLeadToAKeyOrAreRefused() {
        for (String good : List.of(WORDS, WORDS + "//hard/soft", "0x" + "ab".repeat(32) + "//1")) {
            for (int i = 0; i < 300; i++) {
                String text = new String(changed(good.getBytes(UTF_8)), UTF_8);
                try {
                    assertThat(KeyPair.fromUri(text, Scheme.SR25519).hotkey().ss58()).isNotBlank();
                } catch (KeyFormatException expected) {
                    assertThat(expected.getMessage()).isNotBlank();
                } catch (RuntimeException bug) {
                    throw new AssertionError("seed " + seed + ": " + text, bug);
                }
            }
        }
    }

    @Test
    void passwordFilesHoldAPasswordOrAreRefused() throws Exception {
        Path file = folder.resolve("password");
        for (int i = 0; i < 1_000; i++) {
            Files.write(file, changed("täst 密码 ünïcode\r\n".getBytes(UTF_8)));
            try {
                assertThat(Password.inFile(file).utf8()).isNotEmpty();
            } catch (KeyFormatException expected) {
                assertThat(expected.getMessage()).startsWith("password file");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
