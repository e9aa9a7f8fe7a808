package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refused;
import dev.kiln.server.task.Sound.Coding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads WAV: RIFF and RF64, PCM of 8, 16, 24 and 32 bits, floating point of 32 and 64, plain and extensible.
///
/// Every length that the file states must be true. One is forgiven: the length `FFFFFFFF` of a file that was written
/// into a pipe means "to the end".
final class Wav {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xFFFE;

    /// What an extensible format's identifier has after its first two bytes.
    private static final byte[] GUID_TAIL = {
        0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71
    };

    private static final long UNKNOWN = 0xFFFF_FFFFL;

    private final ByteBuffer file;
    private boolean rf64;
    private long longDataSize = -1;
    private @Nullable Format format;

    private record Format(Coding coding, int channels, int rate) {}

    private Wav(byte[] file) {
        this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// @throws Refused with what is wrong in the file, whatever the bytes
    static Sound read(byte[] file) throws Refused {
        return new Wav(file).read();
    }

    private Sound read() throws Refused {
        if (file.remaining() < 12) {
            throw bad("%d bytes are no WAV file".formatted(file.remaining()));
        }
        String form = name();
        rf64 = form.equals("RF64");
        if (!rf64 && !form.equals("RIFF")) {
            throw bad("not a WAV file: it does not begin with RIFF");
        }
        long stated = size();
        if (!name().equals("WAVE")) {
            throw bad("a RIFF file, but no WAVE");
        }
        long found = file.capacity() - 8L;
        if (stated != UNKNOWN && stated != found) {
            throw bad(
                    "the header says that %d bytes follow, there are %d".formatted(stated, found));
        }
        Sound sound = null;
        while (file.hasRemaining()) {
            if (file.remaining() < 8) {
                throw bad("cut off in the head of a chunk");
            }
            String name = name();
            ByteBuffer chunk = chunk(name, size());
            switch (name) {
                case "ds64" -> longSizes(chunk);
                case "fmt " -> format(chunk);
                case "data" -> sound = once(sound, chunk);
                default -> {}
            }
        }
        if (sound == null) {
            throw bad("there is no data chunk in the WAV file");
        }
        return sound;
    }

    private String name() {
        byte[] four = new byte[4];
        file.get(four);
        return new String(four, StandardCharsets.ISO_8859_1);
    }

    private long size() {
        return file.getInt() & 0xFFFF_FFFFL;
    }

    /// The content of the chunk at hand; the file goes on behind it and its pad.
    private ByteBuffer chunk(String name, long stated) throws Refused {
        long size = stated;
        if (stated == UNKNOWN && name.equals("data")) {
            size = rf64 ? longDataSize : file.remaining();
        }
        if (size < 0 || size > file.remaining()) {
            throw bad(
                    "a chunk says that it has %d bytes, there are %d"
                            .formatted(size, file.remaining()));
        }
        ByteBuffer chunk = file.slice(file.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN);
        // A last chunk of odd size may come without its pad.
        file.position((int) Math.min(file.limit(), file.position() + size + size % 2));
        return chunk;
    }

    private void longSizes(ByteBuffer chunk) throws Refused {
        if (!rf64 || longDataSize >= 0 || chunk.remaining() < 28) {
            throw bad("a ds64 chunk that does not belong there");
        }
        longDataSize = chunk.getLong(8);
    }

    private void format(ByteBuffer chunk) throws Refused {
        if (format != null) {
            throw bad("two fmt chunks");
        }
        if (chunk.remaining() < 16) {
            throw bad("the fmt chunk is cut off");
        }
        int tag = chunk.getShort(0) & 0xFFFF;
        int channels = chunk.getShort(2) & 0xFFFF;
        long rate = chunk.getInt(4) & 0xFFFF_FFFFL;
        long byteRate = chunk.getInt(8) & 0xFFFF_FFFFL;
        int together = chunk.getShort(12) & 0xFFFF;
        int bits = chunk.getShort(14) & 0xFFFF;
        if (channels < 1 || channels > Sound.MOST_CHANNELS) {
            throw bad("%d channels; there may be %d".formatted(channels, Sound.MOST_CHANNELS));
        }
        if (rate < 1 || rate > Sound.HIGHEST_RATE) {
            throw bad("%d samples a second are not believed".formatted(rate));
        }
        Coding coding = coding(tag == EXTENSIBLE ? extensible(chunk, bits) : tag, bits);
        if (together != channels * coding.bytes() || byteRate != rate * together) {
            throw bad(
                    "the fmt chunk contradicts itself: %d channels of %d bits at %d a second, %d bytes together, %d a second"
                            .formatted(channels, bits, rate, together, byteRate));
        }
        format = new Format(coding, channels, (int) rate);
    }

    /// The tag inside an extensible format.
    private static int extensible(ByteBuffer chunk, int bits) throws Refused {
        if (chunk.remaining() < 40 || chunk.getShort(16) < 22) {
            throw bad("the extensible fmt chunk is cut off");
        }
        int valid = chunk.getShort(18) & 0xFFFF;
        byte[] tail = new byte[GUID_TAIL.length];
        chunk.get(26, tail);
        if (valid < 1 || valid > bits || !Arrays.equals(tail, GUID_TAIL)) {
            throw bad("the extensible fmt chunk names no format that is read here");
        }
        return chunk.getShort(24) & 0xFFFF;
    }

    private static Coding coding(int tag, int bits) throws Refused {
        Coding coding =
                switch (tag) {
                    case PCM ->
                            switch (bits) {
                                case 8 -> Coding.UNSIGNED_8;
                                case 16 -> Coding.SIGNED_16;
                                case 24 -> Coding.SIGNED_24;
                                case 32 -> Coding.SIGNED_32;
                                default -> null;
                            };
                    case FLOAT ->
                            bits == 32 ? Coding.FLOAT_32 : bits == 64 ? Coding.FLOAT_64 : null;
                    default -> null;
                };
        if (coding == null) {
            throw bad(
                    "format %d of %d bits is not read here: PCM of 8, 16, 24 or 32, float of 32 or 64"
                            .formatted(tag, bits));
        }
        return coding;
    }

    private Sound once(@Nullable Sound before, ByteBuffer data) throws Refused {
        Format known = format;
        if (known == null) {
            throw bad("the data chunk comes before the fmt chunk");
        }
        if (before != null) {
            throw bad("two data chunks");
        }
        return Sound.of(data, known.coding(), known.channels(), known.rate());
    }
}
