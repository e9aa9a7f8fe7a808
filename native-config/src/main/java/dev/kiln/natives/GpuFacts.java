package dev.kiln.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What of a GPU and of NVIDIA's libraries there is, and what stands in the way of using them.
///
/// @param gpus one line each: name, memory, compute capability
/// @param libraries one line each that was loaded: its file, and its version where it tells one
/// @param troubles what to do something about, the gravest first
public record GpuFacts(List<String> gpus, List<String> libraries, List<Trouble> troubles) {
    /// Something that stands in the way, and the way around it.
    public record Trouble(String fact, String remedy) {}

    /// Where to look.
    ///
    /// @param dev the folder of device files
    /// @param index of the GPU that is wanted; empty where none is
    /// @param libraryPath `LD_LIBRARY_PATH`, or empty
    /// @param atMost longest wait for the child that loads libraries
    public record Look(Path dev, Optional<Integer> index, String libraryPath, Duration atMost) {
        /// This machine as it is.
        public static Look here(Optional<Integer> index, Duration atMost) {
            String path = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
            return new Look(Path.of("/dev"), index, path, atMost);
        }
    }

    public GpuFacts {
        gpus = List.copyOf(gpus);
        libraries = List.copyOf(libraries);
        troubles = List.copyOf(troubles);
    }

    /// Looks around; libraries are loaded in a child process.
    ///
    /// @throws InterruptedException if this thread is interrupted while it waits
    public static GpuFacts find(Look look) throws InterruptedException {
        List<String> command = new ArrayList<>(Child.java(GpuMain.class.getName(), List.of()));
        command.add(Needed.DRIVER);
        Needed.LIBRARIES.forEach(library -> command.add(library.name()));
        try {
            return judge(look, Child.run(command, look.atMost()));
        } catch (IOException e) {
            var trouble =
                    new Trouble(
                            "no child process could be started: " + e, "free memory or processes");
            return new GpuFacts(List.of(), List.of(), List.of(trouble));
        }
    }

    /// What the child's words mean.
    static GpuFacts judge(Look look, Child child) {
        var facts = ProbeFacts.parse(child.out());
        List<Trouble> troubles = new ArrayList<>();
        List<Path> nodes = GpuNodes.under(look.dev());
        nodes.stream().flatMap(node -> locked(node).stream()).forEach(troubles::add);
        crash(facts, child).ifPresent(troubles::add);
        if (!nodes.isEmpty() || look.index().isPresent()) {
            driver(facts, nodes, troubles);
            Needed.LIBRARIES.forEach(
                    library -> library.trouble(facts, look.libraryPath()).ifPresent(troubles::add));
        }
        List<String> gpus = gpus(facts, troubles);
        look.index().flatMap(index -> missing(index, gpus.size())).ifPresent(troubles::add);
        return new GpuFacts(gpus, libraries(facts), troubles);
    }

    private static Optional<Trouble> locked(Path node) {
        return Files.isReadable(node) && Files.isWritable(node)
                ? Optional.empty()
                : Optional.of(
                        new Trouble(
                                node + " may not be used by this user",
                                "start the container with --gpus all, or: usermod -aG video USER, or: chmod 666 "
                                        + node));
    }

    private static Optional<Trouble> crash(ProbeFacts facts, Child child) {
        String last = facts.value("trying").orElse("the first library");
        if (child.exit().isEmpty()) {
            return Optional.of(
                    new Trouble(
                            "loading %s did not end".formatted(last),
                            "look at dmesg for the driver's messages; restart the machine"));
        }
        return child.crash()
                .map(how ->
                        new Trouble(
                                "loading %s %s".formatted(last, how),
                                "reinstall what holds it; see %s".formatted(Needed.source(last))));
    }

    private static void driver(ProbeFacts facts, List<Path> nodes, List<Trouble> troubles) {
        Optional<String> error = facts.value("error." + Needed.DRIVER);
        if (error.isPresent()) {
            troubles.add(
                    new Trouble(
                            "the driver's library is not here: " + error.get(),
                            nodes.isEmpty()
                                    ? "this machine shows no NVIDIA GPU: rent one that has, or serve with device: cpu"
                                    : "in a container: --gpus all and NVIDIA_DRIVER_CAPABILITIES=compute,utility; on a host: install NVIDIA's driver"));
            return;
        }
        facts.value("cuinit")
                .filter(code -> !code.equals("0"))
                .map(Needed::driverSaid)
                .ifPresent(troubles::add);
        int version = facts.value("version.driver").map(GpuFacts::number).orElse(0);
        if (version > 0 && version < Needed.CUDA_MAJOR * 1000) {
            troubles.add(
                    new Trouble(
                            "the driver is for CUDA %d.%d at most"
                                    .formatted(version / 1000, version % 1000 / 10),
                            "install driver 525.60.13 or newer, which CUDA 12 needs"));
        }
    }

    private static List<String> gpus(ProbeFacts facts, List<Trouble> troubles) {
        int count = facts.value("gpus").map(GpuFacts::number).orElse(0);
        List<String> gpus = new ArrayList<>();
        List<String> architectures = Needed.architectures();
        for (int i = 0; i < count; i++) {
            String of = "gpu.%d.".formatted(i);
            String name = facts.value(of + "name").orElse("unknown");
            String capability = facts.value(of + "capability").orElse("unknown");
            String memory =
                    facts.value(of + "mib").map(mib -> mib + " MiB").orElse("unknown memory");
            gpus.add(
                    "cuda:%d %s, %s, compute capability %s".formatted(i, name, memory, capability));
            if (!Needed.hasCode(capability, architectures)) {
                troubles.add(
                        new Trouble(
                                "cuda:%d is of compute capability %s, for which ONNX Runtime's CUDA provider carries no code; it has code for %s"
                                        .formatted(i, capability, architectures),
                                "choose another GPU with device: cuda:N, or serve with device: cpu"));
            }
        }
        return gpus;
    }

    private static Optional<Trouble> missing(int index, int count) {
        String there =
                String.join(", ", IntStream.range(0, count).mapToObj(i -> "cuda:" + i).toList());
        return index < count || count == 0
                ? Optional.empty()
                : Optional.of(
                        new Trouble(
                                "cuda:%d does not exist; there is %s".formatted(index, there),
                                "set models[].device to one of these; CUDA_VISIBLE_DEVICES hides the others"));
    }

    private static List<String> libraries(ProbeFacts facts) {
        return Stream.concat(Stream.of(Needed.DRIVER), Needed.LIBRARIES.stream().map(Needed::name))
                .flatMap(
                        name -> facts.value("path." + name).map(path -> name + " " + path).stream())
                .toList();
    }

    static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
