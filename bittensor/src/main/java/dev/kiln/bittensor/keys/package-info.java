/// Keys of the network: sr25519 and ed25519 key pairs, SS58 addresses, derivation paths and keyfiles.
///
/// The face is [dev.kiln.bittensor.keys.KeyPair], [dev.kiln.bittensor.keys.Signatures],
/// [dev.kiln.bittensor.keys.Ss58] and [dev.kiln.bittensor.keys.Keyfile]; curve, transcript and mnemonic stay inside.
@NullMarked
package dev.kiln.bittensor.keys;

import org.jspecify.annotations.NullMarked;
