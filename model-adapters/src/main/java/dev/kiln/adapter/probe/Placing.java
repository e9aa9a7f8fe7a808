package dev.kiln.adapter.probe;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.adapter.catalog.Placed;
import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.natives.Child;
import dev.kiln.natives.DeviceProbe;
import dev.kiln.natives.DeviceReport;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuCount;
import dev.kiln.natives.GpuNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Opens a model on the device that was asked for where a child process proves it there, and on the processor where not,
/// which the model then says.
///
/// **Threads:** any; waits for the child.
public final class Placing {
    /// A first start unpacks some hundred megabytes of libraries.
    private static final Duration PROBE_AT_MOST = Duration.ofMinutes(3);

    private final ModelSettings settings;
    private final Path cache;

    private Placing(ModelSettings settings, Path cache) {
        this.settings = settings;
        this.cache = cache;
    }

    /// The devices that a model is to run on: where any GPU will do, every one that the driver shows.
    ///
    /// @param device as a configuration spells it
    public static List<String> devices(String device) {
        boolean every = DeviceWish.parse(device).filter(DeviceWish::takesEveryGpu).isPresent();
        if (!every || !Cuda.inBuild()) {
            return List.of(device);
        }
        List<String> gpus = GpuCount.here().names();
        return gpus.size() < 2 ? List.of(device) : gpus;
    }

    /// Opens one model.
    ///
    /// @param cache as [Models#open] takes it
    /// @param barred why no GPU is to be tried any more; empty where one may be
    /// @return the adapter, to be closed by the caller; its device says what computes, and why where that is less than
    ///     was asked for
    public static ModelAdapter open(ModelSettings settings, Path cache, Optional<String> barred)
            throws ModelLoadException {
        Optional<DeviceWish> wish = DeviceWish.parse(settings.device());
        if (wish.isEmpty() || !wish.get().takesGpu()) {
            return Models.open(settings, cache);
        }
        var placing = new Placing(settings, cache);
        if (barred.isPresent()) {
            return placing.onCpu(barred.get());
        }
        // Nothing was promised, and nothing better is here.
        boolean nothingThere = !Cuda.inBuild() || GpuNodes.here().isEmpty();
        if (!wish.get().insistsOnGpu() && nothingThere) {
            return Models.open(settings, cache);
        }
        return placing.onGpu(wish.get().gpu());
    }

    private ModelAdapter onGpu(String gpu) throws ModelLoadException {
        Optional<String> problem = Cuda.inBuild() ? proved(gpu) : Optional.of(Cuda.NOT_IN_BUILD);
        if (problem.isPresent()) {
            return onCpu(problem.get());
        }
        ModelAdapter adapter;
        try {
            adapter = Models.open(settings.on(gpu), cache);
        } catch (ModelLoadException e) {
            String words = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            return onCpu(
                    "a child process proved %s, but this process cannot use it: %s"
                            .formatted(gpu, words));
        }
        ModelInfo.Device found = adapter.info().device();
        if (found.active().equals(gpu)) {
            return Placed.of(adapter, settings.device(), "");
        }
        adapter.close();
        return onCpu("most of the model's nodes ran on the processor, not on " + gpu);
    }

    private ModelAdapter onCpu(String fallback) throws ModelLoadException {
        return Placed.of(Models.open(settings.on("cpu"), cache), settings.device(), fallback);
    }

    /// @return why not, if not
    private Optional<String> proved(String gpu) throws ModelLoadException {
        var arguments = List.of(gpu, cache.toString(), settings.source());
        var probe =
                new DeviceProbe(Child.java(ProbeMain.class.getName(), arguments), PROBE_AT_MOST);
        try {
            DeviceReport report = probe.run(gpu);
            return report.isProved()
                    ? Optional.empty()
                    : report.problem().or(() -> Optional.of("the probe proved nothing"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelLoadException(
                    "model " + settings.name(),
                    "interrupted while a child process tried " + gpu,
                    e);
        }
    }
}
