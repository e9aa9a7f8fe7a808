package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Refused;

/// Nonces used at any of the boxes behind one hotkey.
///
/// **Threads:** any; may wait for whoever keeps them.
@FunctionalInterface
public interface SharedNonces {
    /// There is one box.
    SharedNonces NONE = (_, _, _) -> {};

    /// Uses a nonce up at all boxes. To be called once this box has let it through.
    ///
    /// @throws Refused with `TIME_REPLAY` if another box let it through; with `TIME_BEFORE_FENCE` if that may have been
    ///     forgotten; with `STORE_AWAY` if it cannot be told
    void use(Hotkey miner, Hotkey caller, long nonce) throws Refused;
}
