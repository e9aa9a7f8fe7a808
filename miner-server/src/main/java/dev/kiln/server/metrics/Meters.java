package dev.kiln.server.metrics;

import dev.kiln.bittensor.wire.CallerClocks;
import dev.kiln.core.Answered;
import dev.kiln.core.Caller;
import dev.kiln.core.LaneFacts;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import dev.kiln.core.Sites;
import dev.kiln.core.Slot;
import dev.kiln.core.Stages;
import dev.kiln.core.Time;
import dev.kiln.core.Usage;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.http.StatusOf;
import dev.kiln.server.rotation.Proof;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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
/// **Threads:** any; recording never blocks.
public final class Meters implements CallObserver {
    /// Callers with a label of their own.
    static final int MOST_CALLERS = 256;

    private static final String OK = "OK";
    private static final String MODEL = "model";

    private static final Duration[] BUCKETS =
            List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000).stream()
                    .map(Duration::ofMillis)
                    .toArray(Duration[]::new);

    private record Worked(Slot slot, String device) {}

    /// What is counted and timed of one route.
    private record Answers(Tally outcomes, Timer took) {}

    private final RecordedClock clock = new RecordedClock();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
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
    private final Map<String, Answers> routes = new ConcurrentHashMap<>();
    private final Map<String, Tally> callers = new ConcurrentHashMap<>();
    private final Tally otherCallers = new Tally((_, reason) -> asker("other", reason));
    private final Map<String, Boolean> timed = new ConcurrentHashMap<>();
    private final List<Usage> usages = new CopyOnWriteArrayList<>();
    private final Timer verify = stage("verify");
    private final Timer prepare = stage("prepare");
    private final Timer queue = stage("queue");
    private final Timer batchWait = stage("batch_wait");
    private final Timer compute = stage("compute");
    private final Timer encode = stage("encode");
    private final Timer sign = stage("sign");

    @Override
    public void answered(Route route, Answered answered, String source, long tookNanos) {
        clock.look();
        Answers answers = answers(route.path());
        int status = answered.reply().status();
        String reason = answered.refusal().isPresent() ? answered.refusal().get().name() : OK;
        answers.outcomes.count(status, reason);
        if (answered.caller().isPresent()) {
            tally(answered.caller().get()).count(status, reason);
        }
        if (answered.refusal().isPresent()) {
            return;
        }
        answers.took.record(tookNanos, TimeUnit.NANOSECONDS);
        Stages stages = answered.asserted().stages();
        verify.record(stages.verify(), TimeUnit.MICROSECONDS);
        if (answered.signMicros() > 0) {
            sign.record(answered.signMicros(), TimeUnit.MICROSECONDS);
        }
        if (answered.asserted().batchSize() > 0) {
            prepare.record(stages.prepare(), TimeUnit.MICROSECONDS);
            queue.record(stages.queue(), TimeUnit.MICROSECONDS);
            batchWait.record(stages.batchWait(), TimeUnit.MICROSECONDS);
            compute.record(stages.compute(), TimeUnit.MICROSECONDS);
            encode.record(answered.encodeMicros(), TimeUnit.MICROSECONDS);
        }
    }

    @Override
    public void refused(String route, Refused refused, String source) {
        Refusal reason = refused.reason();
        answers(route).outcomes.count(StatusOf.refusal(reason), reason.name());
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

    private Answers answers(String route) {
        Answers known = routes.get(route);
        return known != null ? known : routes.computeIfAbsent(route, this::route);
    }

    private Tally tally(Caller caller) {
        String name = caller.name();
        Tally known = callers.get(name);
        if (known != null || callers.size() >= MOST_CALLERS) {
            return known != null ? known : otherCallers;
        }
        return callers.computeIfAbsent(name, own -> new Tally((_, reason) -> asker(own, reason)));
    }

    private Counter outcome(String route, int status, String reason) {
        return Counter.builder("kiln.requests")
                .description("Requests by route, status and reason")
                .tag("route", route)
                .tag("status", Integer.toString(status))
                .tag("reason", reason)
                .register(registry);
    }

    private Counter asker(String caller, String reason) {
        return Counter.builder("kiln.caller.requests")
                .description("Requests of proved callers by reason")
                .tag("caller", caller)
                .tag("reason", reason)
                .register(registry);
    }

    private Answers route(String path) {
        Timer took =
                Timer.builder("kiln.answer")
                        .description("Arrival of the head to the answer handed to the network")
                        .tag("route", path)
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry);
        return new Answers(new Tally((status, reason) -> outcome(path, status, reason)), took);
    }

    private Timer stage(String name) {
        return Timer.builder("kiln.stage")
                .description("Time of answered calls by stage")
                .tag("stage", name)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private void laneCounter(String name, Slot slot, ToDoubleFunction<LaneFacts> value) {
        counter(name, slot, s -> value.applyAsDouble(s.facts()));
    }
}
