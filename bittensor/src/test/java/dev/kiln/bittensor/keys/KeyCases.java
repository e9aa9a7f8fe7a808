package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kiln.bittensor.keys.SlowGroup.Point;
import dev.kiln.core.Scheme;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Signatures to be judged here and elsewhere: good ones, and those that somebody might hope to pass for good.
final class KeyCases {
    /// What both should say.
    enum Verdict {
        HOLDS,
        FAILS,

        /// Refused here on purpose: the native core has a second reading of a message, or of whose key it is.
        HOLDS_THERE_ALONE
    }

    enum Kind {
        SIGNED_HERE("signed here", Verdict.HOLDS),
        SIGNED_THERE("signed there", Verdict.HOLDS),
        EDGE_SECRET("signed here by a secret scalar at an edge", Verdict.HOLDS),
        FLIPPED_BIT("a bit of signature, key or message flipped", Verdict.FAILS),
        OTHER_LENGTH("a signature of another length", Verdict.FAILS),
        S_PLUS_ORDER("s plus the group order", Verdict.FAILS),
        OTHER_SPELLING("key or R negative, or not canonical", Verdict.FAILS),
        LOW_ORDER("key or R of small order, as Ed25519 spells it", Verdict.FAILS),
        TORSION("key or R as Ed25519 spells it, plus torsion", Verdict.FAILS),
        RANDOM_BYTES("random key or signature", Verdict.FAILS),
        NEUTRAL_KEY("forged for the neutral element", Verdict.HOLDS_THERE_ALONE),
        WRAPPED("signed in <Bytes>, shown bare", Verdict.HOLDS_THERE_ALONE);

        final String words;
        final Verdict verdict;

        Kind(String words, Verdict verdict) {
            this.words = words;
            this.verdict = verdict;
        }
    }

    /// @param asked with no signature for [Kind#SIGNED_THERE]
    record Case(Kind kind, NativeCore.Asked asked) {}

    /// Of a hundred cases in turn; the slow torsion is rare.
    private static final Kind[] MIX = mix();

    private static final int CASES_PER_KEY = 16;
    private static final int[] LENGTHS = {1, 31, 32, 63, 65, 96, 128, 255};

    /// Points whose order divides 8 as Ed25519 writes them, in every spelling of 32 bytes.
    private static final List<byte[]> LOW = low();

    private static final List<Point> TORSION = SlowGroup.torsion();

    private final Random random;
    private int made;
    private KeyPair key;

    KeyCases(Random random) {
        this.random = random;
        this.key = fresh();
    }

