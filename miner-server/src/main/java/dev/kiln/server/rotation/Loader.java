package dev.kiln.server.rotation;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.DeviceTime;
import dev.kiln.core.Lane;
import dev.kiln.core.Sites;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import dev.kiln.natives.Gently;
import dev.kiln.server.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Brings a model up to the point where it can take calls: memory, load, purpose, warm-up, golden samples.
///
/// What takes processor time is done on a nice thread while another model serves, and the lane is started by the
/// caller's own: what a nice thread starts stays nice.
///
/// **Threads:** any platform thread; blocks for as long as loading takes.
final class Loader {
    /// The first runs of a session are slower than the rest.
    private static final int WARM_UPS = 3;

    /// While one batch computes on a GPU, another is made ready.
    private static final int LOOPS_PER_GPU = 2;

    private static final System.Logger LOG = System.getLogger(Loader.class.getName());

    private final ModelOpener opener;
    private final LaneBounds bounds;
    private final LongSupplier freeBytes;
    private final Time time;

    /// By what computes; a device that was lost and came back is the same.
    private final Map<String, DeviceTime> devices = new ConcurrentHashMap<>();

    /// How one is loaded while callers are served.
    ///
    /// @param purpose what callers of the name rely on; empty where nobody does yet
    /// @param batches as a lane before it has learned to form them
    /// @param hurry whether nothing answers meanwhile
    record Order(Optional<Purpose> purpose, BatchPolicy batches, boolean hurry) {
        static Order beside(Config.Model model, Purpose purpose) {
            return new Order(Optional.of(purpose), model.batch(), false);
        }

        static Order added(Config.Model model) {
            return new Order(Optional.empty(), model.batch(), false);
        }
    }

    /// @param freeBytes memory that is to be had now
    Loader(ModelOpener opener, LaneBounds bounds, LongSupplier freeBytes, Time time) {
        this.opener = opener;
        this.bounds = bounds;
        this.freeBytes = freeBytes;
        this.time = time;
    }

    /// The model that is there from the start; its golden samples ran when it was opened.
    Loaded first(Config.Model model) throws ModelLoadException {
        return new Loaded(model, start(model, model.batch(), opened(model)));
    }

    /// One that comes later.
    ///
    /// @throws NotDone with the reason, everything that was opened closed again
    Loaded later(Config.Model model, Order order, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return ready(model, order, () -> opened(model), progress);
    }

    /// One in the place of a lane that failed, on the same device; elsewhere only if nothing else answers.
    ///
    /// @param sites where the model runs
    Loaded again(Config.Model model, Lane failed, Sites sites, Order order)
            throws NotDone, InterruptedException {
        ModelInfo.Device was = failed.info().device();
        boolean oneOfSeveral = sites.all().size() > 1;
        String device = oneOfSeveral && was.onGpu() ? was.active() : model.device();
        boolean others = sites.lanes().stream().anyMatch(lane -> lane != failed);
        return ready(
                model,
                order,
                () -> {
                    ModelAdapter adapter = opener.open(model, device);
                    ModelInfo.Device found = adapter.info().device();
                    if (others && found.fellBack()) {
                        adapter.close();
                        throw new ModelLoadException(
                                "model " + model.name(), List.of(found.fallback()));
                    }
                    return List.of(adapter);
                },
                _ -> {});
    }

    private Loaded ready(
            Config.Model model,
            Order order,
            Callable<List<ModelAdapter>> opening,
            Consumer<String> progress)
            throws NotDone, InterruptedException {
        requireMemory(model);
        progress.accept("loading " + model.source());
        List<ModelAdapter> adapters = open(model, order.hurry(), opening);
        boolean good = false;
        try {
            requirePurpose(model, adapters.getFirst().info().purpose(), order);
            progress.accept("warming up, running its golden samples");
            for (ModelAdapter adapter : adapters) {
                warmUp(model, adapter, order.hurry());
            }
            Loaded loaded = new Loaded(model, start(model, order.batches(), adapters));
            good = true;
            return loaded;
        } finally {
            if (!good) {
                adapters.forEach(ModelAdapter::close);
            }
        }
    }

