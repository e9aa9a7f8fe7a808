package dev.kiln.loadtest.drill;

import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Every fault on a miner of its own, one after the other.
public final class Drill {
    /// What cannot be done honestly from outside on any machine, and why.
    private static final Map<String, String> LEFT_OUT =
            Map.of(
                    "full-disk",
                    "needs a file system of its own, which only root may mount; InstallerTest and the tests of the history fill theirs",
                    "dead-thread",
                    "nothing from outside can end one thread of a process; a lane that fails and one that hangs stand for it");

    private final List<Fault> faults;
    private final Consumer<String> progress;

    /// One fault's outcome.
    ///
    /// @param verdict `kept`, `BROKEN` or `not available`
    public record Row(
            String name, String deed, String promise, String verdict, String seen, double seconds) {
        private static final String NOT_AVAILABLE = "not available";

        /// Whether this machine could do it.
        public boolean tried() {
            return !verdict.equals(NOT_AVAILABLE);
        }
    }

    /// @param only names of faults, empty for all
    /// @param progress told what is being done
    public Drill(List<String> only, Consumer<String> progress) throws IOException {
        this.faults =
                all().stream()
                        .filter(fault -> only.isEmpty() || only.contains(fault.name()))
                        .toList();
        this.progress = progress;
    }

    static List<Fault> all() throws IOException {
        return List.of(
                new LaneFault(),
                new DiskFault(),
                new ClockFault(),
                new HeapFault(),
                new RosterFault(),
                new HangFault());
    }

    /// Names of all faults.
    public static List<String> names() {
        return List.of("lane", "disk", "clock", "heap", "roster", "hang");
    }

    /// Faults that no drill here tries, each with its reason.
    public static Map<String, String> leftOut() {
        return new LinkedHashMap<>(LEFT_OUT);
    }

    /// Does them all.
    public List<Row> run() throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (Fault fault : faults) {
            progress.accept("%s: %s".formatted(fault.name(), fault.deed()));
            long start = System.nanoTime();
            String missing = fault.unavailable();
            Fault.Seen seen = missing.isEmpty() ? bounded(fault) : new Fault.Seen(true, missing);
            rows.add(
                    new Row(
                            fault.name(),
                            fault.deed(),
                            fault.promise(),
                            !missing.isEmpty()
                                    ? Row.NOT_AVAILABLE
                                    : seen.kept() ? "kept" : "BROKEN",
                            seen.words(),
                            (System.nanoTime() - start) / 1e9));
        }
        return rows;
    }

    /// On a thread that is given up when the time is over; the miner is killed then, too.
    private static Fault.Seen bounded(Fault fault) throws InterruptedException {
        var seen = new AtomicReference<>(new Fault.Seen(false, ""));
        Thread striker = Thread.ofPlatform().name("drill").start(() -> seen.set(struck(fault)));
        if (!striker.join(fault.longest().plusSeconds(60))) {
            striker.interrupt();
            striker.join();
            return new Fault.Seen(
                    false,
                    "it was not over after %d s".formatted(fault.longest().toSeconds() + 60));
        }
        return seen.get();
    }

    private static Fault.Seen struck(Fault fault) {
        try (Ground ground = Ground.open(fault.prefix())) {
            if (ground.honest(1) != 1) {
                return new Fault.Seen(false, "the miner did not answer before anything was done");
            }
            long start = System.nanoTime();
            Fault.Seen seen = fault.strike(ground);
            boolean inTime = System.nanoTime() - start <= fault.longest().toNanos();
            return inTime
                    ? seen
                    : new Fault.Seen(
                            false,
                            "%s; and it took longer than %d s"
                                    .formatted(seen.words(), fault.longest().toSeconds()));
        } catch (IOException | MinerException e) {
            return new Fault.Seen(false, Optional.ofNullable(e.getMessage()).orElse(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Fault.Seen(false, "interrupted");
        }
    }
}
