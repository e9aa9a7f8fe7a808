package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The three ways in which wallets have encrypted keyfiles, told apart by a file's first bytes. All are read, the first
/// is written.
///
/// **Cost:** 512 MiB and seconds for `$NACL`, seconds for Fernet: [OpenerProcess] calls this in a process of its own.
enum EncryptedKeyfile {
    /// 24 bytes of nonce and a secretbox. The key is Argon2i of the password over a salt that is the same in all files.
    NACL("$NACL"),
    /// What `ansible-vault` writes, version 1.1.
    ANSIBLE_VAULT("$ANSIBLE_VAULT"),
    /// A Fernet token, as wallets of 2022 wrote it.
    FERNET("gAAAAA");

    static final String WRONG = "wrong password, or the file was changed after it was encrypted";

    private static final byte[] NACL_SALT =
            HexFormat.of().parseHex("137183dff15a09bc9c90b5518739e9b1");
    private static final int NACL_ITERATIONS = 8;
    private static final int NACL_KIB = 512 * 1024;
    private static final String VAULT_LINE = "$ANSIBLE_VAULT;1.1;AES256";
    private static final int VAULT_ROUNDS = 10_000;
    private static final byte[] FERNET_SALT =
            "Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins".getBytes(US_ASCII);
    private static final int FERNET_ROUNDS = 10_000_000;
    private static final int KEY = 32;

    private final String magic;

    EncryptedKeyfile(String magic) {
        this.magic = magic;
    }

    /// How the file is encrypted, if it is.
    static Optional<EncryptedKeyfile> of(byte[] file) {
        for (EncryptedKeyfile format : values()) {
            byte[] start = format.magic.getBytes(US_ASCII);
            if (file.length >= start.length
                    && Arrays.equals(file, 0, start.length, start, 0, start.length)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    String magic() {
        return magic;
    }

    /// What the file holds.
    ///
    /// @param password UTF-8, not empty
    /// @throws KeyFormatException if the password is wrong or the file damaged; the two look the same
    byte[] open(byte[] file, byte[] password) throws KeyFormatException {
        return unlock(file, key(file, password));
    }

    /// The key of a password, which is what costs so much. A file that cannot be whole is refused before.
    byte[] key(byte[] file, byte[] password) throws KeyFormatException {
        try {
            return switch (this) {
                case NACL -> {
                    requireNacl(file);
                    yield naclKey(password);
                }
                case ANSIBLE_VAULT ->
                        Pbkdf2.sha256(password, vault(file).get(0), VAULT_ROUNDS, 2 * KEY + 16);
                case FERNET -> {
                    fernet(file);
                    yield Pbkdf2.sha256(password, FERNET_SALT, FERNET_ROUNDS, KEY);
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    /// What the file holds, with the key of its password.
    byte[] unlock(byte[] file, byte[] key) throws KeyFormatException {
        try {
            return switch (this) {
                case NACL -> unlockNacl(file, key);
                case ANSIBLE_VAULT -> unlockVault(vault(file), key);
                case FERNET -> unlockFernet(fernet(file), key);
            };
        } catch (GeneralSecurityException _) {
            throw new KeyFormatException(WRONG);
        }
    }

    /// A `$NACL` file.
    static byte[] seal(byte[] plain, byte[] password, SecureRandom random) {
        byte[] nonce = new byte[SecretBox.NONCE];
        random.nextBytes(nonce);
        return joined(
                NACL.magic.getBytes(US_ASCII),
                nonce,
                SecretBox.seal(plain, nonce, naclKey(password)));
    }

    private static void requireNacl(byte[] file) throws KeyFormatException {
        if (file.length < NACL.magic.length() + SecretBox.NONCE + SecretBox.TAG) {
            throw cutShort(file.length);
        }
    }

    private static byte[] naclKey(byte[] password) {
        return Argon2i.derive(password, NACL_SALT, NACL_ITERATIONS, NACL_KIB, KEY);
    }

    private static byte[] unlockNacl(byte[] file, byte[] key) throws KeyFormatException {
        requireNacl(file);
        int start = NACL.magic.length();
        int box = start + SecretBox.NONCE;
        byte[] nonce = Arrays.copyOfRange(file, start, box);
        return SecretBox.open(Arrays.copyOfRange(file, box, file.length), nonce, key)
                .orElseThrow(() -> new KeyFormatException(WRONG));
    }

    /// Salt, HMAC and ciphertext: hex inside hex.
    private static List<byte[]> vault(byte[] file) throws KeyFormatException {
        List<String> lines = new String(file, US_ASCII).lines().map(String::strip).toList();
        if (!lines.getFirst().equals(VAULT_LINE)) {
            throw new KeyFormatException(
                    "is an ansible-vault of another kind than %s".formatted(VAULT_LINE));
        }
        String inner = new String(hex(String.join("", lines.subList(1, lines.size()))), US_ASCII);
        String[] parts = inner.split("\n", -1);
        if (parts.length != 3) {
            throw cutShort(file.length);
        }
        return List.of(hex(parts[0]), hex(parts[1]), hex(parts[2]));
    }

    private static byte[] unlockVault(List<byte[]> parts, byte[] keys)
            throws KeyFormatException, GeneralSecurityException {
        byte[] cipher = parts.get(2);
        byte[] mac = Pbkdf2.hmac(Arrays.copyOfRange(keys, KEY, 2 * KEY), cipher);
        if (!MessageDigest.isEqual(mac, parts.get(1))) {
            throw new KeyFormatException(WRONG);
        }
        byte[] padded =
                decrypt(
                        "AES/CTR/NoPadding",
                        Arrays.copyOf(keys, KEY),
                        Arrays.copyOfRange(keys, 2 * KEY, keys.length),
                        cipher);
        int padding = padded.length == 0 ? 0 : padded[padded.length - 1];
        if (padding < 1 || padding > 16 || padding > padded.length) {
            throw new KeyFormatException(WRONG);
        }
        return Arrays.copyOf(padded, padded.length - padding);
    }

    /// The token: version, time, IV, ciphertext, HMAC.
    private static byte[] fernet(byte[] file) throws KeyFormatException {
        byte[] token;
        try {
            token = Base64.getUrlDecoder().decode(new String(file, US_ASCII).strip());
        } catch (IllegalArgumentException _) {
            throw new KeyFormatException("is cut short or damaged: no whole Fernet token");
        }
        if (token.length < 1 + 8 + 16 + 16 + KEY) {
            throw cutShort(file.length);
        }
        return token;
    }

    private static byte[] unlockFernet(byte[] token, byte[] keys)
            throws KeyFormatException, GeneralSecurityException {
        int signed = token.length - KEY;
        byte[] mac = Pbkdf2.hmac(Arrays.copyOf(keys, 16), Arrays.copyOf(token, signed));
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(token, signed, token.length))) {
            throw new KeyFormatException(WRONG);
        }
        return decrypt(
                "AES/CBC/PKCS5Padding",
                Arrays.copyOfRange(keys, 16, KEY),
                Arrays.copyOfRange(token, 9, 25),
                Arrays.copyOfRange(token, 25, signed));
    }

    private static byte[] decrypt(String how, byte[] key, byte[] iv, byte[] cipher)
            throws GeneralSecurityException {
        Cipher aes = Cipher.getInstance(how);
        aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return aes.doFinal(cipher);
    }

    private static byte[] hex(String text) throws KeyFormatException {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException _) {
            throw new KeyFormatException("is cut short or damaged: not whole hex digits");
        }
    }

    private static KeyFormatException cutShort(int length) {
        return new KeyFormatException("is cut short: %d bytes".formatted(length));
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
