package dev.kiln.server.cli;

import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.adapter.probe.ProbeMain;
import dev.kiln.natives.Child;
import dev.kiln.natives.DeviceProbe;
import dev.kiln.natives.DeviceReport;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuFacts;
import dev.kiln.natives.GpuNodes;
import dev.kiln.server.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What computes: the device asked for, the one that is active, the one that is proved, and what of a GPU stands in the
/// way. Everything native happens in child processes, side by side.
final class DoctorDevice {
    /// A quiet machine needs two; a driver that hangs is waited for no longer.
    private static final Duration PROBE_AT_MOST = Duration.ofSeconds(20);

    private final Config.Model model;
    private final Path cache;
    private final FutureTask<DeviceReport> proof = new FutureTask<>(this::prove);
    private final FutureTask<GpuFacts> gpu = new FutureTask<>(this::lookForGpu);

    DoctorDevice(Config.Model model, Path cache) {
        this.model = model;
        this.cache = cache;
    }

    void begin() {
        Thread.ofVirtual().name("doctor-proof").start(proof);
        Thread.ofVirtual().name("doctor-gpu").start(gpu);
    }

    /// Waits for the children.
    DoctorDevice await() throws InterruptedException {
        done(proof);
        done(gpu);
        return this;
    }

    List<Finding> findings() {
        List<Finding> found = new ArrayList<>();
        found.add(engine(proof.resultNow()));
        found.addAll(gpus(gpu.resultNow()));
        return found;
    }

    /// For programs: the three facts and what belongs to them.
    Map<String, Object> facts() {
        DeviceReport report = proof.resultNow();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("requested", report.requested());
        facts.put("active", report.active());
        facts.put("proved", report.proved());
        report.detail("percent").ifPresent(percent -> facts.put("percent", percent));
        report.problem().ifPresent(problem -> facts.put("problem", problem));
        facts.put("gpus", gpu.resultNow().gpus());
        facts.put("libraries", gpu.resultNow().libraries());
        return facts;
    }

    private DeviceReport prove() throws InterruptedException {
        List<String> arguments = List.of(model.device(), cache.toString(), model.source());
        List<String> command = Child.java(ProbeMain.class.getName(), arguments);
        return new DeviceProbe(command, PROBE_AT_MOST).run(model.device());
    }

    private GpuFacts lookForGpu() throws InterruptedException {
        Optional<Integer> index =
                DeviceWish.parse(model.device())
                        .filter(DeviceWish::insistsOnGpu)
                        .map(DeviceWish::index);
        return GpuFacts.find(GpuFacts.Look.here(index, PROBE_AT_MOST));
    }

    private Finding engine(DeviceReport report) {
        String share = report.detail("percent").map(" (%s %% of its nodes)"::formatted).orElse("");
        String fact =
                "%s %s, device requested %s, active %s%s, proved %s"
                        .formatted(
                                report.runtime(),
                                report.version(),
                                report.requested(),
                                report.active(),
                                share,
                                report.proved());
        if (report.isProved()) {
            return Finding.ok("engine", fact);
        }
        String problem = fact + report.problem().map("; "::concat).orElse("");
        return model.device().startsWith("cuda") && !model.requireGpu()
                ? Finding.fail(
                        "engine",
                        problem + "; kiln serve would fall back to the CPU and say so",
                        "see the gpu findings below; device: cpu does without, require-gpu: true refuses to start")
                : Finding.fail(
                        "engine",
                        problem,
                        "see docs/configuration.md, models[].device and models[].source");
    }

    private List<Finding> gpus(GpuFacts facts) {
        List<Finding> found = new ArrayList<>();
        boolean wanted = model.device().startsWith("cuda");
        if (facts.gpus().isEmpty()) {
            found.add(Finding.ok("gpu", "none seen"));
        }
        facts.gpus().forEach(gpu -> found.add(Finding.ok("gpu", gpu)));
        facts.troubles()
                .forEach(trouble ->
                        found.add(
                                wanted
                                        ? Finding.fail("gpu", trouble.fact(), trouble.remedy())
                                        : Finding.warn("gpu", trouble.fact(), trouble.remedy())));
        if (!GpuNodes.here().isEmpty() && !Cuda.inBuild()) {
            found.add(
                    Finding.warn(
                            "gpu",
                            "this machine has one, but " + Cuda.NOT_IN_BUILD,
                            "mvn -Pcuda package, or the image of Dockerfile.cuda"));
        }
        return found;
    }

    private static void done(FutureTask<?> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look at the device failed", e.getCause());
        }
    }
}
