package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.kind.ImageSettings.Layout;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// JPEG or PNG in, a probability for each label out.
///
/// What is done with an image, in this order: decoded to bytes of red, green and blue ([ImageDecoder]), cut or padded to
/// the model's shape, resized ([Bilinear]), made grey where the model sees grey, divided by 255, normalised.
public final class ImageClassifier implements Kind<ImageClassifier.Item> {
    private final ImageSettings settings;
    private final ImageDecoder decoder;
    private final Purpose.ImageClassification purpose;
    private final float[][] tables; // by channel, what each byte becomes

    public ImageClassifier(ImageSettings settings) {
        this.settings = settings;
        this.decoder = new ImageDecoder(settings.decoding());
        this.purpose = new Purpose.ImageClassification(settings.labels());
        this.tables = new float[settings.channels()][];
        for (int channel = 0; channel < tables.length; channel++) {
            tables[channel] = table(settings, channel);
        }
    }

    @Override
    public Purpose.ImageClassification purpose() {
        return purpose;
    }

    @Override
    public Item prepare(ModelInput input) throws UnfitInput {
        if (!(input instanceof ModelInput.Image(byte[] encoded))) {
            throw new UnfitInput("this model takes images");
        }
        Pixels fitted = decoder.decode(encoded, this::fitted);
        return new Item(normalised(fitted), fitted.width() * fitted.height());
    }

    private Pixels fitted(Pixels picture) {
        int width = settings.width();
        int height = settings.height();
        Pixels shaped =
                switch (settings.resize()) {
                    case STRETCH -> picture;
                    case CROP -> picture.centre(width, height);
                    case PAD -> {
                        double scale =
                                Math.min(
                                        (double) width / picture.width(),
                                        (double) height / picture.height());
                        int across = Math.clamp(Math.round(picture.width() * scale), 1, width);
                        int down = Math.clamp(Math.round(picture.height() * scale), 1, height);
                        yield Bilinear.resize(picture, across, down)
                                .within(width, height, settings.decoding().background());
                    }
                };
        return Bilinear.resize(shaped, width, height);
    }

    private float[] normalised(Pixels picture) {
        int channels = settings.channels();
        int size = picture.width() * picture.height();
        float[] values = new float[channels * size];
        for (int channel = 0; channel < channels; channel++) {
            float[] table = tables[channel];
            for (int i = 0; i < size; i++) {
                int value = channels == 1 ? picture.grey(i) : picture.rgb()[3 * i + channel] & 0xFF;
                boolean planes = settings.layout() == Layout.NCHW;
                values[planes ? channel * size + i : i * channels + channel] = table[value];
            }
        }
        return values;
    }

    private static float[] table(ImageSettings settings, int channel) {
        float[] table = new float[0x100];
        double mean = settings.mean().get(channel);
        double std = settings.std().get(channel);
        for (int value = 0; value < table.length; value++) {
            table[value] = (float) ((value / 255.0 - mean) / std);
        }
        return table;
    }

    @Override
    public List<ModelOutput> run(Engine engine, List<Item> batch, Arena arena) throws ModelFault {
        long width = settings.width();
        long height = settings.height();
        long channels = settings.channels();
        long items = batch.size();
        List<Long> shape =
                settings.layout() == Layout.NCHW
                        ? List.of(items, channels, height, width)
                        : List.of(items, height, width, channels);
        String name = engine.inputs().getFirst().name();
        EngineTensor pixels = EngineTensor.allocate(arena, name, DType.FP32, shape);
        long at = 0;
        for (Item item : batch) {
            MemorySegment.copy(
                    item.values, 0, pixels.data(), ValueLayout.JAVA_FLOAT, at, item.values.length);
            at += (long) item.values.length * Float.BYTES;
        }
        EngineTensor scores = engine.run(List.of(pixels), arena).getFirst();
        return Probabilities.of(scores, batch.size(), settings.labels().size(), settings.softmax());
    }

    /// An image as the model sees it.
    public static final class Item implements Prepared {
        private final float[] values;
        private final int cost;

        private Item(float[] values, int cost) {
            this.values = values;
            this.cost = cost;
        }

        /// Pixels that the model sees.
        @Override
        public int cost() {
            return cost;
        }
    }
}
