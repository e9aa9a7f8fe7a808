package dev.kiln.server;

import dev.kiln.bittensor.keys.Coldkeys;
import dev.kiln.bittensor.keys.Wallets;
import dev.kiln.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Refuses to serve where a coldkey lies. It owns the stake, a miner never needs it, and whoever breaks into the server
/// would take it along; encryption only delays that.
final class NoColdkey {
    private NoColdkey() {}

    /// @throws ConfigException naming every coldkey secret found, and how to move it
    static void require(Wallets wallets, Optional<Path> hotkey) throws ConfigException {
        List<Path> found;
        try {
            found = Coldkeys.found(wallets, hotkey);
        } catch (IOException e) {
            throw new ConfigException(
                    "wallets",
                    List.of(
                            "%s cannot be searched for coldkeys: %s; make it readable, or set BT_WALLET_PATH to a folder without coldkeys"
                                    .formatted(wallets.root(), e)));
        }
        if (!found.isEmpty()) {
            throw new ConfigException("wallets", found.stream().map(NoColdkey::problem).toList());
        }
    }

    private static String problem(Path coldkey) {
        return "%s: a coldkey secret lies where this server can read it, and a miner never needs it; copy it to a machine that serves nothing, check it there (btcli wallet list), then here: shred -u '%s'; coldkeypub.txt may stay. If another user's work needs it here, run kiln as a user who cannot read it, with BT_WALLET_PATH set to a folder of its own"
                .formatted(coldkey, coldkey);
    }
}
