package dev.kiln.loadtest.load;

import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at the server's metrics once a second, where it has any.
///
/// **Threads:** a thread of its own looks; the rest is for any.
final class MetricsWatch implements AutoCloseable {
    private static final List<String> STAGES = List.of("encode", "sign");

    private final Transport observer;
    private final Supplier<Outside> outside;
    private final ScheduledExecutorService clock;
    private final List<LoadRun.Sample> samples = new ArrayList<>(); // guarded by this
    private Optional<Look> last; // guarded by this
    private final Optional<Look> first;
    private final Optional<ScheduledFuture<?>> ticking;

    /// What is known of the process from outside, where it is ours.
    ///
    /// @param cpuNanos used up to now, below 0 where it is not known
    /// @param residentBytes below 0 where it is not known
    record Outside(long cpuNanos, long residentBytes) {
        static final Outside UNKNOWN = new Outside(-1, -1);
    }

    private record Look(Metrics metrics, Outside outside, long tick) {}

    MetricsWatch(Transport observer, Supplier<Outside> outside) {
        this.observer = observer;
        this.outside = outside;
        this.first = look();
        this.last = first;
        this.clock =
                Executors.newSingleThreadScheduledExecutor(
                        task -> Thread.ofPlatform().name("metrics").daemon().unstarted(task));
        this.ticking =
                first.isPresent()
                        ? Optional.of(
                                clock.scheduleAtFixedRate(this::sample, 1, 1, TimeUnit.SECONDS))
                        : Optional.empty();
    }

    private Optional<Look> look() {
        try {
            Received page =
                    observer.get("/metrics")
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(900, TimeUnit.MILLISECONDS);
            Metrics metrics =
                    page.status() == 200
                            ? Metrics.parse(new String(page.body(), StandardCharsets.UTF_8))
                            : Metrics.parse("");
            boolean known = !metrics.isEmpty() || outside.get().cpuNanos() >= 0;
            return known
                    ? Optional.of(new Look(metrics, outside.get(), System.nanoTime()))
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private void sample() {
        Optional<Look> now = look();
        synchronized (this) {
            samples.add(
                    now.isPresent() && last.isPresent()
                            ? between(last.get(), now.get())
                            : new LoadRun.Sample(null, null, null, null, null, null, null, null));
            last = now.isPresent() ? now : last;
        }
    }

    private static LoadRun.Sample between(Look before, Look after) {
        Metrics was = before.metrics();
        Metrics is = after.metrics();
        double seconds = (after.tick() - before.tick()) / 1e9;
        double batches = is.sumSince(was, "kiln_lane_batches_total");
        double waited = is.stageMicros("queue", was);
        return new LoadRun.Sample(
                batches > 0 ? rounded(is.sumSince(was, "kiln_lane_items_total") / batches) : null,
                is.has("kiln_stage_seconds_count{stage=\"queue\"}") ? rounded(waited / 1e3) : null,
                rounded(is.sum("kiln_lane_queued_items")),
                cpu(before, after, seconds),
                memory(after),
                gc(was, is),
                megabytes(is.sum("kiln_memory_heap_bytes")),
                megabytes(is.sum("kiln_memory_native_bytes")));
    }

    private static @Nullable Double megabytes(OptionalDouble bytes) {
        return bytes.isPresent() ? rounded(bytes.getAsDouble() / 1e6) : null;
    }

    private static @Nullable Double cpu(Look before, Look after, double seconds) {
        if (after.outside().cpuNanos() >= 0 && before.outside().cpuNanos() >= 0) {
            return rounded(
                    (after.outside().cpuNanos() - before.outside().cpuNanos()) / 1e9 / seconds);
        }
        return after.metrics().has("process_cpu_seconds_total")
                ? rounded(
                        after.metrics().since(before.metrics(), "process_cpu_seconds_total")
                                / seconds)
                : null;
    }

    private static @Nullable Double memory(Look look) {
        if (look.outside().residentBytes() >= 0) {
            return rounded(look.outside().residentBytes() / 1e6);
        }
        OptionalDouble bytes = look.metrics().sum("process_resident_memory_bytes");
        if (bytes.isEmpty()) {
            bytes = look.metrics().sum("jvm_memory_used_bytes");
        }
        return bytes.isPresent() ? rounded(bytes.getAsDouble() / 1e6) : null;
    }

    private static @Nullable Double gc(Metrics was, Metrics is) {
        return is.sum("jvm_gc_pause_seconds_sum").isPresent()
                ? rounded(is.sumSince(was, "jvm_gc_pause_seconds_sum") * 1e3)
                : null;
    }

    private static @Nullable Double rounded(OptionalDouble value) {
        return value.isPresent() ? rounded(value.getAsDouble()) : null;
    }

    private static Double rounded(double value) {
        return Figures.round(value, 3);
    }

    /// Seconds as they went by since the watch began.
    synchronized List<LoadRun.Sample> samples() {
        return List.copyOf(samples);
    }

    /// Mean milliseconds of the stages that receipts do not tell, over the whole watch, by stage.
    List<LoadRun.Stage> stages(double meanLatencyMillis) {
        Optional<Look> now = look();
        List<LoadRun.Stage> stages = new ArrayList<>();
        if (first.isPresent() && now.isPresent()) {
            for (String stage : STAGES) {
                double millis = now.get().metrics().stageMicros(stage, first.get().metrics()) / 1e3;
                if (millis > 0) {
                    stages.add(
                            new LoadRun.Stage(
                                    stage,
                                    Figures.round(millis, 4),
                                    Figures.round(millis / meanLatencyMillis, 4),
                                    "metrics"));
                }
            }
        }
        return stages;
    }

    @Override
    public void close() {
        ticking.ifPresent(each -> each.cancel(true));
        clock.shutdownNow();
    }
}
