package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Brings a model up to the point where it can take calls: memory, load, purpose, warm-up, golden samples.
///
/// **Threads:** any; blocks for as long as loading takes.
final class Loader {
    /// The first runs of a session are slower than the rest.
    private static final int WARM_UPS = 3;

    private static final Duration PROOF_TIME = Duration.ofSeconds(60);

    /// While one batch computes on a GPU, another is made ready.
    private static final int LOOPS_PER_GPU = 2;

    private static final System.Logger LOG = System.getLogger(Loader.class.getName());

    private final ModelOpener opener;
    private final Config.Lanes bounds;
    private final LongSupplier freeBytes;
    private final Time time;

    /// @param bounds on one model's work
    /// @param freeBytes memory that is to be had now
    Loader(ModelOpener opener, Config.Lanes bounds, LongSupplier freeBytes, Time time) {
        this.opener = opener;
        this.bounds = bounds;
        this.freeBytes = freeBytes;
        this.time = time;
    }

    /// The model that is there from the start; its golden samples ran when it was opened.
    Loaded first(Config.Model model) throws ModelLoadException {
        return new Loaded(model, start(model, model.batch(), opener.open(model)));
    }

    /// One that comes later.
    ///
    /// @param purpose what callers of the name rely on
    /// @throws NotDone with the reason, everything that was opened closed again
    Loaded beside(Config.Model model, Purpose purpose, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return beside(model, model.batch(), purpose, progress);
    }

    /// The same with batches as a lane before it has learned to form them.
    Loaded beside(
            Config.Model model, BatchPolicy batches, Purpose purpose, Consumer<String> progress)
            throws NotDone, InterruptedException {
        OptionalLong bytes = opener.bytes(model);
        long free = freeBytes.getAsLong();
        if (bytes.orElse(0) > free) {
            throw new NotDone(
                    "%s takes about %d MiB beside the model that serves, %d MiB are free; stop something, or restart with the new configuration"
                            .formatted(model.source(), bytes.orElse(0) >> 20, free >> 20));
        }
        progress.accept("loading " + model.source());
        ModelAdapter adapter = open(model);
        if (!adapter.info().purpose().equals(purpose)) {
            Purpose other = adapter.info().purpose();
            adapter.close();
            throw new NotDone(
                    "%s is for another purpose: %s, callers of %s rely on %s; serve it under a name of its own"
                            .formatted(model.source(), other, model.name(), purpose));
        }
        progress.accept("warming up, running its golden samples");
        Lane lane = start(model, batches, adapter);
        try {
            for (int i = 0; i < WARM_UPS; i++) {
                lane.prove(PROOF_TIME);
            }
            return new Loaded(model, lane);
        } catch (ModelFault fault) {
            lane.close();
            throw new NotDone("its golden samples fail: " + reason(fault));
        }
    }

    private ModelAdapter open(Config.Model model) throws NotDone {
        try {
            return opener.open(model);
        } catch (ModelLoadException wrong) {
            throw new NotDone(String.valueOf(wrong.getMessage()));
        } catch (RuntimeException | Error bug) {
            throw new NotDone("%s cannot be loaded: %s".formatted(model.source(), bug));
        }
    }

    /// Told that a model's device is lost.
    void lost(ModelInfo model, String why) {
        opener.lost(model.device().active(), why);
    }

    /// What computes elsewhere than was promised takes less in.
    private Lane start(Config.Model model, BatchPolicy batches, ModelAdapter adapter) {
        ModelInfo.Device device = adapter.info().device();
        say(model.name(), device);
        int threads =
                device.onGpu()
                        ? Math.min(LOOPS_PER_GPU, model.engineThreads())
                        : model.engineThreads();
        int loops = adapter.shareable() ? threads : 1;
        int queued =
                device.fellBack()
                        ? Math.min(bounds.queuedCost(), bounds.fallbackCost())
                        : bounds.queuedCost();
        return Lane.start(adapter, new LaneSettings(batches, loops, queued), time);
    }

    private static void say(String name, ModelInfo.Device device) {
        String share =
                device.percent() < 0 ? "" : ", %d %% of its nodes".formatted(device.percent());
        String why = device.fellBack() ? "; degraded: " + device.fallback() : "";
        LOG.log(
                device.fellBack() ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                "model %s: device requested %s, active %s%s, proved %s%s"
                        .formatted(
                                name,
                                device.requested(),
                                device.active(),
                                share,
                                device.proved(),
                                why));
    }

    static String reason(ModelFault fault) {
        Throwable cause = fault.getCause();
        return cause == null || cause.getMessage() == null
                ? String.valueOf(fault.getMessage())
                : fault.getMessage() + ": " + cause.getMessage();
    }
}
