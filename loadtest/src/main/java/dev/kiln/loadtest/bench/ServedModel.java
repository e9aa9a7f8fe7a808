package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A model of the catalogue that takes bytes: where it lies, how it is asked, and with what.
///
/// Both sides form batches by the same rule: up to 32 items, a quarter of them or fewer where clips are long.
enum ServedModel {
    SILERO_VAD("silero-vad", Asked.SOUND),
    SILERO_VAD_TORCH("silero-vad-torch", Asked.SOUND),
    SHAPES_SMALL("shapes-small", Asked.PICTURE),
    SHAPES_SMALL_TORCH("shapes-small-torch", Asked.PICTURE),
    SHAPES_LARGE("shapes-large", Asked.PICTURE),
    SHAPES_LARGE_TORCH("shapes-large-torch", Asked.PICTURE),
    MAGIKA("magika", Asked.FILE);

    /// How models of one task are asked.
    enum Asked {
        SOUND("/v1/voice-activity-detection", "audio/wav", Blobs.CLIPS, 4096, 1e-3),
        PICTURE(
                "/v1/image-classification",
                "application/octet-stream",
                "pictures, half PNG, half JPEG, each drawn over noise",
                32 * 64 * 64,
                1e-3),
        /// Scores of small files move with the company they are computed in, in the model's own package too.
        FILE("/v1/file-type", "application/octet-stream", Blobs.FILES, 32 * 2048, 0.03);

        /// Pixels.
        private static final int SMALL_SIDE = 32;

        final String target;
        final String media;
        final String words;
        private final int maxCost;
        final double tolerance;

        Asked(String target, String media, String words, int maxCost, double tolerance) {
            this.target = target;
            this.media = media;
            this.words = words;
            this.maxCost = maxCost;
            this.tolerance = tolerance;
        }

        /// How both sides form batches.
        RawChild.BatchRule batches() {
            return new RawChild.BatchRule(32, maxCost, 0.1);
        }

        /// Milliseconds that the server waits for company, which the raw loop has from the start: where preparing takes
        /// longer than the engine, batches would be of one or two otherwise.
        int linger() {
            return this == PICTURE ? 100 : 0;
        }

        /// What it is asked with.
        ///
        /// @param side most pixels of a picture's side
        List<Blobs> blobs(long seed, int side) throws IOException {
            return switch (this) {
                case SOUND -> Blobs.clips(seed, 64);
                case PICTURE -> Blobs.pictures(seed, 200, side);
                case FILE -> Blobs.files(seed, 400);
            };
        }

        /// Questions that cost an engine little, so that a server takes thousands of them while it warms up.
        List<Blobs> brief(long seed) throws IOException {
            return switch (this) {
                case SOUND -> Blobs.shortClips(seed, 64);
                case PICTURE -> Blobs.pictures(seed, 64, SMALL_SIDE);
                case FILE -> Blobs.files(seed, 64);
            };
        }
    }

    private final String name;
    private final Asked asked;

    ServedModel(String name, Asked asked) {
        this.name = name;
        this.asked = asked;
    }

    String model() {
        return name;
    }

    Asked asked() {
        return asked;
    }

    /// The model of this name, if it is one of these.
    static Optional<ServedModel> named(String name) {
        return Arrays.stream(values()).filter(each -> each.name.equals(name)).findFirst();
    }

    /// Every name.
    static List<String> names() {
        return Arrays.stream(values()).map(each -> each.name).toList();
    }

    /// Its folder: in the cache, or in this tree for models that lie there whole.
    Path folder() throws MinerException {
        Path cached = KilnHome.cache().resolve("models").resolve(name);
        if (Files.isDirectory(cached)) {
            return cached;
        }
        String root = System.getProperty("kiln.root", "");
        Path own = Path.of(root, "models", name);
        if (asked == Asked.PICTURE && Files.isDirectory(own)) {
            return own;
        }
        throw new MinerException(
                "%s is not in the cache; bring it with ./kiln model add %s".formatted(name, name),
                "");
    }
}
