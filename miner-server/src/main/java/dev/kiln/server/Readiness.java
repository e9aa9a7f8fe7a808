package dev.kiln.server;

import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Reply;
import dev.kiln.core.Slot;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.config.WatchedRoster;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Whether honest calls would be served now, and if not, why.
///
/// **Threads:** any.
final class Readiness {
    /// Why the server is not ready, or that it is.
    enum State {
        READY,
        FENCE,
        ROSTER_STALE,
        /// No model answers: all of them are being rebuilt.
        MODEL_DOWN,
        /// Some models answer, others are being rebuilt.
        DEGRADED,
        DRAINING
    }

    private final ReplayGuard replays;
    private final Optional<WatchedRoster> roster;
    private final Supplier<Collection<Slot>> slots;

    /// Set once, by the draining thread.
    private volatile boolean draining;

    /// @param slots those of this moment
    Readiness(
            ReplayGuard replays, Optional<WatchedRoster> roster, Supplier<Collection<Slot>> slots) {
        this.replays = replays;
        this.roster = roster;
        this.slots = slots;
    }

    void drain() {
        draining = true;
    }

    State state() {
        if (draining) {
            return State.DRAINING;
        }
        if (!replays.fenceLeft().isZero()) {
            return State.FENCE;
        }
        if (roster.isPresent() && roster.get().stale()) {
            return State.ROSTER_STALE;
        }
        Collection<Slot> now = slots.get();
        long up = now.stream().filter(slot -> slot.lane().isPresent()).count();
        if (up == 0) {
            return State.MODEL_DOWN;
        }
        return up < now.size() ? State.DEGRADED : State.READY;
    }

    /// Whether honest calls would be served, of some models at least.
    boolean ready() {
        return switch (state()) {
            case READY, DEGRADED -> true;
            case FENCE, ROSTER_STALE, MODEL_DOWN, DRAINING -> false;
        };
    }

    /// `/livez`: the process answers.
    static Reply live() {
        return json(200, "{\"live\":true}");
    }

    /// `/readyz`: 200 or 503, and why.
    Reply page() {
        return page(ready());
    }

    /// The Open Inference Protocol's word of it: 200 only while every model answers.
    Reply wholePage() {
        return page(state() == State.READY);
    }

    private Reply page(boolean ready) {
        State state = state();
        String models = slots.get().stream().map(Readiness::model).collect(Collectors.joining(","));
        String body =
                "{\"ready\":%s,\"state\":\"%s\",\"fence_ms\":%d,\"models\":[%s]}"
                        .formatted(
                                ready,
                                state.name().toLowerCase(Locale.ROOT),
                                replays.fenceLeft().toMillis(),
                                models);
        return json(ready ? 200 : 503, body);
    }

    private static String model(Slot slot) {
        ModelInfo model = slot.model();
        String state = slot.lane().isPresent() ? "serving" : "down";
        return "{\"name\":\"%s\",\"sha256\":\"%s\",\"state\":\"%s\"}"
                .formatted(model.name(), model.sha256(), state);
    }

    private static Reply json(int status, String body) {
        return new Reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }
}
