package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Lane;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
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

    private final ModelOpener opener;
    private final LaneBounds bounds;
    private final LongSupplier freeBytes;
    private final Time time;

    /// @param freeBytes memory that is to be had now
    Loader(ModelOpener opener, LaneBounds bounds, LongSupplier freeBytes, Time time) {
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

    private Lane start(Config.Model model, BatchPolicy batches, ModelAdapter adapter) {
        int loops = adapter.shareable() ? model.engineThreads() : 1;
        return Lane.start(adapter, bounds.settings(batches, loops), time);
    }

    static String reason(ModelFault fault) {
        Throwable cause = fault.getCause();
        return cause == null || cause.getMessage() == null
                ? String.valueOf(fault.getMessage())
                : fault.getMessage() + ": " + cause.getMessage();
    }
}
