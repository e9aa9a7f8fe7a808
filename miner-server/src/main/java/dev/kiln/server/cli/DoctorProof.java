package dev.kiln.server.cli;

import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.adapter.probe.ProbeMain;
import dev.kiln.natives.Child;
import dev.kiln.natives.DeviceProbe;
import dev.kiln.natives.DeviceReport;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuCount;
import dev.kiln.server.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// One device that a configuration asks for, proved in a child process of its own.
final class DoctorProof {
    /// A quiet machine needs two; a driver that hangs is waited for no longer.
    static final Duration AT_MOST = Duration.ofSeconds(20);

    private static final String CPU = "cpu";

    private final Config.Model model;
    private final String device;
    private final Role role;
    private final FutureTask<DeviceReport> report;

    /// Lists GPUs.
    @FunctionalInterface
    interface Gpus {
        /// Those that are here: the driver has not been asked yet and may hide the last of them.
        Gpus HERE =
                wish -> wish.insistsOnGpu() || Cuda.inBuild() ? GpuCount.seen().names() : List.of();

        /// All of them, as a wish for any sees them.
        ///
        /// @param wish that every GPU fulfils
        /// @return as engines and reports spell them
        List<String> all(DeviceWish wish);
    }

    private enum Role {
        /// The configuration names it.
        NAMED,
        /// One of those that are here, for a configuration that takes them all.
        ONE_OF_ALL,
        /// What would serve if none of the GPUs can be proved.
        STAND_IN
    }

    private DoctorProof(Config.Model model, String device, Role role, Path cache) {
        this.model = model;
        this.device = device;
        this.role = role;
        List<String> arguments = List.of(device, cache.toString(), model.source());
        List<String> command = Child.java(ProbeMain.class.getName(), arguments);
        this.report = new FutureTask<>(() -> new DeviceProbe(command, AT_MOST).run(device));
    }

    /// One for each device that the models ask for, with the first model that does.
    static List<DoctorProof> of(List<Config.Model> models, Path cache, Gpus gpus) {
        Map<String, DoctorProof> proofs = new LinkedHashMap<>();
        Map<String, DoctorProof> standIns = new LinkedHashMap<>();
        for (Config.Model model : models) {
            DeviceWish wish = DeviceWish.parse(model.device()).orElseThrow();
            List<String> all = wish.takesEveryGpu() ? gpus.all(wish) : List.of();
            for (String gpu : all) {
                proofs.putIfAbsent(gpu, new DoctorProof(model, gpu, Role.ONE_OF_ALL, cache));
            }
            if (all.isEmpty()) {
                var named = new DoctorProof(model, model.device(), Role.NAMED, cache);
                proofs.merge(named.device, named, (old, now) -> old.role == Role.NAMED ? old : now);
            } else if (!wish.insistsOnGpu()) {
                standIns.putIfAbsent(CPU, new DoctorProof(model, CPU, Role.STAND_IN, cache));
            }
        }
        standIns.forEach(proofs::putIfAbsent);
        return List.copyOf(proofs.values());
    }

    void begin() {
        Thread.ofVirtual().name("doctor-proof-" + device).start(report);
    }

    /// Waits for the child.
    DeviceReport await() throws InterruptedException {
        try {
            return report.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a proof of " + device + " failed", e.getCause());
        }
    }

    /// What the child said, once it was waited for.
    DeviceReport report() {
        return report.resultNow();
    }

    /// As the configuration spells it.
    String requested() {
        return model.device();
    }

    /// As the child was asked for it.
    String device() {
        return device;
    }

    /// Whether the model is served on a GPU or not at all.
    boolean requiresGpu() {
        return model.requireGpu();
    }

    boolean provesGpu() {
        return report().isProved() && report().proved().startsWith("cuda:");
    }

    /// Whether it is one of those that the configuration asks for without naming them.
    boolean isOneOfAll() {
        return role == Role.ONE_OF_ALL;
    }

    /// Whether it stands in for GPUs.
    boolean isStandIn() {
        return role == Role.STAND_IN;
    }

    /// Whether the driver shows fewer GPUs than there are device files, so that nobody asked for this one.
    ///
    /// @param shown GPUs that the driver shows; 0 where it shows none, or did not answer
    boolean isHidden(int shown) {
        return role == Role.ONE_OF_ALL
                && shown > 0
                && DeviceWish.parse(device).orElseThrow().index() >= shown;
    }
}
