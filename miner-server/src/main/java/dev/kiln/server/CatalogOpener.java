package dev.kiln.server;

import dev.kiln.adapter.catalog.MemoryEstimate;
import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.server.config.Config;
import dev.kiln.server.rotation.ModelOpener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens models of the catalogue, and folders of the operator's.
final class CatalogOpener implements ModelOpener {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private final Path cache;

    /// @param cache where what can be made again is kept
    CatalogOpener(Path cache) {
        this.cache = cache;
    }

    @Override
    public ModelAdapter open(Config.Model model) throws ModelLoadException {
        var settings =
                new ModelSettings(
                        model.name(),
                        model.source(),
                        model.maxTokens(),
                        model.device(),
                        model.engineThreads());
        return Models.open(settings, cache);
    }

    @Override
    public OptionalLong bytes(Config.Model model) {
        return MemoryEstimate.of(model.source(), cache);
    }

    /// Memory that the system could give now; as good as endless where it does not tell.
    static long freeBytes() {
        try {
            Matcher available = AVAILABLE.matcher(Files.readString(MEMORY));
            return available.find() ? Long.parseLong(available.group(1)) << 10 : Long.MAX_VALUE;
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
