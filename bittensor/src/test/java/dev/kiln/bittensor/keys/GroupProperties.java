package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.SlowGroup.Point;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The fast group against [SlowGroup] and the published vectors of RFC 9496.
class GroupProperties {
    private static final BigInteger L = SlowGroup.L;
    private static final Point BASE = SlowGroup.base();

    private final Random random = new Random(9496);

    @ParameterizedTest
    @CsvSource({
        "0, 0000000000000000000000000000000000000000000000000000000000000000",
        "1, e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
        "2, 6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "3, 94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259"
    })
    void smallMultiplesOfTheBasePointAreThePublishedOnes(int n, String encoded) {
        EdwardsPoint point = BasePoint.multiply(SlowGroup.bytes(BigInteger.valueOf(n)));

        assertThat(Ristretto.encode(point)).isEqualTo(Vectors.hex(encoded));
        assertThat(SlowGroup.encode(BASE.times(BigInteger.valueOf(n))))
                .isEqualTo(Vectors.hex(encoded));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6"
            })
    void aNonCanonicalOrNegativeEncodingIsNoElement(String encoded) {
        assertThat(Ristretto.decode(Vectors.hex(encoded), 0)).isEmpty();
    }

    @Test
    void multiplesOfTheBasePointAreThoseOfTheSlowGroup() {
        for (BigInteger n : scalars(150)) {
            EdwardsPoint fast = BasePoint.multiply(SlowGroup.bytes(n));

            assertThat(Ristretto.encode(fast))
                    .as(n.toString(16))
                    .isEqualTo(SlowGroup.encode(BASE.times(n)));
        }
    }

    /// What is secret takes another way than what is public; both must arrive at the same point.
    @Test
    void thousandsOfMultiplesInConstantTimeAreThoseOfThePublicWay() {
        for (BigInteger n : scalars(4000)) {
            byte[] scalar = SlowGroup.bytes(n);
            EdwardsPoint publicWay =
                    BasePoint.multiplyPublic(new byte[32], EdwardsPoint.base(), scalar);

            assertThat(Ristretto.encode(BasePoint.multiply(scalar)))
                    .as(n.toString(16))
                    .isEqualTo(Ristretto.encode(publicWay));
        }
    }

    /// A table of odd multiples is picked from by digits; here every row has the same one.
    @Test
    void everyColumnOfEveryRowIsPicked() {
        BigInteger ones = BigInteger.ZERO;
        for (int row = 0; row < 51; row++) {
            ones = ones.setBit(5 * row);
        }
        for (int digit = -31; digit <= 31; digit += 2) {
            BigInteger n = ones.multiply(BigInteger.valueOf(digit)).mod(L);

            assertThat(Ristretto.encode(BasePoint.multiply(SlowGroup.bytes(n))))
                    .as("digit " + digit)
                    .isEqualTo(SlowGroup.encode(BASE.times(n)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 19, 20})
    void numbersUpToTheTopBitAreTakenModuloTheOrder(int below) {
        BigInteger n = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(below));

        assertThat(Ristretto.encode(BasePoint.multiply(SlowGroup.bytes(n))))
                .isEqualTo(SlowGroup.encode(BASE.times(n.mod(L))));
    }

    @Test
    void sumsOfTwoMultiplesAreThoseOfTheSlowGroup() {
        List<BigInteger> scalars = scalars(30);
        for (int i = 0; i < scalars.size(); i++) {
            BigInteger a = scalars.get(i);
            BigInteger b = scalars.get((7 * i + 3) % scalars.size());
            Point slowA = BASE.times(new BigInteger(252, random));
            EdwardsPoint fastA = Ristretto.decode(SlowGroup.encode(slowA), 0).orElseThrow();

            var table = new SplitTable(fastA, 6);
            EdwardsPoint fast =
                    BasePoint.multiplyPublic(SlowGroup.bytes(a), fastA, SlowGroup.bytes(b));
            EdwardsPoint split = table.multiplyPublic(SlowGroup.bytes(a), SlowGroup.bytes(b));
            assertThat(Ristretto.encode(split)).isEqualTo(Ristretto.encode(fast));

            assertThat(Ristretto.encode(fast))
                    .isEqualTo(SlowGroup.encode(slowA.times(a).plus(BASE.times(b))));
        }
    }

    @Test
    void aMultipleTakenAwayFromItselfIsNeutral() {
        BigInteger n = new BigInteger(252, random).mod(L);
        EdwardsPoint minusBase = EdwardsPoint.base();
        minusBase.negate();

        EdwardsPoint sum =
                BasePoint.multiplyPublic(SlowGroup.bytes(n), minusBase, SlowGroup.bytes(n));

        assertThat(Ristretto.isIdentity(Ristretto.encode(sum))).isTrue();
    }

    @Test
    void thousandsOfRandomStringsAreElementsExactlyWhereTheSlowGroupSaysSo() {
        int elements = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] encoded = new byte[32];
            random.nextBytes(encoded);
            encoded[0] &= (byte) 0xfe;
            encoded[31] &= 0x7f;

            var fast = Ristretto.decode(encoded, 0);

            assertThat(fast.isPresent()).isEqualTo(SlowGroup.decode(encoded).isPresent());
            if (fast.isPresent()) {
                elements++;
                assertThat(Ristretto.encode(fast.get())).isEqualTo(encoded);
            }
        }
        assertThat(elements).isBetween(800, 1200);
    }

    /// Adding a point of order 4 changes the point on the curve but not the element of the group.
    @Test
    void pointsThatDifferByTorsionAreOneElement() {
        BigInteger root = BigInteger.TWO.modPow(SlowGroup.P.shiftRight(2), SlowGroup.P);
        Point order4 = new Point(root, BigInteger.ZERO);
        for (int i = 0; i < 50; i++) {
            Point p = BASE.times(new BigInteger(252, random));
            byte[] encoded = SlowGroup.encode(p);
            Point q = p;
            for (int j = 0; j < 3; j++) {
                q = q.plus(order4);
                assertThat(Ristretto.encode(fast(q))).isEqualTo(encoded);
            }
        }
        for (int j = 0; j < 4; j++) {
            Point torsion = order4.times(BigInteger.valueOf(j));
            assertThat(Ristretto.isIdentity(Ristretto.encode(fast(torsion)))).isTrue();
        }
    }

    private static EdwardsPoint fast(Point p) {
        EdwardsPoint fast = new EdwardsPoint();
        fast.x.decode(SlowGroup.bytes(p.x()), 0);
        fast.y.decode(SlowGroup.bytes(p.y()), 0);
        fast.t.mul(fast.x, fast.y);
        return fast;
    }

    /// Edges and random scalars, all below the order.
    private List<BigInteger> scalars(int count) {
        List<BigInteger> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(BigInteger.valueOf(i));
            all.add(L.subtract(BigInteger.valueOf(i + 1)));
        }
        all.add(BigInteger.TWO.pow(252).subtract(BigInteger.ONE));
        all.add(new BigInteger("88".repeat(31), 16));
        all.add(new BigInteger("77".repeat(31), 16));
        all.add(new BigInteger("f0".repeat(31), 16));
        for (int i = 0; i < count; i++) {
            all.add(new BigInteger(256, random).mod(L));
        }
        return all;
    }
}
