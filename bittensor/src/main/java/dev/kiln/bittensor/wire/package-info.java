/// What the network speaks over HTTP: `btauth/1` and API keys on the way in, `kiln-answer/1` on the way out, and the
/// asking side of both.
///
/// A server needs [dev.kiln.bittensor.wire.Gates] with a [dev.kiln.bittensor.wire.ReplayGuard]; a validator needs
/// [dev.kiln.bittensor.wire.RequestSigner] and [dev.kiln.bittensor.wire.AnswerCheck]. Normative text stands in
/// `docs/protocol.md` and `docs/answers.md`.
@NullMarked
package dev.kiln.bittensor.wire;

import org.jspecify.annotations.NullMarked;
