package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalletsTest {
    @TempDir Path directory = Path.of("");

    private Wallets wallets = new Wallets(directory);

    @BeforeEach
    void rooted() {
        wallets = new Wallets(directory.resolve("wallets"));
    }

    @Test
    void theRootIsWhatTheEnvironmentSaysElseInTheHome() {
        String home = System.getProperty("user.home");

        assertThat(Wallets.of(Map.of()).root()).isEqualTo(Path.of(home, ".bittensor/wallets"));
        assertThat(Wallets.of(Map.of("BT_WALLET_PATH", "~/w")).root())
                .isEqualTo(Path.of(home, "w"));
        assertThat(Wallets.of(Map.of("BT_WALLET_PATH", "/srv/w")).root())
                .isEqualTo(Path.of("/srv/w"));
    }

    @Test
    void keysLieWhereTheNetworksToolsLookForThem() throws Exception {
        assertThat(wallets.coldkey("kiln")).isEqualTo(wallets.root().resolve("kiln/coldkey"));
        assertThat(wallets.hotkey("kiln", "my key.1"))
                .isEqualTo(wallets.root().resolve("kiln/hotkeys/my key.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a/b", "../x", "a..b", ".hidden", "a\\b", "-x", "a\nb", "ü"})
    void aNameThatLeadsElsewhereIsRefused(String name) {
        assertThatThrownBy(() -> wallets.coldkey(name)).isInstanceOf(KeyFormatException.class);
        assertThatThrownBy(() -> wallets.hotkey("kiln", name))
                .isInstanceOf(KeyFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xpub.txt", "x.lock", "x.tmp"})
    void aHotkeyCannotBeNamedLikeAnotherFile(String name) {
        assertThatThrownBy(() -> wallets.hotkey("kiln", name))
                .hasMessageContaining("such names are kept for other files");
    }

    @Test
    void onlyKeyfilesAreListed() throws Exception {
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        for (String name : List.of("b", "a", "x.lock", ".x.tmp", "y.tmp")) {
            Keyfile.write(wallets.root().resolve("two/hotkeys/" + name), key, false);
        }
        Keyfile.writePublic(wallets.hotkey("two", "a"), key, false);
        Keyfile.writePublic(wallets.coldkey("two"), key, false);
        Files.createDirectories(wallets.root().resolve("one/hotkeys/folder"));
        Files.createDirectories(wallets.root().resolve(".cache"));
        Files.writeString(wallets.root().resolve("file"), "no wallet");

        List<Wallets.Entry> all = wallets.list();

        assertThat(all).extracting(Wallets.Entry::name).containsExactly("one", "two");
        assertThat(all.get(0).hotkeys()).isEmpty();
        assertThat(all.get(1).hotkeys())
                .containsExactly(wallets.hotkey("two", "a"), wallets.hotkey("two", "b"));
        assertThat(all.get(1).coldkey()).isEmpty();
        assertThat(all.get(1).coldkeyPublic())
                .contains(wallets.root().resolve("two/coldkeypub.txt"));
        assertThat(new Wallets(directory.resolve("absent")).list()).isEmpty();
    }

    @Test
    void foldersAreForTheirOwnerAlone() throws Exception {
        Keyfile.write(wallets.hotkey("kiln", "default"), KeyPair.generate(Scheme.SR25519), false);

        for (String folder : List.of("kiln", "kiln/hotkeys", "")) {
            assertThat(mode(wallets.root().resolve(folder))).isEqualTo("rwx------");
        }
        assertThat(mode(wallets.hotkey("kiln", "default"))).isEqualTo("rw-------");
    }

    @Test
    void aFolderThatCannotBeMadeIsAnIoError() throws Exception {
        Files.writeString(directory.resolve("wallets"), "a file where the folder should be");

        assertThatThrownBy(() ->
                        Keyfile.write(
                                wallets.hotkey("kiln", "default"),
                                KeyPair.generate(Scheme.SR25519),
                                false))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> wallets.list()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Coldkeys.found(wallets, Optional.empty()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aColdkeyIsFoundUnderAnyNameEncryptedOrNot() throws Exception {
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        Path plain = wallets.root().resolve("a/coldkey");
        Path renamed = wallets.root().resolve("b/coldkey.bak");
        Path encrypted = wallets.root().resolve("c/old");
        Keyfile.write(plain, key, false);
        Keyfile.write(renamed, key, false);
        Keyfile.write(encrypted, key, false);
        Files.write(encrypted, OpenerProcessTest.BOB);
        Keyfile.writePublic(wallets.coldkey("d"), key, false);
        Keyfile.write(wallets.hotkey("d", "default"), key, false);

        assertThat(Coldkeys.found(wallets, Optional.empty()))
                .containsExactly(plain, renamed, encrypted);
    }

    @Test
    void aColdkeyInTheHotkeysWalletIsFoundWhereverThatLies() throws Exception {
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        Path hotkey = directory.resolve("elsewhere/hotkeys/default");
        Keyfile.write(hotkey, key, false);
        assertThat(Coldkeys.found(wallets, Optional.of(hotkey))).isEmpty();

        Path coldkey = Files.writeString(directory.resolve("elsewhere/coldkey"), "");
        Path link = Files.createSymbolicLink(directory.resolve("link"), hotkey);

        assertThat(Coldkeys.found(wallets, Optional.of(hotkey))).containsExactly(coldkey);
        assertThat(Coldkeys.found(wallets, Optional.of(link)))
                .containsExactly(coldkey.toRealPath());
        assertThat(Coldkeys.found(wallets, Optional.of(coldkey))).containsExactly(coldkey);
        assertThat(Coldkeys.found(wallets, Optional.of(directory.resolve("absent")))).isEmpty();
    }

    @Test
    void whatIsPublicIsReadFromEitherFile() throws Exception {
        KeyPair key = KeyPair.generate(Scheme.ED25519);
        Path file = wallets.hotkey("kiln", "default");
        Keyfile.write(file, key, false);
        Keyfile.PublicKey expected = new Keyfile.PublicKey(key.hotkey(), key.scheme());
        assertThat(Keyfile.readPublic(file)).isEqualTo(expected);

        Files.write(file, OpenerProcessTest.BOB);
        assertThatThrownBy(() -> Keyfile.readPublic(file))
                .hasMessageContaining("is encrypted, and there is no defaultpub.txt beside it");
        Keyfile.writePublic(file, key, false);
        assertThat(Keyfile.readPublic(file)).isEqualTo(expected);
        assertThat(Keyfile.readPublic(file.resolveSibling("defaultpub.txt"))).isEqualTo(expected);
    }

    @Test
    void aPublicFileAtOddsWithItselfIsRefused() throws Exception {
        Path file = directory.resolve("pub.txt");
        String alice = KeyPair.fromUri("//Alice", Scheme.SR25519).hotkey().ss58();
        String bob = KeyPair.fromUri("//Bob", Scheme.SR25519).hotkey().hex();
        Files.writeString(
                file, "{\"ss58Address\":\"%s\",\"publicKey\":\"0x%s\"}".formatted(alice, bob));
        assertThatThrownBy(() -> Keyfile.readPublic(file)).hasMessageContaining("disagree");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> Keyfile.readPublic(file)).hasMessageContaining("has neither");
        Files.writeString(file, "{\"ss58Address\":\"%s\",\"cryptoType\":2}".formatted(alice));
        assertThatThrownBy(() -> Keyfile.readPublic(file)).hasMessageContaining("cryptoType must");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
