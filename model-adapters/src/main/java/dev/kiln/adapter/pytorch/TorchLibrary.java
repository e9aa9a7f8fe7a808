package dev.kiln.adapter.pytorch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import dev.kiln.core.model.ModelFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Loads PyTorch's native library once for the process, from the class path and from nowhere else.
final class TorchLibrary {
    private static final String NATIVES = "native/lib/pytorch.properties";

    private static @Nullable PtNDManager root; // guarded by the class

    private TorchLibrary() {}

    /// Loads the library unless this process has, 450 MB unpacked at the very first time.
    ///
    /// @param folder where it is unpacked and kept for the next process
    /// @return the root of all native memory that models will hold
    static synchronized PtNDManager load(Path folder) throws ModelFault {
        if (root != null) {
            return root;
        }
        if (TorchLibrary.class.getClassLoader().getResource(NATIVES) == null) {
            throw new ModelFault(
                    "PyTorch's natives are not in this build; put pytorch-native-cpu-2.7.1 for this machine beside the other libraries");
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ENGINE_CACHE_DIR", folder.toString());
        // Lanes' threads are the parallelism; a run that spreads over all cores would fight them.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        try {
            Files.createDirectories(folder);
            root = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
            return root;
        } catch (IOException e) {
            throw new ModelFault(
                    "PyTorch's natives cannot be unpacked into %s: %s; make the cache folder writable"
                            .formatted(folder, e),
                    e);
        } catch (EngineException | LinkageError e) {
            throw thrownAway(folder, e);
        }
    }

    /// What cannot be loaded is thrown away, so that the next start unpacks it again.
    private static ModelFault thrownAway(Path folder, Throwable cause) {
        String reason = cause.getCause() == null ? cause.toString() : cause.getCause().toString();
        try {
            delete(folder.resolve("pytorch"));
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new ModelFault(
                "PyTorch's native library cannot be loaded (%s); its copy in %s was thrown away, start again to unpack it anew"
                        .formatted(reason, folder),
                cause);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
