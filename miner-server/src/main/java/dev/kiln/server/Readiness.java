package dev.kiln.server;

import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Lane;
import dev.kiln.core.Reply;
import dev.kiln.server.config.WatchedRoster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
        DRAINING
    }

    private final ReplayGuard replays;
    private final Optional<WatchedRoster> roster;
    private final List<Lane> lanes;

    /// Set once, by the draining thread.
    private volatile boolean draining;

    Readiness(ReplayGuard replays, Optional<WatchedRoster> roster, List<Lane> lanes) {
        this.replays = replays;
        this.roster = roster;
        this.lanes = List.copyOf(lanes);
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
        return roster.isPresent() && roster.get().stale() ? State.ROSTER_STALE : State.READY;
    }

    /// `/livez`: the process answers.
    static Reply live() {
        return json(200, "{\"live\":true}");
    }

    /// `/readyz`: 200 or 503, and why.
    Reply page() {
        State state = state();
        String models =
                lanes.stream()
                        .map(lane ->
                                "{\"name\":\"%s\",\"sha256\":\"%s\"}"
                                        .formatted(
                                                lane.adapter().info().name(),
                                                lane.adapter().info().sha256()))
                        .collect(Collectors.joining(","));
        String body =
                "{\"ready\":%s,\"state\":\"%s\",\"fence_ms\":%d,\"models\":[%s]}"
                        .formatted(
                                state == State.READY,
                                state.name().toLowerCase(Locale.ROOT),
                                replays.fenceLeft().toMillis(),
                                models);
        return json(state == State.READY ? 200 : 503, body);
    }

    private static Reply json(int status, String body) {
        return new Reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }
}
