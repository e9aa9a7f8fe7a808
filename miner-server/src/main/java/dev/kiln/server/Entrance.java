package dev.kiln.server;

import dev.kiln.bittensor.keys.Passwords;
import dev.kiln.bittensor.wire.CallerClocks;
import dev.kiln.bittensor.wire.Foretold;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.bittensor.wire.RotatingGates;
import dev.kiln.bittensor.wire.SharedNonces;
import dev.kiln.core.Time;
import dev.kiln.core.Verifier;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.Home;
import dev.kiln.server.config.WatchedHotkey;
import dev.kiln.server.metrics.Meters;
import dev.kiln.server.shared.RedisNonces;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Who may come in: the miner's own keys, the roster, the nonces that were used, and the gates that ask for all of them.
///
/// **Threads:** any; [#look] one at a time.
final class Entrance {
    private static final System.Logger LOG = System.getLogger(Entrance.class.getName());

    private final Config config;
    private final Foretold foretold;
    private final Time time;
    private final Who who;
    private final ReplayGuard replays;
    private final Optional<RedisNonces> shared;
    private final Gates gates;
    private final RotatingGates rotating;
    private final Optional<WatchedHotkey> hotkey;

    /// @param state the folder of what survives a restart
    /// @param foretold what comes behind the signatures
    /// @throws ConfigException if a file that is named cannot be read or says what cannot be
    Entrance(Config config, Home home, Path state, Foretold foretold, Time time)
            throws ConfigException {
        this.config = config;
        this.foretold = foretold;
        this.time = time;
        this.who = Who.read(config, home);
        this.replays = replays(state);
        this.shared = SharedStore.of(config.auth(), time);
        this.gates = gates();
        this.rotating = new RotatingGates(gates, replays, time);
        this.hotkey = watchedHotkey();
    }

    Who who() {
        return who;
    }

    ReplayGuard replays() {
        return replays;
    }

    /// The gates that are in force, whatever hotkey is.
    Verifier verifier() {
        return rotating;
    }

    /// Callers' clocks as their requests tell them.
    CallerClocks callerClocks() {
        return gates.callerClocks();
    }

    /// Whether a store that boxes share does not answer.
    boolean storeAway() {
        return shared.isPresent() && shared.get().away();
    }

    /// Looks at the files of roster and hotkey and at the shared store, and forgets what is over.
    void look() {
        who.watched().ifPresent(roster -> roster.look());
        hotkey.ifPresent(WatchedHotkey::look);
        shared.ifPresent(RedisNonces::look);
        rotating.forget();
    }

    void watch(Meters meters) {
        meters.gauge(
                "kiln.verifications.waiting",
                "Requests waiting for their signature to be checked",
                gates::verificationsWaiting);
        meters.gauge(
                "kiln.callers.age.seconds",
                "Median age of the last 128 proved requests; negative where callers' clocks are ahead, NaN before 16",
                () -> gates.clock().medianAge().map(age -> age.toNanos() / 1e9).orElse(Double.NaN));
        meters.watchClocks(() -> gates.callerClocks().ages());
        meters.gauge("kiln.replay.nonces", "Nonces held in memory", replays::remembered);
    }

    /// Leaves the mark of a clean stop.
    ///
    /// @return why it could not be left
    Optional<String> stop() {
        Optional<String> problem = replays.stop();
        shared.ifPresent(RedisNonces::close);
        return problem;
    }

    private ReplayGuard replays(Path state) {
        ReplayGuard guard =
                ReplayGuard.open(
                        state,
                        who.miner().hotkey(),
                        who.fresh(),
                        ReplayGuard.Limits.of(config.auth().longestAge(), config.auth().skew()),
                        time);
        System.Logger.Level level =
                switch (guard.start().kind()) {
                    case FRESH, CLEAN -> System.Logger.Level.INFO;
                    case UNCLEAN -> System.Logger.Level.WARNING;
                };
        LOG.log(level, guard.start().line());
        return guard;
    }

    private Gates gates() {
        Config.Auth auth = config.auth();
        Config.CallLimits limits = config.calls();
        var settings =
                new Gates.Settings(
                        auth.maxAge(),
                        auth.skew(),
                        auth.minStake(),
                        limits.ratePerCaller().isPresent()
                                ? OptionalDouble.of(limits.ratePerCaller().get())
                                : OptionalDouble.empty(),
                        limits.verifications(),
                        limits.verificationsQueued(),
                        auth.axonMaxAge());
        Map<String, HashFields> synapses = new HashMap<>();
        for (Config.RouteEntry entry : config.routes()) {
            entry.synapse().ifPresent(each -> synapses.put(entry.path(), each.hashFields()));
        }
        SharedNonces nonces = shared.isPresent() ? shared.get() : SharedNonces.NONE;
        var parts =
                new Gates.Parts(
                        who.miner(),
                        who.roster(),
                        who.apiKeys(),
                        replays,
                        nonces,
                        synapses,
                        foretold);
        return new Gates(settings, parts, time);
    }

    /// The hotkey's file, where the configuration names one.
    private Optional<WatchedHotkey> watchedHotkey() {
        Config.Identity identity = config.identity();
        return identity.hotkey()
                .map(file ->
                        new WatchedHotkey(
                                file,
                                Who.passwords(identity, Passwords.Prompt.NOBODY),
                                who.miner().hotkey(),
                                next -> rotating.rotate(next, identity.hotkeyGrace())));
    }
}
