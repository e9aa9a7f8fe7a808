package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Password;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `kiln serve` does with wallets, as a process.
@Timeout(240)
class WalletIT {
    @TempDir private Path home = Path.of("");

    @Test
    void aServerBesideAColdkeyDoesNotStart() throws Exception {
        Path coldkey = home.resolve("wallets/kiln/coldkey");
        Keyfile.write(coldkey, KeyPair.generate(Scheme.SR25519), false);

        try (Child child = new Child(home, "serve", "--port", "0")) {
            assertThat(child.line()).isNull();
            assertThat(child.exit()).isEqualTo(2);
            assertThat(child.errors()).contains(coldkey + ": a coldkey secret lies where");
        }
    }

    @Test
    void anEncryptedHotkeyIsServedWithAndTheServerHasNotGrown() throws Exception {
        Path hotkey = home.resolve("wallets/kiln/hotkeys/default");
        Path password = Files.writeString(home.resolve("password"), "täst 密码 ünïcode\n");
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        Keyfile.writeEncrypted(hotkey, key, Password.inFile(password), false);

        long plain;
        try (Child child = new Child(home, "serve", "--port", "0")) {
            assertThat(child.line()).startsWith("ready");
            plain = peakKib(child.pid());
        }
        try (Child child =
                new Child(
                        home,
                        "serve",
                        "--port",
                        "0",
                        "--set",
                        "hotkey.file=" + hotkey,
                        "--set",
                        "hotkey.password-file=" + password)) {
            assertThat(child.line()).as(child.errors()).contains(key.hotkey().ss58());
            assertThat(peakKib(child.pid()) - plain).as("KiB more").isLessThan(100 * 1024);
        }
    }

    @Test
    void withoutAPasswordAndATerminalTheServerSaysWhereOneMayStand() throws Exception {
        Path hotkey = home.resolve("wallets/kiln/hotkeys/default");
        Files.createDirectories(hotkey.getParent());
        Files.writeString(hotkey, "$NACL" + "x".repeat(60));

        try (Child child =
                new Child(home, "serve", "--port", "0", "--set", "hotkey.file=" + hotkey)) {
            assertThat(child.exit()).isEqualTo(2);
            assertThat(child.errors())
                    .contains(
                            "there is no password: name a password file, or set BT_WALLET_PASSWORD")
                    .doesNotContain("Exception");
        }
    }

    private static long peakKib(long pid) throws IOException {
        Path status = Path.of("/proc/%d/status".formatted(pid));
        assumeTrue(Files.exists(status), "peak memory is read from /proc");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