    private static Kind[] mix() {
        List<Kind> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            int of100 =
                    switch (kind) {
                        case SIGNED_HERE, SIGNED_THERE -> 22;
                        case FLIPPED_BIT -> 20;
                        case EDGE_SECRET, S_PLUS_ORDER, OTHER_SPELLING, LOW_ORDER -> 6;
                        case OTHER_LENGTH, RANDOM_BYTES -> 4;
                        case TORSION, WRAPPED -> 1;
                        case NEUTRAL_KEY -> 2;
                    };
            for (int i = 0; i < of100; i++) {
                all.add(kind);
            }
        }
        return all.toArray(Kind[]::new);
    }

    private static List<byte[]> low() {
        List<byte[]> all = new ArrayList<>();
        for (Point point : SlowGroup.torsion()) {
            for (BigInteger y = point.y(); y.bitLength() <= 255; y = y.add(SlowGroup.P)) {
                for (int sign = 0; sign < 2; sign++) {
                    byte[] spelled = SlowGroup.bytes(y);
                    spelled[31] |= (byte) (sign << 7);
                    all.add(spelled);
                }
            }
        }
        return all;
    }

    List<Case> next(int count) {
        List<Case> cases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (made++ % CASES_PER_KEY == 0) {
                key = fresh();
            }
            Kind kind = MIX[made % MIX.length];
            cases.add(new Case(kind, asked(kind)));
        }
        return cases;
    }

    private NativeCore.Asked asked(Kind kind) {
        byte[] message = bytes(random.nextInt(400));
        return switch (kind) {
            case SIGNED_HERE -> signed(key, message);
            case SIGNED_THERE -> new NativeCore.Asked(bytes(32), new byte[0], message);
            case EDGE_SECRET -> signed(edge(), message);
            case FLIPPED_BIT -> flipped(signed(key, message));
            case OTHER_LENGTH -> resized(signed(key, message));
            case S_PLUS_ORDER -> plusOrder(signed(key, message));
            case OTHER_SPELLING -> spelled(signed(key, message));
            case LOW_ORDER -> swapped(signed(key, message), LOW.get(random.nextInt(LOW.size())));
            case TORSION -> twisted(signed(key, message));
            case RANDOM_BYTES -> random(signed(key, message));
            case NEUTRAL_KEY -> forged(message);
            case WRAPPED -> wrapped(message);
        };
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private KeyPair fresh() {
        return KeyPair.fromSeed(bytes(32), Scheme.SR25519);
    }

    private static NativeCore.Asked signed(KeyPair key, byte[] message) {
        return new NativeCore.Asked(key.hotkey().accountId(), key.sign(message), message);
    }

    /// 1, 2, … or L - 1, L - 2, …, or a power of two.
    private KeyPair edge() {
        BigInteger near = BigInteger.valueOf(1 + random.nextInt(16));
        BigInteger scalar =
                switch (random.nextInt(3)) {
                    case 0 -> near;
                    case 1 -> SlowGroup.L.subtract(near);
                    default -> BigInteger.ONE.shiftLeft(random.nextInt(252));
                };
        byte[] secret = Arrays.copyOf(SlowGroup.bytes(scalar), 64);
        System.arraycopy(bytes(32), 0, secret, 32, 32);
        try {
            return KeyPair.fromSecret(secret, Scheme.SR25519);
        } catch (KeyFormatException e) {
            throw new IllegalStateException("the scalar is below the order", e);
        }
    }

    private NativeCore.Asked flipped(NativeCore.Asked good) {
        byte[] key = good.key().clone();
        byte[] signature = good.signature().clone();
        byte[] message = good.message().clone();
        int which = random.nextInt(message.length == 0 ? 2 : 3);
        byte[] of = which == 0 ? signature : which == 1 ? key : message;
        of[random.nextInt(of.length)] ^= (byte) (1 << random.nextInt(8));
        return new NativeCore.Asked(key, signature, message);
    }

    private NativeCore.Asked resized(NativeCore.Asked good) {
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        return with(good, good.key(), Arrays.copyOf(good.signature(), length));
    }

    private static NativeCore.Asked with(NativeCore.Asked good, byte[] key, byte[] signature) {
        return new NativeCore.Asked(key, signature, good.message());
    }

    private static NativeCore.Asked plusOrder(NativeCore.Asked good) {
        byte[] s = Arrays.copyOfRange(good.signature(), 32, 64);
        s[31] &= 0x7f;
        byte[] signature = good.signature().clone();
        byte[] larger = SlowGroup.bytes(SlowGroup.number(s).add(SlowGroup.L));
        System.arraycopy(larger, 0, signature, 32, 32);
        signature[63] |= (byte) 0x80;
        return with(good, good.key(), signature);
    }

    /// Another spelling of its key or of its R, or a number from p to 2^255 for one of them.
    private NativeCore.Asked spelled(NativeCore.Asked good) {
        boolean ofKey = random.nextBoolean();
        byte[] point = ofKey ? good.key().clone() : Arrays.copyOf(good.signature(), 32);
        switch (random.nextInt(3)) {
            case 0 -> point[31] |= (byte) 0x80;
            case 1 -> point = SlowGroup.bytes(SlowGroup.P.subtract(SlowGroup.number(point)));
            default -> {
                BigInteger above = BigInteger.valueOf(random.nextInt(19));
                point = SlowGroup.bytes(SlowGroup.P.add(above));
            }
        }
        return placed(good, ofKey, point);
    }

    private NativeCore.Asked swapped(NativeCore.Asked good, byte[] point) {
        return placed(good, random.nextBoolean(), point);
    }

    private static NativeCore.Asked placed(NativeCore.Asked good, boolean asKey, byte[] point) {
        if (asKey) {
            return with(good, point, good.signature());
        }
        byte[] signature = good.signature().clone();
        System.arraycopy(point, 0, signature, 0, 32);
        return with(good, good.key(), signature);
    }

    private NativeCore.Asked twisted(NativeCore.Asked good) {
        boolean ofKey = random.nextBoolean();
        byte[] encoded = ofKey ? good.key() : Arrays.copyOf(good.signature(), 32);
        Point torsion = TORSION.get(random.nextInt(TORSION.size()));
        Point sum = SlowGroup.decode(encoded).orElseThrow().plus(torsion);
        byte[] spelled = SlowGroup.bytes(sum.y());
        spelled[31] |= (byte) (sum.x().testBit(0) ? 0x80 : 0);
        return placed(good, ofKey, spelled);
    }

    private NativeCore.Asked random(NativeCore.Asked good) {
        byte[] signature = bytes(64);
        signature[63] |= (byte) 0x80;
        return switch (random.nextInt(3)) {
            case 0 -> with(good, good.key(), signature);
            case 1 -> with(good, bytes(32), good.signature());
            default -> with(good, bytes(32), signature);
        };
    }

    /// With the neutral element as key, R = s * B holds for every message.
    private NativeCore.Asked forged(byte[] message) {
        byte[] s = Scalar.reduce(bytes(64));
        byte[] signature = Arrays.copyOf(Ristretto.encode(BasePoint.multiply(s)), 64);
        System.arraycopy(s, 0, signature, 32, 32);
        signature[63] |= (byte) 0x80;
        return new NativeCore.Asked(new byte[32], signature, message);
    }

    private NativeCore.Asked wrapped(byte[] message) {
        byte[] head = "<Bytes>".getBytes(US_ASCII);
        byte[] tail = "</Bytes>".getBytes(US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + message.length + tail.length);
        System.arraycopy(message, 0, all, head.length, message.length);
        System.arraycopy(tail, 0, all, head.length + message.length, tail.length);
        return new NativeCore.Asked(key.hotkey().accountId(), key.sign(all), message);
    }
}
