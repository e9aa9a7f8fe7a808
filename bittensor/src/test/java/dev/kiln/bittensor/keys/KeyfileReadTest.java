package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyfileReadTest {
    private static final String SR_ADDRESS = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
    private static final String ED_ADDRESS = "5DFJF7tY4bpbpcKPJcBTQaKuCDEPCpiz8TRjpmLeTtweqmXL";
    private static final String SEED =
            "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
    private static final String PRIVATE =
            "05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2122d49f5a663763d0afd190cce74df356432b410bd64682309d6dedb27c76845daf388557cbac3ca34";
    private static final String PUBLIC =
            "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a";
    private static final String PHRASE = SecretUri.DEVELOPMENT_PHRASE;
    private static final List<String> SECRETS = List.of(SEED, PRIVATE, "bottom", "drive", "obey");

    @TempDir Path directory = Path.of("");

    static Stream<JsonNode> reference() {
        return Vectors.load("keyfiles.json")
                .get("writers")
                .valueStream()
                .flatMap(writer -> writer.get("files").valueStream());
    }

    @ParameterizedTest
    @MethodSource("reference")
    void whatTheReferenceWalletsWroteIsRead(JsonNode file) throws Exception {
        JsonNode plain = new ObjectMapper().readTree(file.get("plaintext").textValue());

        KeyPair key = read(file.get("plaintext").textValue());

        assertThat(key.hotkey().ss58()).isEqualTo(file.get("ss58").textValue());
        assertThat(key.scheme().cryptoType()).isEqualTo(plain.get("cryptoType").intValue());
        assertThat(key.revealPrivateKey()).isEqualTo(Vectors.bytes(plain, "privateKey"));
        assertThat(
                        Signatures.verify(
                                key.scheme(), key.hotkey(), new byte[1], key.sign(new byte[1])))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("reference")
    void whatTheReferenceWalletsEncryptedIsRefusedByName(JsonNode file) {
        byte[] bytes = Base64.getDecoder().decode(file.get("encrypted_base64").textValue());

        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageContaining("is encrypted ($NACL) and needs a password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$ANSIBLE_VAULT;1.1;AES256\n6162", "gAAAAABl", "$NACL"})
    void everyEncryptedFormIsRefusedByName(String content) {
        assertRefused(content, "needs a password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'secretSeed':'0xSEED'}",
                "{'secretSeed':'SEED','ss58Address':null,'extra':[1,{'a':2}]}",
                "{'secretPhrase':'PHRASE','secretSeed':null,'privateKey':null}",
                "{'privateKey':'PRIVATE'}",
                "{'privateKey':'0xPRIVATE','cryptoType':1,'publicKey':'0xPUBLIC'}",
                "{'privateKey':'0xSEED','cryptoType':'sr25519','accountId':'PUBLIC'}",
                "{'privateKey':'0xPRIVATE','crypto_type':1,'ss58Address':'SRADDRESS'}",
                "{'privateKey':'0xPRIVATE','cryptoType':null,'crypto_type':'sr25519'}",
                " {'secretPhrase':'PHRASE','secretSeed':'0xSEED','privateKey':'0xPRIVATE'}\n"
            })
    void anyOneSecretSufficesForSr25519(String json) throws Exception {
        KeyPair key = read(filled(json));

        assertThat(key.scheme()).isEqualTo(Scheme.SR25519);
        assertThat(key.hotkey().ss58()).isEqualTo(SR_ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'secretSeed':'0xSEED','cryptoType':0}",
                "{'secretPhrase':'PHRASE','cryptoType':'ed25519','ss58Address':'EDADDRESS'}",
                "{'privateKey':'SEED','crypto_type':0}",
                "{'privateKey':'0xSEED345071da55e5dccefaaa440339415ef9f2663338a38f7da0df21be5ab4e055ef','cryptoType':0}"
            })
    void anyOneSecretSufficesForEd25519(String json) throws Exception {
        KeyPair key = read(filled(json));

        assertThat(key.scheme()).isEqualTo(Scheme.ED25519);
        assertThat(key.hotkey().ss58()).isEqualTo(ED_ADDRESS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'privateKey':'0xPRIVATE','cryptoType':0,'ss58Address':'SRADDRESS'}"
                        + "|privateKey is no ed25519 key, which cryptoType says it is",
                "{'secretSeed':'0xSEED','cryptoType':0,'ss58Address':'SRADDRESS'}"
                        + "|secretSeed as ed25519 leads to EDADDRESS, but ss58Address says SRADDRESS",
                "{'secretPhrase':'PHRASE','ss58Address':'EDADDRESS'}"
                        + "|secretPhrase as sr25519 leads to SRADDRESS, but ss58Address says EDADDRESS",
                "{'privateKey':'0xSEED','cryptoType':0,'publicKey':'0xPUBLIC'}"
                        + "|privateKey as ed25519 leads to EDADDRESS, but publicKey says SRADDRESS",
                "{'privateKey':'0xPRIVATE','accountId':'0xSEED'}|but accountId says",
                "{'privateKey':'0xPRIVATE','secretSeed':'0xPUBLIC'}|secretSeed leads to",
                "{'privateKey':'0xPRIVATE','secretPhrase':'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'}"
                        + "|secretPhrase leads to",
                "{'privateKey':'0xPRIVATE','ss58Address':'nonsense'}|ss58Address: this text of 8 characters",
                "{'privateKey':'0xPRIVATE','publicKey':'0x00'}|publicKey must have 32 bytes, has 1"
            })
    void membersThatDisagreeAreNamed(String json, String message) {
        assertRefused(filled(json), filled(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'secretSeed':'0xSEED','cryptoType':2}|cryptoType must be 0 or",
                "{'secretSeed':'0xSEED','cryptoType':1.0}|cryptoType must be 0 or",
                "{'secretSeed':'0xSEED','cryptoType':'1'}|cryptoType must be 0 or",
                "{'secretSeed':'0xSEED','cryptoType':99999999999999999999}|cryptoType must be 0 or",
                "{'secretSeed':'0xSEED','crypto_type':'ecdsa'}|crypto_type must be 0 or",
                "{'secretSeed':'0xSEED','crypto_type':1,'cryptoType':0}|cryptoType and crypto_type disagree",
                "{'secretSeed':'0xSEED','secretSeed':'0xSEED'}|has the same member twice",
                "{'secretSeed':7}|secretSeed must be a string",
                "{'secretPhrase':['bottom']}|secretPhrase must be a string",
                "{'privateKey':'0xPRIVATE','ss58Address':5}|ss58Address must be a string",
                "{'privateKey':'0xPRIVATE','secretSeed':5}|secretSeed must be a string",
                "{'privateKey':'0xPRIVATE00'}|privateKey must have 32 or 64 bytes, has 65",
                "{'privateKey':'0xPRIVATE0'}|privateKey must be hex digits",
                "{'secretSeed':'0xbottom drive'}|secretSeed must be hex digits",
                "{'secretSeed':'0x00'}|secretSeed must have 32 bytes, has 1",
                "{'secretPhrase':'bottom drive'}|a secret phrase has 12",
                "{'secretSeed':'0xSEED'|is not valid JSON at line 1",
                "{'secretSeed':'0xSEE|is not valid JSON",
                "{'secretSeed':'0xSEED'} {}|is not valid JSON",
                "0xSEED|is not valid JSON",
                "PHRASE|is not valid JSON",
                "'0xSEED'|is not a JSON object",
                "[]|is not a JSON object",
                "{}|a public key cannot sign",
                "{'publicKey':'0xPUBLIC','accountId':'0xPUBLIC','ss58Address':'SRADDRESS','cryptoType':1}"
                        + "|a public key cannot sign"
            })
    void aMalformedFileIsRefusedWithItsReason(String json, String message) {
        assertRefused(filled(json), message);
    }

    @Test
    void aPrivateKeyFromTheOrderUpIsRefused() {
        assertRefused("{\"privateKey\":\"" + "ff".repeat(64) + "\"}", "below the group order");
    }

    @Test
    void anEmptyFileIsRefused() {
        assertRefused("", "is empty");
        assertRefused("  \n", "is not a JSON object");
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertRefused("\ufeff{}", "byte-order mark");
        assertThatThrownBy(() -> read("{}".getBytes(UTF_16)))
                .hasMessageContaining("byte-order mark");
    }

    @Test
    void aFileLargerThanTheBoundIsRefusedAndOneOfItsSizeIsRead() throws Exception {
        String json = filled("{'secretSeed':'0xSEED'}");
        String largest = json + " ".repeat(Keyfile.MAX_SIZE - json.length());

        assertThat(read(largest).hotkey().ss58()).isEqualTo(SR_ADDRESS);
        assertRefused(largest + " ", "larger than 64 KiB");
    }

    @Test
    void everyTruncationIsRefusedOrLeadsToTheSameKey() {
        String json =
                filled(
                        "{'privateKey':'0xPRIVATE','cryptoType':1,'secretPhrase':'PHRASE','ss58Address':'SRADDRESS'}");
        for (int length = 0; length < json.length(); length++) {
            String part = json.substring(0, length);
            assertThatThrownBy(() -> read(part))
                    .isInstanceOf(KeyFormatException.class)
                    .satisfies(KeyfileReadTest::holdsNoSecret);
        }
    }

    @Test
    void noDamagedByteGetsMoreThanARefusal() throws Exception {
        byte[] json =
                filled(
                                "{'privateKey':'0xPRIVATE','cryptoType':1,'secretSeed':'0xSEED','ss58Address':'SRADDRESS'}")
                        .getBytes(UTF_8);
        for (int at = 0; at < json.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = json.clone();
                damaged[at] ^= (byte) (1 << bit);
                try {
                    assertThat(read(damaged).hotkey().ss58()).isEqualTo(SR_ADDRESS);
                } catch (KeyFormatException e) {
                    holdsNoSecret(e);
                }
            }
        }
    }

    @Test
    void aMissingFileIsAnIoError() {
        assertThatThrownBy(() -> Keyfile.read(directory.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileThatOthersMayReadIsToldApart() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(Keyfile.isReadableByOthers(file)).isFalse();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Keyfile.isReadableByOthers(file)).isTrue();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
        assertThat(Keyfile.isReadableByOthers(file)).isTrue();
    }

    @Test
    void theRawSeedOfOneWalletIsNotCarriedOn() throws Exception {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("privateKey", PRIVATE).put("secretSeed", "0x" + "\u0001".repeat(32));

        assertThat(read(json.toString()).revealSeed()).isEmpty();
    }

    private void assertRefused(String content, String message) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith("keyfile " + directory.resolve("key") + ": ")
                .hasMessageContaining(message)
                .hasNoCause()
                .satisfies(KeyfileReadTest::holdsNoSecret);
    }

    private static void holdsNoSecret(Throwable e) {
        for (String secret : SECRETS) {
            assertThat(String.valueOf(e.getMessage())).doesNotContain(secret.substring(0, 4));
        }
    }

    private static String filled(String template) {
        return template.replace('\'', '"')
                .replace("SEED", SEED)
                .replace("PRIVATE", PRIVATE)
                .replace("PUBLIC", PUBLIC)
                .replace("PHRASE", PHRASE)
                .replace("SRADDRESS", SR_ADDRESS)
                .replace("EDADDRESS", ED_ADDRESS);
    }

    private KeyPair read(String content) throws KeyFormatException, IOException {
        return read(content.getBytes(UTF_8));
    }

    private KeyPair read(byte[] content) throws KeyFormatException, IOException {
        return Keyfile.read(Files.write(directory.resolve("key"), content));
    }
}
