package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;

/// The main class of the short-lived process that opens or encrypts one keyfile; [OpenerProcess] starts it.
///
/// Standard input: one byte (`o` open, `s` seal), then password and content, each after its length as four bytes, most
/// significant first. Standard output: the result, or why there is none, in words.
public final class KeyfileOpener {
    static final int OPEN = 'o';
    static final int SEAL = 's';
    static final int OK = 0;
    static final int REFUSED = 10;
    static final int OUT_OF_MEMORY = 11;

    /// Longest password and content, bytes.
    static final int MOST = 2 * Keyfile.MAX_SIZE;

    private KeyfileOpener() {}

    public static void main(String[] args) throws IOException {
        System.exit(run(new DataInputStream(System.in), System.out));
    }

    private static int run(DataInputStream in, OutputStream out) throws IOException {
        int what = in.readUnsignedByte();
        byte[] password = part(in);
        byte[] content = part(in);
        try {
            out.write(what == SEAL ? seal(content, password) : open(content, password));
            out.flush();
            return OK;
        } catch (KeyFormatException e) {
            out.write(String.valueOf(e.getMessage()).getBytes(UTF_8));
            out.flush();
            return REFUSED;
        } catch (OutOfMemoryError _) {
            return OUT_OF_MEMORY;
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private static byte[] open(byte[] file, byte[] password) throws KeyFormatException {
        return EncryptedKeyfile.of(file)
                .orElseThrow(() -> new KeyFormatException("is not encrypted"))
                .open(file, password);
    }

    private static byte[] seal(byte[] plain, byte[] password) {
        return EncryptedKeyfile.seal(plain, password, new SecureRandom());
    }

    private static byte[] part(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST) {
            throw new IOException("a part of %d bytes is out of bounds".formatted(length));
        }
        return in.readNBytes(length);
    }
}
