package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Sr25519Test {
    private static final KeyPair ALICE = key("//Alice");
    private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

    /// Knows Alice from the start, and each key once its first signature held.
    private static final KnownSigners KNOWN = new KnownSigners(50);

    static {
        KNOWN.verify(Scheme.SR25519, ALICE.hotkey(), MESSAGE, ALICE.sign(MESSAGE));
    }

    @ParameterizedTest
    @CsvSource({
        "Test1231223123123,"
                + " 2cc2ecc6e196429fe8136c3aed496689576ea99ed88076e2223efab23d114313e333ba338f076440d3b5609cc22cee42ce9b8cbcf52856feba74452917990e8c",
        "'', eebcb44c6411183b600c17c7c10cf421d354f578af17b3e7e4514233ed1e0461d41404209c7ca37b9581426ea2e056794ca19c640415eb6ea7132ea444e88987",
        "<Bytes>hello</Bytes>,"
                + " 1a3c73e8736cd4be0a51d351c2a28f1e2ceba15c3f21ff6f118d3cb038e734513c2bddffed057e95845f5b7117caa62d1f46571f6dc6364421d1b73373b02f86"
    })
    void signaturesOfThePythonWalletHold(String message, String signature) {
        assertThat(verify(ALICE.hotkey(), message.getBytes(UTF_8), Vectors.hex(signature)))
                .isTrue();
    }

    @Test
    void theSignatureOfAWrappedMessageDoesNotHoldForTheBareOne() {
        byte[] signature =
                Vectors.hex(
                        "1a3c73e8736cd4be0a51d351c2a28f1e2ceba15c3f21ff6f118d3cb038e734513c2bddffed057e95845f5b7117caa62d1f46571f6dc6364421d1b73373b02f86");

        assertThat(verify(ALICE.hotkey(), "hello".getBytes(UTF_8), signature)).isFalse();
    }

    @Test
    void thousandsOfSignaturesHoldForTheirMessageAlone() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] seed = new byte[32];
            random.nextBytes(seed);
            KeyPair key = KeyPair.fromSeed(seed, Scheme.SR25519);
            byte[] message = new byte[random.nextInt(400)];
            random.nextBytes(message);

            byte[] signature = key.sign(message);

            assertThat(verify(key.hotkey(), message, signature)).isTrue();
            assertThat(verify(key.hotkey(), message, key.sign(message))).isTrue();
            assertThat(verify(key.hotkey(), Arrays.copyOf(message, message.length + 1), signature))
                    .isFalse();
            assertThat(verify(ALICE.hotkey(), message, signature)).isFalse();
        }
    }

    @Test
    void noTwoSignaturesOfOneMessageShareTheirNonce() {
        byte[] one = ALICE.sign(MESSAGE);
        byte[] two = ALICE.sign(MESSAGE);

        assertThat(Arrays.copyOf(one, 32)).isNotEqualTo(Arrays.copyOf(two, 32));
    }

    @Test
    void everySingleBitOfASignatureCounts() {
        byte[] signature = ALICE.sign(MESSAGE);
        for (int bit = 0; bit < 512; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThat(verify(ALICE.hotkey(), MESSAGE, flipped)).as("bit " + bit).isFalse();
        }
    }

    @Test
    void everySingleBitOfAKeyCounts() {
        byte[] signature = ALICE.sign(MESSAGE);
        for (int bit = 0; bit < 256; bit++) {
            byte[] flipped = ALICE.hotkey().accountId();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThat(verify(Ss58.hotkey(flipped), MESSAGE, signature)).isFalse();
        }
    }

    @Test
    void sPlusTheGroupOrderIsRefused() {
        byte[] signature = ALICE.sign(MESSAGE);
        byte[] s = Arrays.copyOfRange(signature, 32, 64);
        s[31] &= 0x7f;
        BigInteger larger = SlowGroup.number(s).add(SlowGroup.L);
        assertThat(larger.bitLength()).isLessThan(255);
        System.arraycopy(SlowGroup.bytes(larger), 0, signature, 32, 32);
        signature[63] |= (byte) 0x80;

        assertThat(verify(ALICE.hotkey(), MESSAGE, signature)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32, 63, 65, 128})
    void anyOtherLengthIsRefused(int length) {
        byte[] signature = Arrays.copyOf(ALICE.sign(MESSAGE), length);

        assertThat(verify(ALICE.hotkey(), MESSAGE, signature)).isFalse();
    }

    /// With the neutral element as key, R = s * B holds for every message.
    @Test
    void theNeutralElementIsNobodysKey() {
        byte[] one = SlowGroup.bytes(BigInteger.ONE);
        byte[] signature = Arrays.copyOf(Ristretto.encode(BasePoint.multiply(one)), 64);
        signature[32] = 1;
        signature[63] = (byte) 0x80;

        assertThat(verify(Ss58.hotkey(new byte[32]), MESSAGE, signature)).isFalse();
    }

    /// R and key plus p where that fits in 255 bits, negatives, and the neutral R with s = 0.
    @Test
    void otherSpellingsOfTheSamePointsAreRefused() {
        byte[] signature = ALICE.sign(MESSAGE);
        byte[] negativeR = signature.clone();
        BigInteger r = SlowGroup.number(Arrays.copyOf(signature, 32));
        System.arraycopy(SlowGroup.bytes(SlowGroup.P.subtract(r)), 0, negativeR, 0, 32);
        BigInteger a = SlowGroup.number(ALICE.hotkey().accountId());
        byte[] negativeKey = SlowGroup.bytes(SlowGroup.P.subtract(a));
        byte[] highKey = ALICE.hotkey().accountId();
        highKey[31] |= (byte) 0x80;
        byte[] neutral = new byte[64];
        neutral[63] = (byte) 0x80;
        byte[] neutralPlusP = Arrays.copyOf(SlowGroup.bytes(SlowGroup.P), 64);
        neutralPlusP[63] = (byte) 0x80;

        assertThat(verify(ALICE.hotkey(), MESSAGE, negativeR)).isFalse();
        assertThat(verify(Ss58.hotkey(negativeKey), MESSAGE, signature)).isFalse();
        assertThat(verify(Ss58.hotkey(highKey), MESSAGE, signature)).isFalse();
        assertThat(verify(ALICE.hotkey(), MESSAGE, neutral)).isFalse();
        assertThat(verify(Ss58.hotkey(SlowGroup.bytes(SlowGroup.P)), MESSAGE, neutralPlusP))
                .isFalse();
    }

    @Test
    void randomBytesNeverHoldAndNeverThrow() {
        Random random = new Random(2);
        for (int i = 0; i < 2000; i++) {
            byte[] account = new byte[32];
            byte[] signature = new byte[64];
            random.nextBytes(account);
            random.nextBytes(signature);

            assertThat(verify(Ss58.hotkey(account), MESSAGE, signature)).isFalse();
        }
    }

    @Test
    void aSignatureOfOneSchemeIsNoneOfTheOther() {
        byte[] signature = ALICE.sign(MESSAGE);

        assertThat(Signatures.verify(Scheme.ED25519, ALICE.hotkey(), MESSAGE, signature)).isFalse();
    }

    private static boolean verify(Hotkey signer, byte[] message, byte[] signature) {
        boolean holds = Signatures.verify(Scheme.SR25519, signer, message, signature);
        assertThat(KNOWN.verify(Scheme.SR25519, signer, message, signature)).isEqualTo(holds);
        return holds;
    }

    private static KeyPair key(String uri) {
        try {
            return KeyPair.fromUri(uri, Scheme.SR25519);
        } catch (KeyFormatException e) {
            throw new AssertionError(e);
        }
    }
}
