package dev.kiln.server;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.ApiKeys;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Admission;
import dev.kiln.core.Answered;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.CallPath;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Refused;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Served;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.config.ConfigFile;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.http.ErrorReplies;
import dev.kiln.server.http.EventLoop;
import dev.kiln.server.http.HttpFront;
import dev.kiln.server.http.HttpSettings;
import dev.kiln.server.rotation.Proof;
import dev.kiln.server.task.ToyModel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The default routes over HTTP, before toy models of every purpose; callers have API keys.
final class TaskRig implements AutoCloseable {
    static final String KEY = "0123456789abcdef";
    static final String OTHER_KEY = "fedcba9876543210";

    private final EventLoop loop;
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<String, Slot> byName = new HashMap<>();
    private final int port;

    TaskRig(String... sets) throws Exception {
        Time time = Time.SYSTEM;
        var policy = new BatchPolicy(8, 1024, 1, Duration.ZERO);
        for (ModelInfo info : ToyModel.ALL) {
            Lane lane = Lane.start(new ToyModel(info), new LaneSettings(policy, 1, 100_000), time);
            lanes.add(lane);
            byName.put(info.name(), new Slot(info.name(), List.of(lane), time));
        }
        var routes =
                new Routes(
                        ConfigFile.defaults(List.of(sets)),
                        () -> ToyModel.ALL,
                        this::answers,
                        time);
        ReplayGuard replays = ReplayGuard.inMemory(true, window(), time);
        var endpoints = new LinkedHashMap<>(routes.endpoints());
        endpoints.putAll(
                routes.health(
                        new Readiness(
                                new Readiness.Parts(
                                        replays,
                                        Optional.empty(),
                                        byName::values,
                                        _ -> Proof.NONE,
                                        () -> false,
                                        Time.SYSTEM))));
        var calls =
                new CallPath(
                        gates(replays, time),
                        new Admission(64, 64),
                        new Served(routes.tasks(), byName),
                        new ErrorReplies(),
                        time);
        Duration patience = Duration.ofMinutes(1);
        this.loop = EventLoop.start(time);
        var waits = new HttpSettings.Waits(patience, patience, patience);
        var settings =
                new HttpSettings(
                        "127.0.0.1",
                        0,
                        16 << 10,
                        waits,
                        1 << 26,
                        1 << 26,
                        64,
                        new HttpSettings.Refusals(2000, 500, 500));
        this.port = new HttpFront(settings, endpoints, calls, new Nobody(), loop).start();
    }

    int port() {
        return port;
    }

    private static ReplayGuard.Limits window() {
        return ReplayGuard.Limits.of(Duration.ofSeconds(30), Duration.ofSeconds(2));
    }

    private static Gates gates(ReplayGuard replays, Time time) throws Exception {
        var roster = new Roster(Map.of(), Instant.EPOCH);
        return new Gates(
                Gates.Settings.DEFAULTS,
                new Gates.Parts(
                        KeyPair.fromUri("//Bob", Scheme.SR25519),
                        () -> roster,
                        ApiKeys.of(List.of("friend: " + KEY, "other: " + OTHER_KEY)),
                        replays),
                time);
    }

    private static final class Nobody implements CallObserver {
        @Override
        public void answered(Route route, Answered answered, String source, long tookNanos) {}

        @Override
        public void refused(String route, Refused refused, String source) {}
    }

    private boolean answers(String name) {
        return slot(name).lane().isPresent();
    }

    /// The model of this name as one that failed and is being rebuilt.
    void takeDown(String name) {
        Lane lane = slot(name).lane().orElseThrow();
        slot(name).takeOut(lane, "it failed", Duration.ofHours(1));
    }

    private Slot slot(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
        loop.close();
    }
}