    /// On each of its devices. One that cannot be used is left out, unless none can.
    private List<ModelAdapter> opened(Config.Model model) throws ModelLoadException {
        List<ModelAdapter> used = new ArrayList<>();
        List<ModelAdapter> unused = new ArrayList<>();
        List<String> why = new ArrayList<>();
        boolean done = false;
        try {
            ModelLoadException failure = null;
            for (String device : opener.devices(model)) {
                try {
                    ModelAdapter adapter = opener.open(model, device);
                    ModelInfo.Device found = adapter.info().device();
                    (found.fellBack() ? unused : used).add(adapter);
                    why.add(found.fallback());
                } catch (ModelLoadException e) {
                    why.add(String.valueOf(e.getMessage()));
                    failure = e;
                }
            }
            if (used.isEmpty() && unused.isEmpty() && failure != null) {
                throw failure;
            }
            if (used.isEmpty()) {
                used.add(unused.removeFirst());
            } else {
                why.stream().filter(reason -> !reason.isEmpty()).forEach(r -> leftOut(model, r));
            }
            done = true;
            return used;
        } finally {
            unused.forEach(ModelAdapter::close);
            if (!done) {
                used.forEach(ModelAdapter::close);
            }
        }
    }

    private static void leftOut(Config.Model model, String why) {
        LOG.log(
                System.Logger.Level.WARNING,
                "model %s: a device is left out: %s".formatted(model.name(), why));
    }

    private void requireMemory(Config.Model model) throws NotDone {
        long bytes = opener.bytes(model).orElse(0);
        long free = freeBytes.getAsLong();
        if (bytes > free) {
            throw new NotDone(
                    "%s takes about %d MiB beside the model that serves, %d MiB are free; stop something, or restart with the new configuration"
                            .formatted(model.source(), bytes >> 20, free >> 20));
        }
    }

    private static void requirePurpose(Config.Model model, Purpose other, Order order)
            throws NotDone {
        if (order.purpose().filter(purpose -> !purpose.equals(other)).isPresent()) {
            throw new NotDone(
                    "%s is for another purpose: %s, callers of %s rely on %s; serve it under a name of its own"
                            .formatted(model.source(), other, model.name(), order.purpose().get()));
        }
    }

    private static List<ModelAdapter> open(
            Config.Model model, boolean hurry, Callable<List<ModelAdapter>> opening)
            throws NotDone, InterruptedException {
        try {
            return done(model, hurry, opening);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ModelLoadException wrong
                    ? new NotDone(String.valueOf(wrong.getMessage()))
                    : new NotDone(
                            "%s cannot be loaded: %s".formatted(model.source(), e.getCause()));
        }
    }

    private static void warmUp(Config.Model model, ModelAdapter adapter, boolean hurry)
            throws NotDone, InterruptedException {
        try {
            done(
                    model,
                    hurry,
                    () -> {
                        for (int i = 0; i < WARM_UPS; i++) {
                            adapter.prove();
                        }
                        return adapter;
                    });
        } catch (ExecutionException e) {
            String reason =
                    e.getCause() instanceof ModelFault fault
                            ? reason(fault)
                            : String.valueOf(e.getCause());
            throw new NotDone("its golden samples fail: " + reason);
        }
    }

    private static <T> T done(Config.Model model, boolean hurry, Callable<T> work)
            throws ExecutionException, InterruptedException {
        if (!hurry) {
            return Gently.run("load-" + model.name(), work);
        }
        try {
            return work.call();
        } catch (InterruptedException cut) {
            throw cut;
        } catch (Exception | Error wrong) {
            throw new ExecutionException(wrong);
        }
    }

    /// Told that a model's device is lost.
    void lost(ModelInfo model, String why) {
        opener.lost(model.device().active(), why);
    }

    private List<Lane> start(Config.Model model, BatchPolicy batches, List<ModelAdapter> adapters) {
        return adapters.stream().map(adapter -> start(model, batches, adapter)).toList();
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
        return Lane.start(
                adapter, bounds.settings(batches, loops, device.fellBack()), time(device), time);
    }

    /// Every model that computes there shares it.
    private DeviceTime time(ModelInfo.Device device) {
        int sideBySide =
                device.onGpu() ? LOOPS_PER_GPU : Runtime.getRuntime().availableProcessors();
        return devices.computeIfAbsent(
                device.active(), _ -> new DeviceTime(bounds.sharing(), sideBySide));
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
