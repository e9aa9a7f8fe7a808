package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Scheme;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownSignersTest {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

    private final KnownSigners signers = new KnownSigners(3);

    @Test
    void noMoreAreKeptThanMayBeAndAllAreVerifiedStill() {
        List<KeyPair> keys =
                Stream.generate(() -> KeyPair.generate(Scheme.SR25519)).limit(10).toList();

        for (int round = 0; round < 3; round++) {
            for (KeyPair key : keys) {
                byte[] signature = key.sign(MESSAGE);
                assertThat(signers.verify(Scheme.SR25519, key.hotkey(), MESSAGE, signature))
                        .isTrue();
                assertThat(signers.kept()).isBetween(1, 3);
                signature[3] ^= 1;
                assertThat(signers.verify(Scheme.SR25519, key.hotkey(), MESSAGE, signature))
                        .isFalse();
            }
        }
    }

    @Test
    void nobodyIsKeptWhoseSignatureNeverHeld() {
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        KeyPair other = KeyPair.generate(Scheme.ED25519);

        signers.verify(Scheme.SR25519, key.hotkey(), MESSAGE, new byte[64]);
        signers.verify(Scheme.ED25519, other.hotkey(), MESSAGE, other.sign(MESSAGE));

        assertThat(signers.kept()).isZero();
    }
}
