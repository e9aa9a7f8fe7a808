package dev.kiln.server.metrics;

import dev.kiln.bittensor.wire.CallerClocks;
import dev.kiln.core.LaneFacts;
import dev.kiln.core.Reply;
import dev.kiln.core.Sites;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.Usage;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.rotation.Proof;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Counters and timers, shown in Prometheus' text format.
///
/// Labels are bounded: routes are configured, statuses and reasons enumerated, models configured, callers proved to be
/// on the roster and at most [#MOST_CALLERS], everybody else is `other`.
///
/// **Threads:** any; recording blocks only where something is counted for the first time.
public final class Meters {
    /// Callers with a label of their own.
    static final int MOST_CALLERS = 256;

    private static final String MODEL = "model";

    private record Worked(Slot slot, String device) {}

    private final RecordedClock clock = new RecordedClock();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
    private final CallMeters calls = new CallMeters(registry, clock);
    private final List<Slot> devices = new CopyOnWriteArrayList<>();
    private final MultiGauge modelDevices =
            MultiGauge.builder("kiln.model.device")
                    .description(
                            "1 for the device asked for, the one that computes and the one proved")
                    .register(registry);
    private final MultiGauge clocks =
            MultiGauge.builder("kiln.caller.age.seconds")
                    .description(
                            "Median age of a proved caller's last 32 requests; negative where its clock is ahead")
                    .register(registry);
    private final List<Supplier<Map<String, CallerClocks.Ages>>> ages =
            new CopyOnWriteArrayList<>();
    private final Map<Worked, Boolean> worked = new ConcurrentHashMap<>();
    private final Map<String, Boolean> timed = new ConcurrentHashMap<>();
    private final List<Usage> usages = new CopyOnWriteArrayList<>();

    /// Counts and times calls.
    public CallObserver calls() {
        return calls;
    }

    /// Shows what the lanes of a name count, those that left included.
    public void watch(Slot slot) {
        laneCounter("kiln.lane.batches", slot, LaneFacts::batches);
        laneCounter("kiln.lane.items", slot, LaneFacts::items);
        laneCounter("kiln.lane.cost", slot, LaneFacts::cost);
        laneCounter("kiln.lane.padded.cost", slot, LaneFacts::paddedCost);
        laneCounter("kiln.lane.dropped", slot, LaneFacts::dropped);
        laneCounter("kiln.lane.faults", slot, LaneFacts::faults);
        laneCounter("kiln.lane.compute.seconds", slot, f -> f.engine().micros() / 1e6);
        laneCounter("kiln.engine.dead.seconds", slot, f -> f.engine().deadMicros() / 1e6);
        laneCounter("kiln.engine.left.seconds", slot, f -> f.engine().leftMicros() / 1e6);
        laneCounter("kiln.engine.stopped", slot, f -> f.engine().stopped());
        gauge("kiln.lane.queued.items", slot, s -> s.facts().queuedItems());
        gauge("kiln.lane.queued.cost", slot, s -> s.facts().queuedCost());
        gauge("kiln.model.serving", slot, s -> s.lane().isPresent() ? 1 : 0);
    }

    /// Shows how often a name's model was rebuilt, and how many of its runs hung.
    public void watch(Slot slot, LongSupplier recoveries, LongSupplier hangs) {
        counter("kiln.model.recoveries", slot, _ -> recoveries.getAsLong());
        counter("kiln.model.hangs", slot, _ -> hangs.getAsLong());
    }

    /// Shows nothing of a name any more.
    public void forget(Slot slot) {
        devices.remove(slot);
        worked.keySet().removeIf(one -> one.slot() == slot);
        for (Meter meter : registry.getMeters()) {
            if (slot.name().equals(meter.getId().getTag(MODEL))) {
                registry.remove(meter);
            }
        }
    }

    /// Shows where a name's model computes, what was asked for, and what its golden samples show while it serves.
    public void watch(Slot slot, Supplier<Proof> proof, Time time) {
        devices.add(slot);
        gauge("kiln.model.fallback", slot, s -> s.sites().fellBack() ? 1 : 0);
        gauge("kiln.model.device.nodes.percent", slot, s -> s.model().device().percent());
        counter("kiln.proofs", slot, _ -> proof.get().passed());
        counter("kiln.proofs.failed", slot, _ -> proof.get().failed());
        gauge("kiln.proof.seconds", slot, _ -> proof.get().took().toNanos() / 1e9);
        gauge("kiln.proof.age.seconds", slot, _ -> age(proof.get(), time));
    }

