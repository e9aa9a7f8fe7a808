package dev.kiln.adapter.probe;

import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import dev.kiln.core.model.UnfitInput;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/// Inputs to try a model with: its golden samples, and where they are too few, made-up ones of different sizes.
final class Trials {
    /// The largest batch that is tried.
    static final int MOST = 5;

    /// As many as a text has that engines are timed with, where the model takes so many.
    static final int TOKENS = 64;

    /// The length given to an axis that takes any, where no golden sample knows better.
    private static final long OPEN_AXIS = 8;

    private Trials() {}

    static List<ModelInput> of(Purpose purpose, List<Sample> golden) {
        List<ModelInput> inputs = new ArrayList<>();
        golden.stream().limit(MOST).map(Sample::input).forEach(inputs::add);
        for (int i = inputs.size(); i < MOST; i++) {
            boolean knowsShapes = !(purpose instanceof Purpose.Tensors) || golden.isEmpty();
            inputs.add(knowsShapes ? made(purpose, i + 1) : inputs.get(i % golden.size()));
        }
        return inputs;
    }

    /// What engines are timed with: a text of [#TOKENS] tokens, as the plain PyTorch loop beside them takes, or the third
    /// of those above.
    static ModelInput forTiming(ModelAdapter model) throws UnfitInput {
        if (!(model.info().purpose() instanceof Purpose.TextEmbedding)) {
            return of(model.info().purpose(), List.of()).get(2);
        }
        var text = new StringBuilder("clay");
        String fits = text.toString();
        for (int words = 1;
                words <= TOKENS
                        && model.prepare(new ModelInput.Text(text.toString())).cost() <= TOKENS;
                words++) {
            fits = text.toString();
            text.append(" clay");
        }
        return new ModelInput.Text(fits);
    }

    private static ModelInput made(Purpose purpose, int size) {
        return switch (purpose) {
            case Purpose.TextEmbedding _ ->
                    new ModelInput.Text("clay and fire ".repeat(size * size));
            case Purpose.ImageClassification _ -> new ModelInput.Image(png(24 * size, 16 + size));
            case Purpose.FileType _ ->
                    new ModelInput.File(
                            "import java.util.List;\n"
                                    .repeat(10 * size)
                                    .getBytes(StandardCharsets.UTF_8));
            case Purpose.VoiceActivity(int rate, int frame) ->
                    new ModelInput.Sound(tone(rate, frame * 4 * size), Optional.empty());
            case Purpose.Tensors(List<TensorSpec> inputs, List<TensorSpec> _) ->
                    new ModelInput.Tensors(
                            inputs.stream().map(spec -> random(spec, size)).toList());
        };
    }

    private static byte[] png(int width, int height) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                image.setRGB(x, y, Color.HSBtoRGB((float) x / width, 1, (float) y / height));
            }
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static float[] tone(int rate, int samples) {
        float[] tone = new float[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (float) (0.3 * Math.sin(2 * Math.PI * 220 * i / rate));
        }
        return tone;
    }

    /// One row, if the model takes batches; small numbers, which are also valid as indices.
    private static Tensor random(TensorSpec spec, long seed) {
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < spec.shape().size(); axis++) {
            long length = spec.shape().get(axis);
            shape.add(length != -1 ? length : axis == 0 ? 1 : OPEN_AXIS);
        }
        var random = new Random(seed);
        var bytes =
                ByteBuffer.allocate(Math.toIntExact(Tensor.bytes(spec.dtype(), shape)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            put(spec.dtype(), random, bytes);
        }
        return new Tensor(spec.name(), spec.dtype(), shape, bytes.flip());
    }

    private static void put(DType dtype, Random random, ByteBuffer bytes) {
        switch (dtype) {
            case BOOL, INT8, UINT8 -> bytes.put((byte) random.nextInt(2));
            case INT16 -> bytes.putShort((short) random.nextInt(2));
            case INT32 -> bytes.putInt(random.nextInt(2));
            case INT64 -> bytes.putLong(random.nextInt(2));
            case FP16 -> bytes.putShort(Float.floatToFloat16(random.nextFloat()));
            case FP32 -> bytes.putFloat(random.nextFloat());
            case FP64 -> bytes.putDouble(random.nextDouble());
        }
    }
}
