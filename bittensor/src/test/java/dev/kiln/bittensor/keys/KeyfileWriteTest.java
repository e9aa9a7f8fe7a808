package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyfileWriteTest {
    @TempDir Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void aNewKeyReadsBackWhole(Scheme scheme) throws Exception {
        Path file = directory.resolve("hotkey");
        KeyPair key = KeyPair.generate(scheme);

        Keyfile.write(file, key, false);
        KeyPair back = Keyfile.read(file);

        assertThat(back.scheme()).isEqualTo(scheme);
        assertThat(back.hotkey()).isEqualTo(key.hotkey());
        assertThat(back.revealPrivateKey()).isEqualTo(key.revealPrivateKey());
        assertThat(back.revealPhrase()).isEqualTo(key.revealPhrase());
        assertThat(back.revealSeed().orElseThrow()).isEqualTo(key.revealSeed().orElseThrow());
    }

    @Test
    void thePublicFileBesideAKeyfileHoldsNoSecret() throws Exception {
        Path file = directory.resolve("hotkey");
        KeyPair key = KeyPair.generate(Scheme.SR25519);

        Keyfile.writePublic(file, key, false);

        JsonNode json = new ObjectMapper().readTree(directory.resolve("hotkeypub.txt").toFile());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("accountId", "publicKey", "ss58Address", "cryptoType");
        assertThat(json.get("ss58Address").textValue()).isEqualTo(key.hotkey().ss58());
        assertThatThrownBy(() -> Keyfile.writePublic(file, key, false))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, mnemonic-sr25519, SR25519",
        "0, mnemonic-ed25519, ED25519",
        "0, uri-alice, SR25519",
        "0, seed-hex, SR25519"
    })
    void whatIsWrittenSaysWhatTheReferenceWalletWrites(int writer, String name, Scheme scheme)
            throws Exception {
        JsonNode reference =
                Vectors.load("keyfiles.json")
                        .get("writers")
                        .get(writer)
                        .get("files")
                        .valueStream()
                        .filter(file -> file.get("name").textValue().equals(name))
                        .findFirst()
                        .orElseThrow();
        KeyPair key =
                switch (name) {
                    case "uri-alice" -> KeyPair.fromUri("//Alice", scheme);
                    case "seed-hex" -> KeyPair.fromSeed(Vectors.hex("01".repeat(32)), scheme);
                    default -> KeyPair.fromUri("", scheme);
                };
        Path file = directory.resolve("hotkey");

        Keyfile.write(file, key, false);

        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(Files.readAllBytes(file)))
                .isEqualTo(json.readTree(reference.get("plaintext").textValue()));
    }

    @Test
    void aSoftKeyReadsBackAndSigns() throws Exception {
        Path file = directory.resolve("hotkey");
        KeyPair key = KeyPair.fromUri("//Alice/soft", Scheme.SR25519);

        Keyfile.write(file, key, false);
        KeyPair back = Keyfile.read(file);

        assertThat(back.hotkey()).isEqualTo(key.hotkey());
        assertThat(back.revealSeed()).isEmpty();
        assertThat(
                        Signatures.verify(
                                Scheme.SR25519, key.hotkey(), new byte[9], back.sign(new byte[9])))
                .isTrue();
    }

    @Test
    void onlyTheOwnerMayReadTheFileAndTheDirectoriesMade() throws IOException {
        Path wallet = directory.resolve("wallet");
        Path file = wallet.resolve("hotkeys").resolve("default");

        Keyfile.write(file, KeyPair.generate(Scheme.SR25519), false);

        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(wallet)).isEqualTo("rwx------");
        assertThat(mode(wallet.resolve("hotkeys"))).isEqualTo("rwx------");
        assertThat(names(wallet.resolve("hotkeys"))).containsExactly("default");
    }

    @Test
    void aFileIsNotReplacedUnlessAsked() throws Exception {
        Path file = directory.resolve("hotkey");
        KeyPair first = KeyPair.generate(Scheme.SR25519);
        KeyPair second = KeyPair.generate(Scheme.ED25519);
        Keyfile.write(file, first, false);

        assertThatThrownBy(() -> Keyfile.write(file, second, false))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Keyfile.read(file).hotkey()).isEqualTo(first.hotkey());
        assertThat(names(directory)).containsExactly("hotkey");

        Keyfile.write(file, second, true);
        assertThat(Keyfile.read(file).hotkey()).isEqualTo(second.hotkey());
        assertThat(names(directory)).containsExactly("hotkey");
    }

    @Test
    void replacingAFileThatOthersCouldReadClosesIt() throws IOException {
        Path file = Files.writeString(directory.resolve("hotkey"), "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        Keyfile.write(file, KeyPair.generate(Scheme.SR25519), true);

        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void aDanglingLinkOfThatNameIsNotWrittenThrough() throws IOException {
        Path file = directory.resolve("hotkey");
        Files.createSymbolicLink(file, directory.resolve("elsewhere"));

        assertThatThrownBy(() -> Keyfile.write(file, KeyPair.generate(Scheme.SR25519), false))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void aFailedWriteLeavesNothingBehind() throws IOException {
        Path file = directory.resolve("hotkey");
        Files.createDirectories(file.resolve("full"));

        assertThatThrownBy(() -> Keyfile.write(file, KeyPair.generate(Scheme.SR25519), true))
                .isInstanceOf(FileSystemException.class);
        assertThat(names(directory)).containsExactly("hotkey");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }
}
