package dev.kiln.server.metrics;

import dev.kiln.core.Answered;
import dev.kiln.core.Caller;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Route;
import dev.kiln.core.Stages;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.http.StatusOf;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Counts calls by what came of them, and times those that were answered, each stage by itself.
///
/// **Threads:** any; recording blocks only where something is counted for the first time.
final class CallMeters implements CallObserver {
    private static final String OK = "OK";

    private static final Duration[] BUCKETS =
            List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000).stream()
                    .map(Duration::ofMillis)
                    .toArray(Duration[]::new);

    /// What is counted and timed of one route.
    private record Answers(Tally outcomes, Timer took) {}

    private final MeterRegistry registry;
    private final RecordedClock clock;
    private final Map<String, Answers> routes = new ConcurrentHashMap<>();
    private final Map<String, Tally> callers = new ConcurrentHashMap<>();
    private final Tally otherCallers;
    private final Timer verify;
    private final Timer prepare;
    private final Timer queue;
    private final Timer batchWait;
    private final Timer compute;
    private final Timer encode;
    private final Timer sign;

    /// @param clock of the registry, told the time with each call
    CallMeters(MeterRegistry registry, RecordedClock clock) {
        this.registry = registry;
        this.clock = clock;
        this.otherCallers = new Tally((_, reason) -> asker("other", reason));
        this.verify = stage("verify");
        this.prepare = stage("prepare");
        this.queue = stage("queue");
        this.batchWait = stage("batch_wait");
        this.compute = stage("compute");
        this.encode = stage("encode");
        this.sign = stage("sign");
    }

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

    private Answers answers(String route) {
        Answers known = routes.get(route);
        return known != null ? known : routes.computeIfAbsent(route, this::route);
    }

    private Tally tally(Caller caller) {
        String name = caller.name();
        Tally known = callers.get(name);
        if (known != null || callers.size() >= Meters.MOST_CALLERS) {
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
}
