package dev.kiln.core;

import java.util.Arrays;
import java.util.HexFormat;

/// A neuron's public identity: 32 bytes, shown as SS58 text. Two hotkeys are equal when their bytes are.
///
/// **Threads:** immutable.
public final class Hotkey {
    /// Bytes in an account id.
    public static final int LENGTH = 32;

    private final byte[] accountId;
    private final String ss58;

    /// @param accountId the 32 public bytes
    /// @param ss58 the address of those bytes with prefix 42
    public Hotkey(byte[] accountId, String ss58) {
        if (accountId.length != LENGTH) {
            throw new IllegalArgumentException(
                    "an account id has 32 bytes, was " + accountId.length);
        }
        this.accountId = accountId.clone();
        this.ss58 = ss58;
    }

    /// The 32 public bytes, a fresh copy.
    public byte[] accountId() {
        return accountId.clone();
    }

    /// The SS58 address with prefix 42.
    public String ss58() {
        return ss58;
    }

    /// The 32 public bytes as 64 lower-case hex digits.
    public String hex() {
        return HexFormat.of().formatHex(accountId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hotkey that && Arrays.equals(accountId, that.accountId);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(accountId);
    }

    @Override
    public String toString() {
        return ss58;
    }
}
