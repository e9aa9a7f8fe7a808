package dev.kiln.bittensor.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Wallet folders as the network's own tools lay them out: `<wallet>/coldkey`, `<wallet>/coldkeypub.txt`,
/// `<wallet>/hotkeys/NAME` and `<wallet>/hotkeys/NAMEpub.txt`.
///
/// @param root the folder that holds the wallets
public record Wallets(Path root) {
    static final String COLDKEY = "coldkey";
    static final String HOTKEYS = "hotkeys";
    private static final String PUBLIC = "pub.txt";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._ -]{0,63}");

    /// One wallet.
    ///
    /// @param coldkey its secret, where it lies here
    /// @param coldkeyPublic what is public of it, where that lies here
    /// @param hotkeys keyfiles in the order of their names
    public record Entry(
            String name, Optional<Path> coldkey, Optional<Path> coldkeyPublic, List<Path> hotkeys) {
        public Entry {
            hotkeys = List.copyOf(hotkeys);
        }
    }

    /// The wallets an environment names: `BT_WALLET_PATH`, else `.bittensor/wallets` in the user's home.
    public static Wallets of(Map<String, String> environment) {
        String named = environment.get("BT_WALLET_PATH");
        return new Wallets(
                expanded(named == null || named.isBlank() ? "~/.bittensor/wallets" : named));
    }

    /// A path whose leading `~` means the user's home.
    static Path expanded(String path) {
        String home = System.getProperty("user.home", ".");
        return path.equals("~") || path.startsWith("~/")
                ? Path.of(home + path.substring(1)).toAbsolutePath()
                : Path.of(path).toAbsolutePath();
    }

    /// Where a wallet's coldkey lies, or would.
    ///
    /// @throws KeyFormatException if that is no name of a wallet
    public Path coldkey(String wallet) throws KeyFormatException {
        return root.resolve(name("wallet", wallet)).resolve(COLDKEY);
    }

    /// Where a hotkey lies, or would.
    ///
    /// @throws KeyFormatException if that is no name of a wallet or of a hotkey
    public Path hotkey(String wallet, String hotkey) throws KeyFormatException {
        String file = name("hotkey", hotkey);
        if (!isKeyfile(file)) {
            throw new KeyFormatException(
                    "a hotkey cannot be named %s: such names are kept for other files"
                            .formatted(hotkey));
        }
        return root.resolve(name("wallet", wallet)).resolve(HOTKEYS).resolve(file);
    }

    private static String name(String what, String name) throws KeyFormatException {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new KeyFormatException(
                    "\"%s\" is no name of a %s: 1 to 64 letters, digits, blanks, dots, hyphens and underscores, the first a letter or digit, no two dots in a row"
                            .formatted(name, what));
        }
        return name;
    }

    /// The public file beside a keyfile.
    static Path publicFile(Path keyfile) {
        return keyfile.resolveSibling(keyfile.getFileName() + PUBLIC);
    }

    /// All wallets in the order of their names; none if there is no such folder.
    ///
    /// @throws IOException if the folder is there and cannot be read
    public List<Entry> list() throws IOException {
        List<Entry> all = new ArrayList<>();
        for (Path folder : children(root)) {
            if (Files.isDirectory(folder) && !folder.getFileName().toString().startsWith(".")) {
                all.add(entry(folder));
            }
        }
        return all;
    }

    private static Entry entry(Path folder) throws IOException {
        List<Path> hotkeys =
                children(folder.resolve(HOTKEYS)).stream()
                        .filter(file -> isKeyfile(file.getFileName().toString()))
                        .filter(Files::isRegularFile)
                        .toList();
        return new Entry(
                folder.getFileName().toString(),
                existing(folder.resolve(COLDKEY)),
                existing(publicFile(folder.resolve(COLDKEY))),
                hotkeys);
    }

    private static Optional<Path> existing(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(file) : Optional.empty();
    }

    private static boolean isKeyfile(String name) {
        return !name.endsWith(PUBLIC)
                && !name.endsWith(".lock")
                && !name.endsWith(".tmp")
                && !name.startsWith(".");
    }

    /// What lies in a folder, in the order of names; nothing if there is none.
    static List<Path> children(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }
}
