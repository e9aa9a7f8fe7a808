package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.kiln.adapter.engine.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a session itself says of where its nodes ran: the list of providers that a build knows tells nothing of that.
///
/// ONNX Runtime writes one line for each node of each run while profiling is on. It is on from the session's birth to
/// its golden samples, and costs nothing after that.
final class SessionProfile {
    private static final Pattern NODE =
            Pattern.compile("\"provider\" ?: ?\"([A-Za-z]+)ExecutionProvider\"");
    private static final Pattern OPERATION = Pattern.compile("\"op_name\" ?: ?\"(\\w+)\"");
    private static final AtomicLong NEXT = new AtomicLong();

    private SessionProfile() {}

    /// Turns profiling on, where a file can be written.
    ///
    /// @return whether it is on
    static boolean begin(SessionOptions options) throws OrtException {
        return begin(options, folders(System.getenv()));
    }

    /// Where a profile may lie: in Kiln's own folder, which an image with a read-only root mounts as a volume, else with
    /// other passing files.
    static List<Path> folders(Map<String, String> environment) {
        String home = environment.getOrDefault("KILN_HOME", "");
        return List.of(
                home.isBlank()
                        ? Path.of(System.getProperty("user.home", "."), ".kiln")
                        : Path.of(home),
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    /// The same in the first of some folders that exists and can be written.
    static boolean begin(SessionOptions options, List<Path> folders) throws OrtException {
        Optional<Path> folder = folders.stream().filter(SessionProfile::takesFiles).findFirst();
        if (folder.isEmpty()) {
            return false;
        }
        String name =
                "kiln-profile-%d-%d"
                        .formatted(ProcessHandle.current().pid(), NEXT.getAndIncrement());
        options.enableProfiling(folder.get().resolve(name).toString());
        return true;
    }

    /// A file is made and deleted: a file system that is full or of another user shows in nothing else.
    private static boolean takesFiles(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "kiln-profile-", ""));
            return true;
        } catch (IOException | SecurityException e) {
            return false;
        }
    }

    /// Ends profiling and counts.
    ///
    /// @param device that the session was opened for
    /// @return with [Placement#UNKNOWN] where nothing can be read, which [Placement#believed] judges
    static Placement end(OrtSession session, String device) {
        try {
            Path file = Path.of(session.endProfiling());
            try (Stream<String> lines = Files.lines(file)) {
                return placement(lines, device);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (OrtException | IOException | UncheckedIOException e) {
            return new Placement(device, Placement.UNKNOWN);
        }
    }

    /// A session for a GPU in which most nodes ran on the processor is one for the processor.
    static Placement placement(Stream<String> lines, String device) {
        Map<String, Integer> nodes = new HashMap<>();
        lines.forEach(line -> count(line, nodes));
        int all = nodes.values().stream().mapToInt(Integer::intValue).sum();
        if (all == 0) {
            return new Placement(device, Placement.UNKNOWN);
        }
        int onCpu = nodes.getOrDefault("CPU", 0);
        int elsewhere = all - onCpu;
        if (device.equals("cpu") || elsewhere < onCpu) {
            return new Placement("cpu", 100 * onCpu / all);
        }
        return new Placement(device, 100 * elsewhere / all);
    }

    /// Copies between devices compute nothing.
    private static void count(String line, Map<String, Integer> nodes) {
        Matcher operation = OPERATION.matcher(line);
        Matcher node = NODE.matcher(line);
        if (node.find() && operation.find() && !operation.group(1).startsWith("Memcpy")) {
            nodes.merge(node.group(1), 1, Integer::sum);
        }
    }
}
