package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Field and scalar arithmetic against [BigInteger], on thousands of random numbers and on the edges.
class ArithmeticProperties {
    private static final BigInteger P = SlowGroup.P;
    private static final BigInteger L = SlowGroup.L;
    private static final BigInteger TOP = BigInteger.TWO.pow(255);

    private final Random random = new Random(25519);

    @Test
    void aProductASumADifferenceAndASquareAreThoseOfTheIntegersModuloP() {
        List<BigInteger> numbers = numbers(P, 255, 60);
        for (BigInteger a : numbers) {
            for (BigInteger b : numbers) {
                FieldElement x = element(a);
                FieldElement y = element(b);
                assertSame(new FieldElement().mul(x, y), a.multiply(b));
                assertSame(new FieldElement().add(x, y), a.add(b));
                assertSame(new FieldElement().sub(x, y), a.subtract(b));
            }
            assertSame(new FieldElement().sqr(element(a)), a.multiply(a));
            assertSame(new FieldElement().negate(element(a)), a.negate());
            assertSame(FieldPowers.inverse(element(a)), a.modPow(P.subtract(BigInteger.TWO), P));
        }
    }

    @Test
    void theLoosestOperandsThatTheFormulasMakeStillMultiplyExactly() {
        List<BigInteger> numbers = numbers(P, 255, 60);
        for (BigInteger a : numbers) {
            for (BigInteger b : numbers) {
                // As in doubling: a sum of a doubled square and a difference, times a difference
                // from a sum.
                FieldElement x = element(a);
                FieldElement y = element(b);
                FieldElement difference = new FieldElement().sub(x, y);
                FieldElement twice = new FieldElement().add(x, x);
                FieldElement sum = new FieldElement().add(twice, difference);
                FieldElement other = new FieldElement().sub(twice, y);
                BigInteger wantSum = a.multiply(BigInteger.valueOf(3)).subtract(b);
                BigInteger wantOther = a.shiftLeft(1).subtract(b);
                assertSame(new FieldElement().mul(sum, other), wantSum.multiply(wantOther));
                assertSame(new FieldElement().mul(other, sum), wantSum.multiply(wantOther));
                assertSame(new FieldElement().sqr(sum), wantSum.multiply(wantSum));
            }
        }
    }

    @Test
    void anElementMayBeItsOwnOperand() {
        BigInteger a = new BigInteger(250, random);
        FieldElement x = element(a);
        assertSame(x.mul(x, x), a.pow(2));
        assertSame(x.sqr(x), a.pow(4));
        assertSame(x.add(x, x), a.pow(4).shiftLeft(1));
    }

    @Test
    void aNumberComesBackFromATableInItsCanonicalForm() {
        long[] table = new long[12];
        for (BigInteger a : numbers(P, 255, 500)) {
            element(a).store(table, 1, 3);
            FieldElement back = new FieldElement().load(table, 1, 3);
            assertThat(back.encode()).isEqualTo(SlowGroup.bytes(a.mod(P)));
        }
    }

    @Test
    void onlyNumbersBelowPAreCanonicalElements() {
        for (BigInteger a : numbers(P, 256, 500)) {
            boolean canonical = FieldElement.isCanonical(SlowGroup.bytes(a), 0);
            assertThat(canonical).as(a.toString(16)).isEqualTo(a.compareTo(P) < 0);
        }
    }

    @Test
    void parityAndZeroAreThoseOfTheCanonicalForm() {
        for (BigInteger a : numbers(P, 255, 500)) {
            BigInteger canonical = a.mod(P);
            assertThat(element(a).isNegative()).isEqualTo(canonical.testBit(0) ? 1 : 0);
            assertThat(element(a).isZero()).isEqualTo(canonical.signum() == 0 ? 1 : 0);
        }
    }

