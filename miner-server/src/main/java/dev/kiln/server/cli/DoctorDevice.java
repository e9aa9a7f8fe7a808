package dev.kiln.server.cli;

import dev.kiln.adapter.onnx.Cuda;
import dev.kiln.natives.DeviceReport;
import dev.kiln.natives.DeviceWish;
import dev.kiln.natives.GpuFacts;
import dev.kiln.natives.GpuNodes;
import dev.kiln.server.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What computes: the devices asked for, those that are active, those that are proved, and what of a GPU stands in the
/// way. Everything native happens in child processes, side by side, one for each device.
final class DoctorDevice {
    private final List<Config.Model> models;
    private final List<DoctorProof> proofs;
    private final FutureTask<GpuFacts> gpu = new FutureTask<>(this::lookForGpu);

    /// @param cache as the server's
    /// @param gpus which there are to be proved where a model takes them all
    DoctorDevice(List<Config.Model> models, Path cache, DoctorProof.Gpus gpus) {
        this.models = List.copyOf(models);
        this.proofs = DoctorProof.of(models, cache, gpus);
    }

    void begin() {
        proofs.forEach(DoctorProof::begin);
        Thread.ofVirtual().name("doctor-gpu").start(gpu);
    }

    /// Waits for the children.
    DoctorDevice await() throws InterruptedException {
        for (DoctorProof proof : proofs) {
            proof.await();
        }
        try {
            gpu.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look at the GPUs failed", e.getCause());
        }
        return this;
    }

    List<Finding> findings() {
        List<DoctorProof> asked = asked();
        boolean onGpu = asked.stream().anyMatch(DoctorProof::provesGpu);
        List<Finding> found = new ArrayList<>();
        asked.forEach(proof -> found.add(engine(proof, onGpu)));
        found.addAll(gpus(gpu.resultNow()));
        return found;
    }

    /// Without GPUs that the driver hides, and without a stand-in that none needs.
    private List<DoctorProof> asked() {
        int shown = gpu.resultNow().gpus().size();
        List<DoctorProof> asked = proofs.stream().filter(proof -> !proof.isHidden(shown)).toList();
        return asked.stream().anyMatch(DoctorProof::provesGpu)
                ? asked.stream().filter(proof -> !proof.isStandIn()).toList()
                : asked;
    }

    /// For programs: the three facts of all devices together and of each, and what belongs to them.
    Map<String, Object> facts() {
        List<DoctorProof> asked = asked();
        List<DeviceReport> reports = asked.stream().map(DoctorProof::report).toList();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("requested", together(asked.stream().map(DoctorProof::requested)));
        facts.put("active", together(reports.stream().map(DeviceReport::active)));
        facts.put("proved", together(reports.stream().map(DeviceReport::proved)));
        rest(reports.getFirst(), facts);
        reports.stream()
                .flatMap(report -> report.problem().stream())
                .findFirst()
                .ifPresent(problem -> facts.put("problem", problem));
        facts.put("devices", asked.stream().map(DoctorDevice::facts).toList());
        facts.put("gpus", gpu.resultNow().gpus());
        facts.put("libraries", gpu.resultNow().libraries());
        return facts;
    }

    private static Map<String, Object> facts(DoctorProof proof) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("device", proof.device());
        facts.put("requested", proof.requested());
        facts.put("active", proof.report().active());
        facts.put("proved", proof.report().proved());
        rest(proof.report(), facts);
        return facts;
    }

    private static void rest(DeviceReport report, Map<String, Object> facts) {
        report.detail("percent").ifPresent(percent -> facts.put("percent", percent));
        report.problem().ifPresent(problem -> facts.put("problem", problem));
    }

    private static String together(Stream<String> devices) {
        String some =
                devices.filter(device -> !device.equals(DeviceReport.NONE))
                        .distinct()
                        .collect(Collectors.joining(", "));
        return some.isEmpty() ? DeviceReport.NONE : some;
    }

    private GpuFacts lookForGpu() throws InterruptedException {
        Optional<Integer> index =
                models.stream()
                        .flatMap(model -> DeviceWish.parse(model.device()).stream())
                        .filter(DeviceWish::insistsOnGpu)
                        .map(DeviceWish::index)
                        .max(Comparator.naturalOrder());
        return GpuFacts.find(GpuFacts.Look.here(index, DoctorProof.AT_MOST));
    }

    /// @param onGpu whether any GPU is proved
    private static Finding engine(DoctorProof proof, boolean onGpu) {
        DeviceReport report = proof.report();
        String share = report.detail("percent").map(" (%s %% of its nodes)"::formatted).orElse("");
        boolean spelledSo = proof.device().equals(proof.requested());
        String fact =
                "%s %s, device requested %s%s, active %s%s, proved %s"
                        .formatted(
                                report.runtime(),
                                report.version(),
                                proof.requested(),
                                spelledSo ? "" : ", here " + proof.device(),
                                report.active(),
                                share,
                                report.proved());
        if (report.isProved()) {
            return Finding.ok("engine", fact);
        }
        String problem = fact + report.problem().map("; "::concat).orElse("");
        boolean oneLess = proof.isOneOfAll() && onGpu;
        if (!proof.device().startsWith("cuda") || (proof.requiresGpu() && !oneLess)) {
            return Finding.fail(
                    "engine",
                    problem,
                    "see docs/configuration.md, models[].device and models[].source");
        }
        return Finding.fail(
                "engine",
                problem
                        + (oneLess
                                ? "; kiln serve would leave this GPU out and say so"
                                : "; kiln serve would fall back to the CPU and say so"),
                "see the gpu findings below; device: cpu does without, require-gpu: true refuses to start where no GPU is proved");
    }

    private List<Finding> gpus(GpuFacts facts) {
        List<Finding> found = new ArrayList<>();
        boolean wanted = models.stream().anyMatch(model -> model.device().startsWith("cuda"));
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
}
