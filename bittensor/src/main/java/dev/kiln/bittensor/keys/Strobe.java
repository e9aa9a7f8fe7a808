package dev.kiln.bittensor.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The part of STROBE-128 that Merlin transcripts need: absorbing, squeezing and keying over Keccak-f[1600].
///
/// **Threads:** owned by the one that made it.
final class Strobe {
    private static final int RATE = 166;
    private static final int STATE = 200;
    private static final int FLAG_I = 1;
    private static final int FLAG_A = 2;
    private static final int FLAG_C = 4;
    private static final int FLAG_M = 16;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] state;
    private final long[] lanes = new long[Keccak.LANES];
    private int position;
    private int begin;

    Strobe(String protocol) {
        state = new byte[STATE];
        byte[] domain = {1, RATE + 2 - 256, 1, 0, 1, 96};
        System.arraycopy(domain, 0, state, 0, domain.length);
        byte[] version = "STROBEv1.0.2".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(version, 0, state, domain.length, version.length);
        permute();
        metaAd(protocol.getBytes(StandardCharsets.US_ASCII));
    }

    /// A copy that goes its own way from here.
    Strobe(Strobe other) {
        state = other.state.clone();
        position = other.position;
        begin = other.begin;
    }

    /// Absorbs framing data.
    void metaAd(byte[] data) {
        start(FLAG_M | FLAG_A);
        absorb(data);
    }

    /// Absorbs four more bytes of framing data, an unsigned little-endian length.
    void metaAdLength(int length) {
        for (int shift = 0; shift < 32; shift += 8) {
            absorb((byte) (length >>> shift));
        }
    }

    /// Absorbs data.
    void ad(byte[] data) {
        start(FLAG_A);
        absorb(data);
    }

    /// Squeezes bytes out.
    byte[] prf(int length) {
        start(FLAG_I | FLAG_A | FLAG_C);
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = state[position];
            state[position] = 0;
            advance();
        }
        return out;
    }

    /// Overwrites state with a key.
    void key(byte[] data) {
        start(FLAG_A | FLAG_C);
        for (byte b : data) {
            state[position] = b;
            advance();
        }
    }

    /// Forgets everything.
    void wipe() {
        Arrays.fill(state, (byte) 0);
        Arrays.fill(lanes, 0);
    }

    private void start(int flags) {
        int oldBegin = begin;
        begin = position + 1;
        absorb((byte) oldBegin);
        absorb((byte) flags);
        if ((flags & FLAG_C) != 0 && position != 0) {
            close();
        }
    }

    private void absorb(byte[] data) {
        for (int done = 0; done < data.length; ) {
            int count = Math.min(data.length - done, RATE - position);
            for (int i = 0; i < count; i++) {
                state[position + i] ^= data[done + i];
            }
            done += count;
            position += count;
            if (position == RATE) {
                close();
            }
        }
    }

    private void absorb(byte b) {
        state[position] ^= b;
        advance();
    }

    private void advance() {
        position++;
        if (position == RATE) {
            close();
        }
    }

    private void close() {
        state[position] ^= (byte) begin;
        state[position + 1] ^= 0x04;
        state[RATE + 1] ^= (byte) 0x80;
        permute();
        position = 0;
        begin = 0;
    }

    private void permute() {
        for (int i = 0; i < Keccak.LANES; i++) {
            lanes[i] = (long) LONG.get(state, 8 * i);
        }
        Keccak.permute(lanes);
        for (int i = 0; i < Keccak.LANES; i++) {
            LONG.set(state, 8 * i, lanes[i]);
        }
    }
}