    @Test
    void scalarsMultiplyAndAddModuloTheOrder() {
        List<BigInteger> numbers = numbers(L, 256, 25);
        for (BigInteger a : numbers) {
            for (BigInteger b : numbers) {
                for (BigInteger c : numbers.subList(0, 20)) {
                    byte[] got =
                            Scalar.multiplyAdd(
                                    SlowGroup.bytes(a), SlowGroup.bytes(b), SlowGroup.bytes(c));
                    assertThat(SlowGroup.number(got)).isEqualTo(a.multiply(b).add(c).mod(L));
                }
                byte[] sum = Scalar.add(SlowGroup.bytes(a), SlowGroup.bytes(b));
                assertThat(SlowGroup.number(sum)).isEqualTo(a.add(b).mod(L));
            }
        }
    }

    @Test
    void sixtyFourBytesReduceModuloTheOrder() {
        List<BigInteger> numbers = numbers(L, 256, 80);
        for (BigInteger low : numbers) {
            for (BigInteger high : numbers) {
                byte[] wide = Arrays.copyOf(SlowGroup.bytes(low), 64);
                System.arraycopy(SlowGroup.bytes(high), 0, wide, 32, 32);
                assertThat(SlowGroup.number(Scalar.reduce(wide)))
                        .isEqualTo(high.shiftLeft(256).add(low).mod(L));
            }
        }
    }

    @Test
    void onlyNumbersBelowTheOrderAreCanonicalScalars() {
        for (BigInteger a : numbers(L, 256, 500)) {
            assertThat(Scalar.isCanonical(SlowGroup.bytes(a), 0)).isEqualTo(a.compareTo(L) < 0);
        }
    }

    @Test
    void signedBitsAddUpToTheirNumberModuloTheOrder() {
        for (BigInteger a : numbers(L, 255, 500)) {
            BigInteger bits = SlowGroup.number(Scalar.signedBits(SlowGroup.bytes(a)));
            assertThat(bits.bitLength()).isLessThanOrEqualTo(255);
            BigInteger sum = BigInteger.ZERO;
            for (int i = 0; i < 255; i++) {
                BigInteger power = BigInteger.ONE.shiftLeft(i);
                sum = bits.testBit(i) ? sum.add(power) : sum.subtract(power);
            }
            assertThat(sum.mod(L)).as(a.toString(16)).isEqualTo(a.mod(L));
        }
    }

    @Test
    void sparseDigitsAddUpToTheirNumber() {
        for (BigInteger a : numbers(L, 252, 300)) {
            if (a.compareTo(L) >= 0) {
                continue;
            }
            for (int window = 2; window <= 8; window++) {
                byte[] digits = Digits.nonAdjacent(SlowGroup.bytes(a), window);
                BigInteger sum = BigInteger.ZERO;
                for (int i = digits.length - 1; i >= 0; i--) {
                    sum = sum.shiftLeft(1).add(BigInteger.valueOf(digits[i]));
                    assertThat(digits[i] == 0 || digits[i] % 2 != 0).isTrue();
                    assertThat(Math.abs((int) digits[i])).isLessThan(1 << (window - 1));
                }
                assertThat(sum).isEqualTo(a);
            }
        }
    }

    /// The edges around 0, the modulus and its multiples and the top of the bits, and as many random ones.
    private List<BigInteger> numbers(BigInteger modulus, int bits, int count) {
        List<BigInteger> all = new ArrayList<>();
        BigInteger top = BigInteger.TWO.pow(bits);
        for (BigInteger edge :
                List.of(
                        BigInteger.ZERO,
                        modulus,
                        modulus.shiftLeft(1),
                        top,
                        TOP,
                        P,
                        L,
                        P.shiftRight(1))) {
            for (int near = -2; near <= 2; near++) {
                BigInteger number = edge.add(BigInteger.valueOf(near));
                if (number.signum() >= 0 && number.compareTo(top) < 0) {
                    all.add(number);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            all.add(new BigInteger(bits, random));
        }
        return all;
    }

    private static FieldElement element(BigInteger a) {
        return new FieldElement().decode(SlowGroup.bytes(a), 0);
    }

    private static void assertSame(FieldElement got, BigInteger want) {
        assertThat(SlowGroup.number(got.encode())).isEqualTo(want.mod(P));
    }
}
