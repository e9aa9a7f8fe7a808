package dev.kiln.server;

import dev.kiln.adapter.catalog.MemoryEstimate;
import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Placed;
import dev.kiln.adapter.probe.Placing;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.natives.DeviceWish;
import dev.kiln.server.config.Config;
import dev.kiln.server.rotation.ModelOpener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens models of the catalogue, and folders of the operator's.
final class CatalogOpener implements ModelOpener {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private final Path cache;

    /// Why a GPU failed under a model of this process, by its name.
    private final Map<String, String> lost = new ConcurrentHashMap<>();

    /// @param cache where what can be made again is kept
    CatalogOpener(Path cache) {
        this.cache = cache;
    }

    @Override
    public List<String> devices(Config.Model model) {
        List<String> all = Placing.devices(model.device());
        List<String> left = all.stream().filter(device -> !lost.containsKey(device)).toList();
        return left.isEmpty() ? List.of(model.device()) : left;
    }

    @Override
    public ModelAdapter open(Config.Model model, String device) throws ModelLoadException {
        var settings =
                new ModelSettings(
                        model.name(),
                        model.source(),
                        model.maxTokens(),
                        device,
                        model.engineThreads());
        ModelAdapter placed = Placing.open(settings, cache, barred(device));
        ModelInfo.Device found = placed.info().device();
        ModelAdapter adapter = Placed.of(placed, model.device(), found.fallback());
        if (model.requireGpu() && !found.onGpu()) {
            adapter.close();
            String why = found.fallback().isEmpty() ? "no GPU can be used here" : found.fallback();
            throw new ModelLoadException(
                    "model " + model.name(),
                    List.of("require-gpu = true, and it would compute on cpu: " + why));
        }
        return adapter;
    }

    private Optional<String> barred(String device) {
        return DeviceWish.parse(device)
                .filter(DeviceWish::takesGpu)
                .map(wish -> lost.get(wish.gpu()));
    }

    /// A GPU that failed under a model stays out of use: the driver's state in this process may be broken for good.
    @Override
    public void lost(String device, String why) {
        lost.put(device, "%s was lost (%s); restart to use it again".formatted(device, why));
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
