package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Finds coldkeys that lie where a server could read them. A coldkey owns the stake; a miner never needs one.
public final class Coldkeys {
    private static final List<String> SECRET_MEMBERS =
            List.of("\"secretPhrase\":\"", "\"secretSeed\":\"", "\"privateKey\":\"");

    private Coldkeys() {}

    /// Coldkey secrets, encrypted or not, in the wallets and in the wallet folder of the hotkey.
    ///
    /// A secret is a file named `coldkey`, whatever it holds, and every other file at the top of a wallet that is
    /// encrypted as keyfiles are or holds a keyfile's secret, whatever its name.
    ///
    /// @param hotkey the keyfile that is served with; links to it are followed
    /// @throws IOException if a folder or file is there and cannot be read, so that nothing is known of it
    public static List<Path> found(Wallets wallets, Optional<Path> hotkey) throws IOException {
        Set<Path> folders = new TreeSet<>();
        for (Path folder : Wallets.children(wallets.root())) {
            if (Files.isDirectory(folder)) {
                folders.add(folder);
            }
        }
        if (hotkey.isPresent()) {
            folders.addAll(walletOf(hotkey.get().toAbsolutePath().normalize()));
            if (Files.exists(hotkey.get())) {
                folders.addAll(walletOf(hotkey.get().toRealPath()));
            }
        }
        Set<Path> found = new TreeSet<>();
        for (Path folder : folders) {
            found.addAll(secretsIn(folder));
        }
        return new ArrayList<>(found);
    }

    /// The wallet folder that a hotkey lies in, if it lies in one.
    private static List<Path> walletOf(Path hotkey) {
        Path folder = hotkey.getParent();
        if (folder == null) {
            return List.of();
        }
        boolean inHotkeys = folder.endsWith(Wallets.HOTKEYS) && folder.getParent() != null;
        if (inHotkeys) {
            return List.of(folder.getParent());
        }
        return Files.isRegularFile(folder.resolve(Wallets.COLDKEY)) ? List.of(folder) : List.of();
    }

    private static List<Path> secretsIn(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : Wallets.children(folder)) {
            if (Files.isRegularFile(file)
                    && (file.endsWith(Wallets.COLDKEY) || holdsSecret(file))) {
                found.add(file);
            }
        }
        return found;
    }

    private static boolean holdsSecret(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(Keyfile.MAX_SIZE);
        }
        String text = new String(bytes, ISO_8859_1).replaceAll("\\s", "");
        return EncryptedKeyfile.of(bytes).isPresent()
                || SECRET_MEMBERS.stream().anyMatch(text::contains);
    }
}
