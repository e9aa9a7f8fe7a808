package dev.kiln.server;

import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Reply;
import dev.kiln.core.Sites;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.server.config.WatchedRoster;
import dev.kiln.server.rotation.Proof;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
        /// The store that several boxes share cannot be asked.
        STORE_AWAY,
        /// No model answers: all of them are being rebuilt.
        MODEL_DOWN,
        /// Some models answer while others are being rebuilt, or one computes elsewhere or on less than was promised.
        DEGRADED,
        DRAINING
    }

    /// What it looks at.
    ///
    /// @param slots those of this moment
    /// @param proofs what golden samples have shown of a name's models
    /// @param storeAway whether a store that several boxes share cannot be asked
    record Parts(
            ReplayGuard replays,
            Optional<WatchedRoster> roster,
            Supplier<Collection<Slot>> slots,
            Function<String, Proof> proofs,
            BooleanSupplier storeAway,
            Time time) {}

    private final ReplayGuard replays;
    private final Optional<WatchedRoster> roster;
    private final Supplier<Collection<Slot>> slots;
    private final Parts parts;

    /// Set once, by the draining thread.
    private volatile boolean draining;

    Readiness(Parts parts) {
        this.replays = parts.replays();
        this.roster = parts.roster();
        this.slots = parts.slots();
        this.parts = parts;
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
        if (parts.storeAway().getAsBoolean()) {
            return State.STORE_AWAY;
        }
        Collection<Slot> now = slots.get();
        long up = now.stream().filter(slot -> slot.lane().isPresent()).count();
        if (up == 0) {
            return State.MODEL_DOWN;
        }
        boolean degraded = now.stream().anyMatch(slot -> slot.sites().degraded());
        return degraded ? State.DEGRADED : State.READY;
    }

    /// Whether honest calls would be served, of some models at least.
    boolean ready() {
        return switch (state()) {
            case READY, DEGRADED -> true;
            case FENCE, ROSTER_STALE, STORE_AWAY, MODEL_DOWN, DRAINING -> false;
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
        return page(ready() && slots.get().stream().allMatch(slot -> slot.lane().isPresent()));
    }

    private Reply page(boolean ready) {
        State state = state();
        String models = slots.get().stream().map(this::model).collect(Collectors.joining(","));
        String body =
                "{\"ready\":%s,\"state\":\"%s\",\"fence_ms\":%d,\"models\":[%s]}"
                        .formatted(
                                ready,
                                state.name().toLowerCase(Locale.ROOT),
                                replays.fenceLeft().toMillis(),
                                models);
        return json(ready ? 200 : 503, body);
    }

    private String model(Slot slot) {
        ModelInfo model = slot.model();
        boolean serving = slot.lane().isPresent();
        return "{\"name\":\"%s\",\"sha256\":\"%s\",\"state\":\"%s\",\"device\":%s,\"proof\":%s%s}"
                .formatted(
                        model.name(),
                        model.sha256(),
                        serving ? "serving" : "down",
                        device(model.device(), serving),
                        proof(parts.proofs().apply(slot.name())),
                        devices(slot.sites()));
    }

    /// Each of several devices by itself; nothing where there is one.
    private static String devices(Sites sites) {
        return sites.all().size() == 1
                ? ""
                : sites.all().stream()
                        .map(Readiness::device)
                        .collect(Collectors.joining(",", ",\"devices\":[", "]"));
    }

    private static String device(Sites.Site site) {
        ModelInfo.Device device = site.lane().info().device();
        return switch (site) {
            case Sites.Site.Serving _ -> device(device, true);
            case Sites.Site.Down _ -> device(device, false);
        };
    }

    /// Why it fell back stays in the log: a stranger may read this.
    private static String device(ModelInfo.Device device, boolean serving) {
        return "{\"requested\":\"%s\",\"active\":\"%s\",\"proved\":\"%s\",\"percent\":%s,\"fell_back\":%s}"
                .formatted(
                        device.requested(),
                        serving ? device.active() : "none",
                        serving ? device.proved() : "none",
                        serving && device.percent() >= 0 ? device.percent() : "null",
                        device.fellBack());
    }

    private String proof(Proof proof) {
        if (proof.passed() == 0) {
            return "{\"passed\":0,\"failed\":%d}".formatted(proof.failed());
        }
        return "{\"passed\":%d,\"failed\":%d,\"age_ms\":%d,\"took_us\":%d}"
                .formatted(
                        proof.passed(),
                        proof.failed(),
                        (parts.time().tick() - proof.atTick()) / 1_000_000,
                        proof.took().toNanos() / 1000);
    }

    private static Reply json(int status, String body) {
        return new Reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }
}
