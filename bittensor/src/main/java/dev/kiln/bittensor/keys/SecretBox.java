package dev.kiln.bittensor.keys;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/// NaCl's secretbox: XSalsa20 and, before the ciphertext, the 16 bytes of its Poly1305.
final class SecretBox {
    static final int NONCE = 24;
    static final int TAG = 16;

    private static final int KEY = 32;

    private SecretBox() {}

    static byte[] seal(byte[] plain, byte[] nonce, byte[] key) {
        XSalsa20Engine stream = stream(nonce, key);
        byte[] tagKey = tagKey(stream);
        byte[] box = new byte[TAG + plain.length];
        stream.processBytes(plain, 0, plain.length, box, TAG);
        System.arraycopy(tag(tagKey, box, TAG), 0, box, 0, TAG);
        return box;
    }

    /// What lies in the box; empty if the key is another one or a bit was changed.
    static Optional<byte[]> open(byte[] box, byte[] nonce, byte[] key) {
        if (box.length < TAG) {
            return Optional.empty();
        }
        XSalsa20Engine stream = stream(nonce, key);
        byte[] tag = tag(tagKey(stream), box, TAG);
        if (!MessageDigest.isEqual(tag, Arrays.copyOf(box, TAG))) {
            return Optional.empty();
        }
        byte[] plain = new byte[box.length - TAG];
        stream.processBytes(box, TAG, plain.length, plain, 0);
        return Optional.of(plain);
    }

    private static XSalsa20Engine stream(byte[] nonce, byte[] key) {
        XSalsa20Engine stream = new XSalsa20Engine();
        stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        return stream;
    }

    /// The first bytes of the stream are the tag's key.
    private static byte[] tagKey(XSalsa20Engine stream) {
        byte[] key = new byte[KEY];
        stream.processBytes(key, 0, KEY, key, 0);
        return key;
    }

    private static byte[] tag(byte[] key, byte[] box, int from) {
        Poly1305 poly = new Poly1305();
        poly.init(new KeyParameter(key));
        poly.update(box, from, box.length - from);
        byte[] tag = new byte[TAG];
        poly.doFinal(tag, 0);
        return tag;
    }
}
