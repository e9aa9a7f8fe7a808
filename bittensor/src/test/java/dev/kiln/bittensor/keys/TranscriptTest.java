package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    @Test
    void theSimpleTranscriptOfMerlinHasItsPublishedChallenge() {
        Transcript transcript = new Transcript("test protocol");
        transcript.append("some label", "some data".getBytes(US_ASCII));

        assertThat(transcript.challenge("challenge", 32))
                .isEqualTo(
                        Vectors.hex(
                                "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615"));
    }

    /// SHA3-256 of one block, built on our permutation, is the JDK's.
    @Test
    void thePermutationIsThatOfSha3() throws GeneralSecurityException {
        Random random = new Random(202);
        for (int length = 0; length < 136; length++) {
            byte[] message = new byte[length];
            random.nextBytes(message);
            byte[] block = new byte[200];
            System.arraycopy(message, 0, block, 0, length);
            block[length] ^= 0x06;
            block[135] ^= (byte) 0x80;
            long[] lanes = new long[Keccak.LANES];
            for (int i = 0; i < block.length; i++) {
                lanes[i / 8] |= (block[i] & 0xffL) << (8 * (i % 8));
            }

            Keccak.permute(lanes);

            byte[] digest = new byte[32];
            for (int i = 0; i < digest.length; i++) {
                digest[i] = (byte) (lanes[i / 8] >>> (8 * (i % 8)));
            }
            assertThat(digest).isEqualTo(MessageDigest.getInstance("SHA3-256").digest(message));
        }
    }

    @Test
    void aForkGoesItsOwnWay() {
        Transcript one = new Transcript("test protocol");
        Transcript two = one.fork();
        Transcript three = one.fork();
        two.append("label", new byte[] {1});
        three.append("label", new byte[] {2});

        byte[] untouched = new Transcript("test protocol").challenge("c", 32);
        assertThat(one.challenge("c", 32)).isEqualTo(untouched);
        assertThat(two.challenge("c", 32)).isNotEqualTo(three.challenge("c", 32));
    }

    @Test
    void theWitnessDependsOnRandomnessSecretAndTranscript() {
        Transcript one = new Transcript("one");
        byte[] secret = new byte[32];
        byte[] otherSecret = new byte[32];
        otherSecret[31] = 1;
        byte[] first = one.witness("w", secret, new FixedRandom(1), 64);

        assertThat(one.witness("w", secret, new FixedRandom(1), 64)).isEqualTo(first);
        assertThat(one.witness("w", secret, new FixedRandom(2), 64)).isNotEqualTo(first);
        assertThat(one.witness("w", otherSecret, new FixedRandom(1), 64)).isNotEqualTo(first);
        assertThat(new Transcript("two").witness("w", secret, new FixedRandom(1), 64))
                .isNotEqualTo(first);
    }

    /// A random source that always gives one byte.
    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte value;

        FixedRandom(int value) {
            this.value = (byte) value;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, value);
        }
    }
}
