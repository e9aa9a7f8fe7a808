/// Keys of the network: sr25519 and ed25519 key pairs, SS58 addresses, derivation paths, keyfiles and wallet folders.
///
/// The face is [dev.kiln.bittensor.keys.KeyPair], [dev.kiln.bittensor.keys.Signatures],
/// [dev.kiln.bittensor.keys.Ss58], [dev.kiln.bittensor.keys.Keyfile] with its passwords, and
/// [dev.kiln.bittensor.keys.Wallets]; curve, transcript, mnemonic and ciphers stay inside.
@NullMarked
package dev.kiln.bittensor.keys;

import org.jspecify.annotations.NullMarked;