    private static double age(Proof proof, Time time) {
        return proof.passed() == 0 ? Double.NaN : (time.tick() - proof.atTick()) / 1e9;
    }

    /// The three facts are labels, so that a change of one is a series that ends and another that begins.
    private void showDevices() {
        modelDevices.register(
                devices.stream()
                        .flatMap(
                                slot -> slot.sites().all().stream().map(site -> device(slot, site)))
                        .distinct()
                        .<MultiGauge.Row<?>>map(tags -> MultiGauge.Row.of(tags, 1))
                        .toList(),
                true);
        devices.forEach(this::showDevices);
    }

    /// What each device has done for a name.
    private void showDevices(Slot slot) {
        for (String device : slot.factsByDevice().keySet()) {
            if (worked.put(new Worked(slot, device), true) == null) {
                deviceCounter("kiln.device.items", slot, device, LaneFacts::items);
                deviceCounter(
                        "kiln.device.compute.seconds",
                        slot,
                        device,
                        f -> f.engine().micros() / 1e6);
            }
        }
    }

    private void deviceCounter(
            String name, Slot slot, String device, ToDoubleFunction<LaneFacts> value) {
        FunctionCounter.builder(
                        name,
                        slot,
                        s ->
                                value.applyAsDouble(
                                        s.factsByDevice().getOrDefault(device, LaneFacts.NONE)))
                .tag(MODEL, slot.name())
                .tag("device", device)
                .register(registry);
    }

    private static Tags device(Slot slot, Sites.Site site) {
        ModelInfo.Device device = site.lane().info().device();
        boolean serving = site instanceof Sites.Site.Serving;
        return Tags.of(
                "model",
                slot.name(),
                "requested",
                device.requested(),
                "active",
                serving ? device.active() : "none",
                "proved",
                serving ? device.proved() : "none");
    }

    private void counter(String name, Slot slot, ToDoubleFunction<Slot> value) {
        FunctionCounter.builder(name, slot, value).tag(MODEL, slot.name()).register(registry);
    }

    private void gauge(String name, Slot slot, ToDoubleFunction<Slot> value) {
        Gauge.builder(name, slot, value).tag(MODEL, slot.name()).register(registry);
    }

    /// Shows a number that is read when somebody looks.
    ///
    /// @param name dotted, without the unit's spelling
    public void gauge(String name, String help, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble)
                .description(help)
                .strongReference(true)
                .register(registry);
    }

    /// Shows everybody's part of the engines' time, as far as callers have a label of their own.
    public void watch(Usage usage) {
        usages.add(usage);
    }

    private void register(Usage usage) {
        for (String name : usage.parts().keySet()) {
            boolean labelled = timed.size() < MOST_CALLERS && timed.put(name, true) == null;
            if (labelled) {
                engineSeconds("given", name, usage, Usage.Part::given);
                engineSeconds("entitled", name, usage, Usage.Part::entitled);
            }
        }
    }

    private void engineSeconds(
            String kind, String caller, Usage usage, ToDoubleFunction<Usage.Part> value) {
        FunctionCounter.builder(
                        "kiln.caller.engine.seconds",
                        usage,
                        all -> value.applyAsDouble(all.part(caller)))
                .description("Engine time given to a caller, and what the policy gave it")
                .tag("caller", caller)
                .tag("kind", kind)
                .register(registry);
    }

    /// Shows how far callers' clocks are off.
    public void watchClocks(Supplier<Map<String, CallerClocks.Ages>> look) {
        ages.add(look);
    }

    private void showClocks() {
        Stream<MultiGauge.Row<?>> rows =
                ages.stream()
                        .flatMap(look -> look.get().entrySet().stream())
                        .filter(caller -> caller.getValue().proved().isPresent())
                        .limit(MOST_CALLERS)
                        .map(caller -> clock(caller.getKey(), caller.getValue()));
        clocks.register(rows.toList(), true);
    }

    private static MultiGauge.Row<?> clock(String caller, CallerClocks.Ages ages) {
        return MultiGauge.Row.of(
                Tags.of("caller", caller), ages.proved().orElseThrow().toNanos() / 1e9);
    }

    /// The page that Prometheus reads.
    public Reply page() {
        clock.look();
        usages.forEach(this::register);
        showDevices();
        showClocks();
        return new Reply(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                registry.scrape().getBytes(StandardCharsets.UTF_8));
    }

    private void laneCounter(String name, Slot slot, ToDoubleFunction<LaneFacts> value) {
        counter(name, slot, s -> value.applyAsDouble(s.facts()));
    }
}
