package dev.kiln.bittensor.keys;

import dev.kiln.core.Hotkey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// SS58 addresses: base58 of a network prefix, 32 public bytes and two bytes of checksum.
public final class Ss58 {
    /// The prefix of Bittensor addresses, which begin with 5.
    public static final int BITTENSOR = 42;

    /// The largest prefix that an address can carry.
    public static final int MAX_PREFIX = 16_383;

    private static final byte[] CHECKSUM_LABEL = "SS58PRE".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM = 2;
    // One or two bytes of prefix, the key and the checksum, and one character more than 36 bytes
    // ever need.
    private static final int MAX_TEXT = 50;

    private Ss58() {}

    /// An address taken apart.
    ///
    /// @param prefix from 0 to [#MAX_PREFIX]
    /// @param hotkey the 32 bytes, with the address they have under prefix 42
    public record Decoded(int prefix, Hotkey hotkey) {}

    /// The address of 32 public bytes.
    ///
    /// @param prefix from 0 to [#MAX_PREFIX]; 42 for Bittensor
    public static String encode(byte[] accountId, int prefix) {
        if (accountId.length != Hotkey.LENGTH) {
            throw new IllegalArgumentException(
                    "an account id has 32 bytes, was " + accountId.length);
        }
        if (prefix < 0 || prefix > MAX_PREFIX) {
            throw new IllegalArgumentException("prefix must be from 0 to 16383, was " + prefix);
        }
        byte[] head = prefixBytes(prefix);
        int keyed = head.length + Hotkey.LENGTH;
        byte[] all = Arrays.copyOf(head, keyed + CHECKSUM);
        System.arraycopy(accountId, 0, all, head.length, Hotkey.LENGTH);
        System.arraycopy(checksum(all, keyed), 0, all, keyed, CHECKSUM);
        return Base58.encode(all);
    }

    /// Reads a Bittensor address.
    ///
    /// @throws KeyFormatException unless the text is exactly the address of 32 bytes with prefix 42
    public static Hotkey hotkey(String address) throws KeyFormatException {
        Decoded decoded = decode(address);
        if (decoded.prefix() != BITTENSOR) {
            throw new KeyFormatException(
                    "address %s has network prefix %d, Bittensor's is 42; the same key is %s there"
                            .formatted(address, decoded.prefix(), decoded.hotkey().ss58()));
        }
        return decoded.hotkey();
    }

    /// The hotkey of 32 public bytes.
    public static Hotkey hotkey(byte[] accountId) {
        return new Hotkey(accountId, encode(accountId, BITTENSOR));
    }

    /// Reads an address of any network.
    ///
    /// @throws KeyFormatException unless the text is exactly what [#encode] writes for some key and prefix
    public static Decoded decode(String address) throws KeyFormatException {
        byte[] all = address.length() > MAX_TEXT ? new byte[0] : Base58.decode(address);
        int head = all.length > 0 && (all[0] & 0xff) >= 64 ? 2 : 1;
        int keyed = head + Hotkey.LENGTH;
        if (all.length != keyed + CHECKSUM || (all[0] & 0xff) >= 128) {
            // The text is not repeated: it may be a secret in the wrong place.
            throw new KeyFormatException(
                    "this text of %d characters is not an SS58 address"
                            .formatted(address.length()));
        }
        if (!Arrays.equals(checksum(all, keyed), Arrays.copyOfRange(all, keyed, all.length))) {
            throw new KeyFormatException(
                    "the checksum of address %s is wrong; was it mistyped?".formatted(address));
        }
        int prefix = head == 1 ? all[0] : twoBytePrefix(all[0] & 0xff, all[1] & 0xff);
        byte[] accountId = Arrays.copyOfRange(all, head, keyed);
        if (!encode(accountId, prefix).equals(address)) {
            throw new KeyFormatException(
                    "address %s is not in its canonical form".formatted(address));
        }
        return new Decoded(prefix, hotkey(accountId));
    }

    private static byte[] prefixBytes(int prefix) {
        if (prefix < 64) {
            return new byte[] {(byte) prefix};
        }
        return new byte[] {
            (byte) (((prefix >>> 2) & 0x3f) | 0x40), (byte) ((prefix >>> 8) | ((prefix & 3) << 6))
        };
    }

    private static int twoBytePrefix(int first, int second) {
        return ((first << 2) & 0xfc) | (second >>> 6) | ((second & 0x3f) << 8);
    }

    private static byte[] checksum(byte[] all, int length) {
        byte[] in = Arrays.copyOf(CHECKSUM_LABEL, CHECKSUM_LABEL.length + length);
        System.arraycopy(all, 0, in, CHECKSUM_LABEL.length, length);
        return Arrays.copyOf(Blake2b.hash(in, 64), CHECKSUM);
    }
}
