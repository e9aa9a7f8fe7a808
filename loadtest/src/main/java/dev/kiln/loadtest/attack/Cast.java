package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;

/// The callers of an attack, each with a part of its own, so that what one does cannot spoil another's scene.
///
/// @param first the honest one
/// @param second another honest one
/// @param axonist comes with axon and never with anything newer
/// @param edwards signs with ed25519
/// @param poor has a permit and too little stake
/// @param unpermitted has stake and no permit
/// @param hasty asks more often than its rate
/// @param crowd asks more at once than it may
/// @param modern comes with btauth, then steps back
record Cast(
        KeyPair first,
        KeyPair second,
        KeyPair axonist,
        KeyPair edwards,
        KeyPair poor,
        KeyPair unpermitted,
        KeyPair hasty,
        KeyPair crowd,
        KeyPair modern) {
    /// Fresh keys for a roster of our own.
    static Cast fresh() {
        return new Cast(
                sr25519(),
                sr25519(),
                sr25519(),
                KeyPair.generate(Scheme.ED25519),
                sr25519(),
                sr25519(),
                sr25519(),
                sr25519(),
                sr25519());
    }

    /// One caller in every part, for a miner whose roster is not ours.
    static Cast of(KeyPair only) {
        return new Cast(only, only, only, only, only, only, only, only, only);
    }

    /// A key that nobody knows.
    static KeyPair sr25519() {
        return KeyPair.generate(Scheme.SR25519);
    }
}
