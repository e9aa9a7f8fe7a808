package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The password of an encrypted keyfile. It shows itself nowhere.
public final class Password {
    /// Fewest characters of a new password.
    public static final int FEWEST = 8;

    private static final int MOST_BYTES = 4096;

    private final byte[] utf8;

    private Password(byte[] utf8) {
        this.utf8 = utf8;
    }

    /// A password for a file that is encrypted already: any text, as it was typed.
    ///
    /// @throws KeyFormatException if it is empty or longer than 4 KiB
    public static Password of(String text) throws KeyFormatException {
        byte[] utf8 = text.getBytes(UTF_8);
        if (utf8.length == 0) {
            throw new KeyFormatException("the password is empty");
        }
        if (utf8.length > MOST_BYTES) {
            throw new KeyFormatException("the password is longer than 4 KiB");
        }
        return new Password(utf8);
    }

    /// A password for a file yet to be encrypted: at least 8 characters, at least 5 different ones, no run such as
    /// `12345678` or `hgfedcba`, and not `password` with something around it.
    ///
    /// @throws KeyFormatException saying what is asked for
    public static Password chosen(String text) throws KeyFormatException {
        Password password = of(text);
        password.requireStrong();
        return password;
    }

    void requireStrong() throws KeyFormatException {
        String text = new String(utf8, UTF_8);
        int[] points = text.codePoints().toArray();
        if (points.length < FEWEST) {
            throw new KeyFormatException(
                    "a new password has at least %d characters, was %d"
                            .formatted(FEWEST, points.length));
        }
        if (text.codePoints().distinct().count() < 5) {
            throw new KeyFormatException("a new password has at least 5 different characters");
        }
        if (isRun(points, 1) || isRun(points, -1)) {
            throw new KeyFormatException("a new password is no run of neighbouring characters");
        }
        String rest = text.toLowerCase(Locale.ROOT).replace("password", "");
        if (rest.length() < FEWEST && rest.length() < text.length()) {
            throw new KeyFormatException(
                    "a new password that holds the word \"password\" has at least %d characters beside it"
                            .formatted(FEWEST));
        }
    }

    /// The first line of a file, which is all it may hold.
    ///
    /// @throws KeyFormatException if the file has more lines, is no UTF-8, or is empty
    public static Password inFile(Path file) throws KeyFormatException, IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 3);
        }
        String text = text("password file " + file, bytes);
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (line.contains("\n") || line.startsWith("\ufeff")) {
            throw new KeyFormatException(
                    "password file %s: holds one line and no byte-order mark".formatted(file));
        }
        try {
            return of(line);
        } catch (KeyFormatException e) {
            throw new KeyFormatException("password file %s: %s".formatted(file, e.getMessage()));
        }
    }

    static String text(String where, byte[] bytes) throws KeyFormatException {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new KeyFormatException(where + ": is not UTF-8");
        }
    }

    private static boolean isRun(int[] points, int step) {
        for (int i = 1; i < points.length; i++) {
            if (points[i] != points[i - 1] + step) {
                return false;
            }
        }
        return true;
    }

    byte[] utf8() {
        return utf8.clone();
    }

    @Override
    public String toString() {
        return "Password[hidden]";
    }
}
