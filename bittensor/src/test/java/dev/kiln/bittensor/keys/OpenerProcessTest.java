package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenerProcessTest {
    /// Bob's public keyfile under the password `testpassword`, nonce 00 to 17.
    static final byte[] BOB =
            Base64.getDecoder()
                    .decode(
                            "JE5BQ0wAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcQVdv+hkcXHmnptsgKwajI9+sQTA7IPJj+Z7IEZ131UtsQQ5pAygJUoQA7DPuqLHd8ZBdJu6BJu9L8KbX5Igji5jKDwmEQSsVGjF3bpJRE8Y/GcqnTyoJUZJ7C6un9OUYTbnmgXv7+IYr6CbdytOYYFAFkIti0JPWEXNBESF6YmVeHtZx86OjwJTjw5/YdE+29c7xBEzAPfvqJAhfraj6OUjOPBKy/4ssWjeF8ve4LE3HZCoQP9g/PhuAKC5fJL1VERjCtIyusEJzy03VAqWl4pHPgcEYQLTwWhjwjZ9bnMbDcu5Dnrfy+rBEogc1Y1lhHh5J3");

    private static final Path RESET_PEAK = Path.of("/proc/self/clear_refs");
    private static final String UNICODE = "täst 密码 ünïcode";

    @TempDir Path directory = Path.of("");

    @Test
    void openingCostsThisProcessNoMemory() throws Exception {
        byte[] plain;
        if (Files.isWritable(RESET_PEAK)) {
            Files.writeString(RESET_PEAK, "5");
            long before = peakKib();
            plain = new OpenerProcess().open(BOB, Password.of("testpassword"));
            assertThat(peakKib() - before).as("growth of the peak, KiB").isLessThan(64 * 1024);
        } else {
            plain = new OpenerProcess().open(BOB, Password.of("testpassword"));
        }

        assertThat(KeyfileJson.readPublic(plain).hotkey().ss58())
                .isEqualTo("5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aKeyWrittenEncryptedIsReadBackAndIsNotReadableWithoutThePassword() throws Exception {
        Path file = directory.resolve("hotkeys/one");
        KeyPair key = KeyPair.generate(Scheme.ED25519);

        Keyfile.writeEncrypted(file, key, Password.chosen(UNICODE), false);

        assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                .startsWith("$NACL")
                .doesNotContain(key.hotkey().ss58());
        KeyPair back = Keyfile.read(file, typed(UNICODE));
        assertThat(back.revealPhrase()).isEqualTo(key.revealPhrase());
        assertThat(back.scheme()).isEqualTo(Scheme.ED25519);
        assertThatThrownBy(() -> Keyfile.writeEncrypted(file, key, Password.of("anything"), false))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aUnicodePasswordReachesTheChildAndAWrongOneIsCalledWrong() throws Exception {
        Path file = directory.resolve("coldkey");
        Files.write(file, EncryptedKeyfileTest.resource("ansible.vault"));

        assertThat(Keyfile.read(file, typed(UNICODE)).revealSeed()).isPresent();
        assertThatThrownBy(() -> Keyfile.read(file, typed("tast")))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage("keyfile %s: %s".formatted(file, EncryptedKeyfile.WRONG));
        assertThatThrownBy(() ->
                        Keyfile.read(
                                file,
                                new Passwords(Optional.empty(), Map.of(), Passwords.Prompt.NOBODY)))
                .hasMessageContaining("there is no password");
    }

    @Test
    void aDecryptedFileIsJudgedAsAnyOther() throws Exception {
        Path file = directory.resolve("bob");
        Files.writeString(file, "$ANSIBLE_VAULT;1.1;AES256\n6162");

        assertThatThrownBy(() -> Keyfile.read(file, typed("password")))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageContaining("is cut short");
    }

    @Test
    void tooLittleMemoryIsCalledByItsName() {
        assertThatThrownBy(() ->
                        new OpenerProcess("-Xmx64m", Duration.ofMinutes(1))
                                .open(BOB, Password.of("testpassword")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not enough memory");
    }

    @Test
    void aChildThatTakesTooLongIsKilled() {
        assertThatThrownBy(() ->
                        new OpenerProcess("-Xmx620m", Duration.ofMillis(1))
                                .open(BOB, Password.of("testpassword")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was stopped");
    }

    private static Passwords typed(String password) {
        return new Passwords(Optional.empty(), Map.of(), _ -> Optional.of(password));
    }

    private static long peakKib() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "peak memory is read from /proc");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
