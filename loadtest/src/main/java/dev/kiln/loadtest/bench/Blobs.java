package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.quality.LabelledFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/// Pictures, clips and files for models that take bytes, all decided by a seed.
///
/// @param inRaw as the raw loop reads it
/// @param asSent the body of a request
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Blobs(byte[] inRaw, byte[] asSent) {
    /// Samples a second of every clip.
    static final int RATE = 16_000;

    static final String CLIPS = "WAV of 16 bits at 16 kHz, 4.0 to 6.0 s, hums and pauses";
    static final String FILES = "files of 12 types, as kiln load writes them";

    private static final int SHORTEST = 4 * RATE;
    private static final int LONGEST = 6 * RATE;
    private static final int WAV_HEAD = 44;

    /// Round and square things over noise, half PNG, half JPEG.
    ///
    /// @param most pixels of a side; the least are half of that
    static List<Blobs> pictures(long seed, int count, int most) throws IOException {
        var random = new SplittableRandom(seed);
        List<Blobs> pictures = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            var bytes = new ByteArrayOutputStream();
            if (!ImageIO.write(picture(random, most), i % 2 == 0 ? "png" : "jpeg", bytes)) {
                throw new IOException("this JDK writes no pictures");
            }
            pictures.add(new Blobs(bytes.toByteArray(), bytes.toByteArray()));
        }
        return pictures;
    }

    private static BufferedImage picture(SplittableRandom random, int most) {
        int width = random.nextInt(most / 2, most + 1);
        int height = random.nextInt(most / 2, most + 1);
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int dark = random.nextInt(0, 100);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int value = dark + random.nextInt(16);
                picture.setRGB(x, y, value << 16 | value << 8 | value);
            }
        }
        Graphics2D drawing = picture.createGraphics();
        drawing.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        drawing.setColor(new Color(random.nextInt(120, 256), random.nextInt(120, 256), 200));
        double side = Math.min(width, height) * random.nextDouble(0.4, 0.8);
        double left = (width - side) / 2;
        double top = (height - side) / 2;
        switch (random.nextInt(3)) {
            case 0 -> drawing.fill(new Ellipse2D.Double(left, top, side, side));
            case 1 -> drawing.fill(new Rectangle2D.Double(left, top, side, side));
            default -> {
                drawing.setStroke(new BasicStroke((float) side / 6));
                drawing.draw(new Ellipse2D.Double(left, top, side, side));
            }
        }
        drawing.dispose();
        return picture;
    }

    /// Hums of changing pitch between pauses, with a little noise.
    static List<Blobs> clips(long seed, int count) {
        return clips(seed, count, SHORTEST, LONGEST);
    }

    /// The same of a quarter of a second.
    static List<Blobs> shortClips(long seed, int count) {
        return clips(seed, count, RATE / 4, RATE / 4);
    }

    private static List<Blobs> clips(long seed, int count, int shortest, int longest) {
        var random = new SplittableRandom(seed);
        List<Blobs> clips = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] wav = wav(random, random.nextInt(shortest, longest + 1));
            byte[] samples = new byte[wav.length - WAV_HEAD];
            System.arraycopy(wav, WAV_HEAD, samples, 0, samples.length);
            clips.add(new Blobs(samples, wav));
        }
        return clips;
    }

    private static byte[] wav(SplittableRandom random, int samples) {
        int bytes = samples * Short.BYTES;
        var wav = ByteBuffer.allocate(WAV_HEAD + bytes).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(new byte[] {'R', 'I', 'F', 'F'}).putInt(WAV_HEAD - 8 + bytes);
        wav.put(new byte[] {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '}).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(RATE * Short.BYTES);
        wav.putShort((short) Short.BYTES).putShort((short) 16);
        wav.put(new byte[] {'d', 'a', 't', 'a'}).putInt(bytes);
        double pitch = 0;
        double phase = 0;
        for (int i = 0; i < samples; i++) {
            if (i % (RATE / 4) == 0) {
                pitch = random.nextInt(3) == 0 ? 0 : random.nextDouble(90, 250);
            }
            phase += 2 * Math.PI * pitch / RATE;
            double hum = 0;
            for (int overtone = 1; overtone <= 8 && pitch > 0; overtone++) {
                hum += Math.sin(overtone * phase) / overtone;
            }
            wav.putShort((short) (8_000 * hum + random.nextInt(-200, 201)));
        }
        return wav.array();
    }

    /// Files of known types.
    static List<Blobs> files(long seed, int count) {
        var written = new LabelledFiles(seed);
        List<Blobs> files = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] bytes = written.next().bytes();
            files.add(new Blobs(bytes, bytes));
        }
        return files;
    }
}
