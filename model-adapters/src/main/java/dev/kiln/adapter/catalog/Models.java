package dev.kiln.adapter.catalog;

import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.natives.DeviceWish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens models: finds their files, verifies them, loads them and proves that they compute.
///
/// **Threads:** any.
public final class Models {
    private static final String EMBEDDED = "embedded:";

    private Models() {}

    /// Opens one model; the golden sample, if it has one, was computed correctly when this returns.
    ///
    /// A folder whose files were never loaded here before is loaded in a child process first.
    ///
    /// @param cacheFolder where files of the embedded model and native libraries are unpacked; made if missing. Where it
    ///     cannot be written the model is loaded all the same, slower
    /// @return the adapter, to be closed by the caller
    /// @throws ModelLoadException with every problem found
    public static ModelAdapter open(ModelSettings settings, Path cacheFolder)
            throws ModelLoadException {
        try (ModelFiles files = files(settings, cacheFolder)) {
            check(settings, files);
            if (!settings.source().startsWith(EMBEDDED)) {
                FirstLoad.tried(settings, files, cacheFolder);
            }
            return load(settings, files, cacheFolder, true);
        }
    }

    /// Opens one model in this process straight away: for a process that a crash may end.
    ///
    /// @see #open
    public static ModelAdapter openHere(ModelSettings settings, Path cacheFolder)
            throws ModelLoadException {
        try (ModelFiles files = files(settings, cacheFolder)) {
            check(settings, files);
            return load(settings, files, cacheFolder, true);
        }
    }

    /// Opens a folder's model without proving it, straight away: for a process that a crash may end.
    ///
    /// @param folder with a `model.yaml`
    public static Inspection inspect(Path folder, Path cacheFolder) throws ModelLoadException {
        try (ModelFiles files = ModelFolder.open(folder)) {
            Manifest manifest = files.manifest();
            int maxTokens =
                    manifest.task() instanceof Manifest.Task.TextEmbedding text
                            ? Math.min(text.maxTokens(), ModelSettings.DEFAULT_MAX_TOKENS)
                            : ModelSettings.DEFAULT_MAX_TOKENS;
            var settings = new ModelSettings("check", folder.toString(), maxTokens, "cpu", 1);
            ModelAdapter adapter = load(settings, files, cacheFolder, false);
            try {
                return new Inspection(
                        adapter,
                        new GoldenSamples(files, adapter.info().purpose()).all(),
                        manifest.precision().tolerance(),
                        manifest.batchTolerance(),
                        manifest.memoryBytes());
            } catch (ModelFault e) {
                adapter.close();
                throw new ModelLoadException(
                        files.place(), List.of(String.valueOf(e.getMessage())));
            }
        }
    }

    private static ModelFiles files(ModelSettings settings, Path cacheFolder)
            throws ModelLoadException {
        if (settings.source().equals(ModelSettings.EMBEDDED_MINILM)) {
            return EmbeddedModel.MINILM.open(cacheFolder);
        }
        if (settings.source().startsWith(EMBEDDED)) {
            throw new ModelLoadException(
                    place(settings),
                    List.of(
                            "source = \"%s\"  no such embedded model; there is %s"
                                    .formatted(settings.source(), ModelSettings.EMBEDDED_MINILM)));
        }
        if (settings.source().startsWith(ModelSettings.CATALOG)) {
            return ModelFolder.open(added(settings, cacheFolder));
        }
        try {
            return ModelFolder.open(Path.of(settings.source()));
        } catch (InvalidPathException e) {
            throw new ModelLoadException(
                    place(settings), "source is not a path: " + e.getMessage(), e);
        }
    }

    private static Path added(ModelSettings settings, Path cacheFolder) throws ModelLoadException {
        String name = settings.source().substring(ModelSettings.CATALOG.length());
        Path folder = Catalogue.ours().find(name).place(cacheFolder);
        if (!Files.isDirectory(folder)) {
            throw new ModelLoadException(
                    place(settings),
                    List.of(
                            "source = \"%s\"  is not in %s; first: kiln model add %s"
                                    .formatted(settings.source(), folder.getParent(), name)));
        }
        return folder;
    }

    private static void check(ModelSettings settings, ModelFiles files) throws ModelLoadException {
        List<String> problems = new ArrayList<>();
        if (files.manifest().task() instanceof Manifest.Task.TextEmbedding text
                && (settings.maxTokens() < TextTokenizer.MIN_TOKENS
                        || settings.maxTokens() > text.maxTokens())) {
            problems.add(
                    "max-tokens = %d  must be from %d to %d, the most this model can read"
                            .formatted(
                                    settings.maxTokens(),
                                    TextTokenizer.MIN_TOKENS,
                                    text.maxTokens()));
        }
        if (settings.engineThreads() < 1) {
            problems.add(
                    "engine-threads = %d  must be at least 1".formatted(settings.engineThreads()));
        }
        Optional<DeviceWish> device = DeviceWish.parse(settings.device());
        if (device.isEmpty()) {
            problems.add(
                    "device = \"%s\"  must be %s"
                            .formatted(settings.device(), DeviceWish.SPELLINGS));
        } else if (device.get().insistsOnGpu()) {
            gpuProblem(files.manifest())
                    .ifPresent(why ->
                            problems.add("device = \"%s\"  %s".formatted(settings.device(), why)));
        }
        if (!problems.isEmpty()) {
            throw new ModelLoadException(place(settings), problems);
        }
    }

    /// PyTorch itself is asked once it is loaded.
    private static Optional<String> gpuProblem(Manifest manifest) {
        return switch (manifest.engine().kind()) {
            case PYTORCH -> Optional.empty();
            case ONNX -> Cuda.inBuild() ? Optional.empty() : Optional.of(Cuda.NOT_IN_BUILD);
        };
    }

    /// Without a device of its own choice: who wants the best that can be proved tries a GPU by its name first.
    private static ModelAdapter load(
            ModelSettings settings, ModelFiles files, Path cacheFolder, boolean proved)
            throws ModelLoadException {
        Manifest manifest = files.manifest();
        var device = DeviceWish.parse(settings.device()).orElseThrow();
        var placed = settings.on(device.insistsOnGpu() ? device.gpu() : "cpu");
        try {
            var maker = new ModelMaker(placed, files, cacheFolder.resolve("natives"), proved);
            return Placed.of(maker.make(), settings.device(), "");
        } catch (IOException e) {
            throw new ModelLoadException(files.place(), String.valueOf(e.getMessage()), e);
        } catch (ModelFault e) {
            throw new ModelLoadException(
                    files.place(), manifest.engine().weights() + "  " + e.getMessage(), e);
        }
    }

    private static String place(ModelSettings settings) {
        return "model " + settings.name();
    }
}
