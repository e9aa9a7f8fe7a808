package dev.kiln.bittensor.keys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// PBKDF2 with HMAC-SHA256 over bytes; the JDK's own takes characters only.
final class Pbkdf2 {
    private static final String MAC = "HmacSHA256";

    private Pbkdf2() {}

    /// @param password not empty
    /// @param rounds at least 1
    /// @param length bytes of the result
    static byte[] sha256(byte[] password, byte[] salt, int rounds, int length)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(MAC);
        mac.init(new SecretKeySpec(password, MAC));
        int width = mac.getMacLength();
        byte[] out = new byte[(length + width - 1) / width * width];
        for (int block = 1; block * width <= out.length; block++) {
            mac.update(salt);
            byte[] link = mac.doFinal(ByteBuffer.allocate(4).putInt(block).array());
            byte[] sum = link.clone();
            for (int round = 1; round < rounds; round++) {
                mac.update(link);
                mac.doFinal(link, 0);
                for (int i = 0; i < width; i++) {
                    sum[i] ^= link[i];
                }
            }
            System.arraycopy(sum, 0, out, (block - 1) * width, width);
        }
        return Arrays.copyOf(out, length);
    }

    static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(MAC);
        mac.init(new SecretKeySpec(key, MAC));
        return mac.doFinal(data);
    }
}
