package dev.kiln.adapter.kind;

import java.util.List;

/// How an image becomes a tensor, and what comes back: the `image` section of a `model.yaml`.
///
/// @param width pixels the model sees
/// @param height pixels the model sees
/// @param mean subtracted from a channel's value (0 to 1); one for grey, three for red, green and blue
/// @param std then divides it; as many, none 0
/// @param softmax whether the graph gives logits, which softmax makes probabilities of
/// @param labels in the order of the model's output, at least two
/// @param decoding what is done with an image before it is resized
public record ImageSettings(
        int width,
        int height,
        List<Double> mean,
        List<Double> std,
        Layout layout,
        Resize resize,
        boolean softmax,
        List<String> labels,
        Decoding decoding) {
    public ImageSettings {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        labels = List.copyOf(labels);
    }

    /// 1 for grey, 3 for red, green and blue.
    public int channels() {
        return mean.size();
    }

    /// The order of a tensor's axes.
    public enum Layout {
        /// Batch, channel, row, column.
        NCHW,
        /// Batch, row, column, channel.
        NHWC
    }

    /// How an image of another shape is fitted in.
    public enum Resize {
        /// Both sides to size, the shape is lost.
        STRETCH,
        /// The shorter side to size, the middle is kept.
        CROP,
        /// The longer side to size, the rest is background.
        PAD
    }

    /// What is done with an image before it is resized.
    ///
    /// @param maxPixels of an image; a larger one is refused before it is decoded. Two of this size are decoded at once
    /// @param background 0xRRGGBB, what is seen where an image is transparent or padded
    public record Decoding(int maxPixels, int background) {
        /// What is not said: 4 megapixels, on black.
        public static final Decoding DEFAULT = new Decoding(1 << 22, 0);
    }
}
