package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519Test {
    private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

    /// RFC 8032, 7.1.
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + " d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
                + " e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + " 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
                + " 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    })
    void thePublishedKeysAndSignaturesAreOurs(
            String seed, String publicKey, String message, String signature) {
        KeyPair key = KeyPair.fromSeed(Vectors.hex(seed), Scheme.ED25519);

        assertThat(key.hotkey().hex()).isEqualTo(publicKey);
        assertThat(key.sign(Vectors.hex(message))).isEqualTo(Vectors.hex(signature));
        assertThat(verify(key.hotkey(), Vectors.hex(message), Vectors.hex(signature))).isTrue();
    }

    /// The development authorities' keys of Substrate.
    @ParameterizedTest
    @CsvSource({
        "//Alice, 5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu",
        "//Bob, 5GoNkf6WdbxCFnPdAnYYQyCjAKPJgLNxXwPjwTh6DGg6gN3E"
    })
    void hardDerivationLeadsToTheKnownKeys(String uri, String address) throws KeyFormatException {
        assertThat(KeyPair.fromUri(uri, Scheme.ED25519).hotkey().ss58()).isEqualTo(address);
    }

    @Test
    void softDerivationIsRefused() {
        assertThatThrownBy(() -> KeyPair.fromUri("//Alice/soft", Scheme.ED25519))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage("ed25519 has no soft derivation; write // before every junction");
    }

    @Test
    void everySingleBitOfSignatureAndKeyCounts() {
        KeyPair key = KeyPair.fromSeed(new byte[32], Scheme.ED25519);
        byte[] signature = key.sign(MESSAGE);
        for (int bit = 0; bit < 512; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(verify(key.hotkey(), MESSAGE, flipped)).as("bit " + bit).isFalse();
        }
        for (int bit = 0; bit < 256; bit++) {
            byte[] flipped = key.hotkey().accountId();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(verify(Ss58.hotkey(flipped), MESSAGE, signature)).isFalse();
        }
    }

    @Test
    void sPlusTheGroupOrderIsRefused() {
        KeyPair key = KeyPair.fromSeed(new byte[32], Scheme.ED25519);
        byte[] signature = key.sign(MESSAGE);
        byte[] s = Arrays.copyOfRange(signature, 32, 64);
        BigInteger larger = SlowGroup.number(s).add(SlowGroup.L);
        System.arraycopy(SlowGroup.bytes(larger), 0, signature, 32, 32);

        assertThat(verify(key.hotkey(), MESSAGE, signature)).isFalse();
    }

    /// For a key of small order A, R = s * B - k * A takes at most eight values, so some message always holds.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void aKeyOfSmallOrderIsNobodys(String encoded) {
        Hotkey nobody = Ss58.hotkey(Vectors.hex(encoded));
        byte[] signature = new byte[64];
        signature[0] = 1;
        byte[] sameAsKey = Arrays.copyOf(Vectors.hex(encoded), 64);
        for (int i = 0; i < 64; i++) {
            byte[] message = {(byte) i};
            assertThat(verify(nobody, message, signature)).isFalse();
            assertThat(verify(nobody, message, sameAsKey)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 32, 63, 65, 128})
    void anyOtherLengthIsRefused(int length) {
        KeyPair key = KeyPair.fromSeed(new byte[32], Scheme.ED25519);
        byte[] signature = Arrays.copyOf(key.sign(MESSAGE), length);

        assertThat(verify(key.hotkey(), MESSAGE, signature)).isFalse();
    }

    @Test
    void randomBytesNeverHoldAndNeverThrow() {
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            byte[] account = new byte[32];
            byte[] signature = new byte[64];
            random.nextBytes(account);
            random.nextBytes(signature);
            assertThat(verify(Ss58.hotkey(account), MESSAGE, signature)).isFalse();
        }
    }

    private static boolean verify(Hotkey signer, byte[] message, byte[] signature) {
        return Signatures.verify(Scheme.ED25519, signer, message, signature);
    }
}
