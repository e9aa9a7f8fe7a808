package dev.kiln.bittensor.wire;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.KnownSigners;
import dev.kiln.core.Call;
import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Seal;
import dev.kiln.core.Time;
import dev.kiln.core.Verifier;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;

/// The gates a request passes, in this order: dialect and shape, receiver, caller known, permitted and staked, scheme,
/// clock; then, with the body, signature and replay; then rate.
///
/// Nothing is counted against a caller before its signature holds.
///
/// **Threads:** any; [#screen] and [#count] never wait.
public final class Gates implements Verifier {
    // More than the validators of a subnet; 24 KiB each.
    private static final int KNOWN_SIGNERS = 256;
    private static final int CLOCK_LAST = 128;
    private static final int CLOCK_LEAST = 16;

    private final Settings settings;
    private final Parts parts;
    private final KilnAnswer answers;
    private final KnownSigners signers;
    private final VerifySlots slots;
    private final Optional<RateLimit> rate;
    private final ClockWatch clock;
    private final CallerClocks callerClocks;
    private final ModernCallers modern;
    private final Dialects dialects;
    private final Time time;
    private final AtomicLong ids;

    public Gates(Settings settings, Parts parts, Time time) {
        this.settings = settings;
        this.parts = parts;
        this.time = time;
        this.dialects = new Dialects(parts.miner().hotkey(), parts.synapses());
        this.answers = new KilnAnswer(parts.miner(), time);
        this.clock = new ClockWatch(CLOCK_LAST, CLOCK_LEAST);
        this.callerClocks = new CallerClocks();
        this.modern = new ModernCallers();
        this.ids = new AtomicLong();
        this.signers = new KnownSigners(KNOWN_SIGNERS);
        this.slots =
                new VerifySlots(settings.verifications(), settings.verificationsQueued(), time);
        this.rate =
                settings.ratePerSecond().isPresent()
                        ? Optional.of(new RateLimit(settings.ratePerSecond().getAsDouble(), time))
                        : Optional.empty();
    }

    /// These gates for another key of the same miner. Whatever is counted or remembered is shared with the old ones.
    private Gates(Gates old, KeyPair miner, Time time) {
        this.settings = old.settings;
        this.parts = old.parts.withMiner(miner);
        this.time = time;
        this.dialects = new Dialects(miner.hotkey(), parts.synapses());
        this.modern = old.modern;
        this.answers = new KilnAnswer(miner, time);
        this.signers = old.signers;
        this.slots = old.slots;
        this.rate = old.rate;
        this.clock = old.clock;
        this.callerClocks = old.callerClocks;
        this.ids = old.ids;
    }

    /// The same gates, for requests bound to another key of this miner, whose answers that key signs.
    Gates withKey(KeyPair miner, Time time) {
        return new Gates(this, miner, time);
    }

    Hotkey hotkey() {
        return parts.miner().hotkey();
    }

    @Override
    public Screened screen(RequestHead head, Route route) throws Refused {
        return switch (dialects.of(head, route).read(head)) {
            case Claim.Signed claim -> {
                refuseForeign(claim, route);
                Roster roster = parts.roster().current();
                Roster.Member member = member(claim, roster);
                refuseStepBack(claim, route);
                refuseUntimely(claim, roster, head.arrivedEpochNanos());
                Duration patience = Passed.patience(head, route, claim.message().timeout());
                yield new Passed.Neuron(head, route, patience, claim, member, roster);
            }
            case Claim.Keyed claim -> {
                Caller.KeyHolder caller = keyHolder(claim);
                Duration patience = Passed.patience(head, route, Optional.empty());
                yield new Passed.KeyHolder(head, route, patience, caller);
            }
        };
    }

    private Caller.KeyHolder keyHolder(Claim.Keyed claim) throws Refused {
        return parts.apiKeys()
                .holderOf(claim.key())
                .orElseThrow(() -> new Refused(Refusal.AUTH_BAD_API_KEY, "no such API key here"));
    }

    private void refuseForeign(Claim.Signed claim, Route route) throws Refused {
        Hotkey own = parts.miner().hotkey();
        if (claim.sender().equals(own)) {
            throw new Refused(
                    Refusal.AUTH_OWN_KEY,
                    "signed by this miner's own key; that is never a request");
        }
        if (claim.receiver().isPresent()
                ? !claim.receiver().get().equals(own)
                : route.requireReceiver()) {
            throw new Refused(
                    Refusal.AUTH_WRONG_RECEIVER,
                    "must be signed for this miner, %s".formatted(own));
        }
    }

    private Roster.Member member(Claim.Signed claim, Roster roster) throws Refused {
        Roster.Member member =
                roster.find(claim.sender())
                        .orElseThrow(() ->
                                new Refused(
                                        Refusal.AUTH_UNKNOWN_CALLER,
                                        "this hotkey is not on the roster"));
        if (!member.permit()) {
            throw new Refused(Refusal.AUTH_NO_PERMIT, "this hotkey holds no validator permit");
        }
        if (!(member.stake() >= settings.minStake())) {
            throw new Refused(
                    Refusal.AUTH_LOW_STAKE,
                    "this hotkey's stake is under %s TAO".formatted(settings.minStake()));
        }
        if (member.scheme() != claim.scheme()) {
            throw new Refused(
                    Refusal.AUTH_SCHEME_MISMATCH,
                    "this hotkey signs with %s; absent %s means sr25519"
                            .formatted(member.scheme().wireName(), Btauth.CRYPTO));
        }
        return member;
    }

    /// Whoever can sign `btauth/1` is not believed when it seems to come with less.
    private void refuseStepBack(Claim.Signed claim, Route route) throws Refused {
        if (claim.dialect().equals(Axon.NAME)
                && !route.allowStepBack()
                && modern.contains(claim.sender())) {
            throw new Refused(
                    Refusal.AUTH_STEP_BACK,
                    "this hotkey has come with %s; it is not taken back to %s until a restart"
                            .formatted(Btauth.NAME, Axon.NAME));
        }
    }

    private void refuseUntimely(Claim.Signed claim, Roster roster, long now) throws Refused {
        long nonce = claim.nonce();
        Duration maxAge = settings.maxAge(claim.message().timeout());
        boolean tooOld = now - nonce > maxAge.toNanos();
        boolean inFuture = nonce - now > settings.skew().toNanos();
        if (tooOld || inFuture) {
            callerClocks.refused(claim.sender(), roster, now - nonce);
        }
        if (tooOld) {
            throw new Refused(
                    Refusal.TIME_TOO_OLD,
                    "the nonce is older than %d ms; check the clock".formatted(maxAge.toMillis()));
        }
        if (inFuture) {
            throw new Refused(
                    Refusal.TIME_IN_FUTURE,
                    "the nonce is more than %d ms ahead; check the clock"
                            .formatted(settings.skew().toMillis()));
        }
    }

    @Override
    public Call verify(Screened screened, byte[] body) throws Refused, InterruptedException {
        return switch ((Passed) screened) {
            case Passed.KeyHolder passed -> call(passed, passed.caller(), body, Seal.NONE);
            case Passed.Neuron passed -> {
                byte[] signed = prove(passed, body);
                Claim.Signed claim = passed.claim();
                claim.message().requireBody(body);
                long once = claim.message().once(claim.nonce());
                parts.replays().use(claim.sender(), once);
                parts.shared().use(parts.miner().hotkey(), claim.sender(), once);
                if (claim.dialect().equals(Btauth.NAME)) {
                    modern.saw(claim.sender(), passed.roster());
                }
                slots.passed(passed.head().source());
                long age = passed.head().arrivedEpochNanos() - claim.nonce();
                clock.saw(age);
                callerClocks.proved(claim.sender(), passed.roster(), age);
                yield call(passed, caller(passed), body, seal(passed, body, signed));
            }
        };
    }

    private byte[] prove(Passed.Neuron passed, byte[] body) throws Refused, InterruptedException {
        Claim.Signed claim = passed.claim();
        try (VerifySlots.Slot _ = slots.enter(passed.head().source(), haste(passed))) {
            byte[] payload = claim.message().over(body);
            if (!signers.verify(
                    passed.member().scheme(), claim.sender(), payload, claim.signature())) {
                throw new Refused(
                        Refusal.AUTH_BAD_SIGNATURE,
                        "the signature does not hold over the request as it arrived");
            }
            return payload;
        }
    }

    /// Where a route's calls may be late, none is refused for it before its turn.
    private VerifySlots.Haste haste(Passed.Neuron passed) {
        Route route = passed.route();
        long arrived = passed.head().arrivedTick();
        Deadline patience = Deadline.after(arrived, passed.patience());
        Deadline longest = Deadline.after(arrived, route.deadline());
        return switch (route.patience().whenLate()) {
            case REFUSE ->
                    new VerifySlots.Haste(
                            patience,
                            patience,
                            () -> parts.foretold().nanos(route, caller(passed), patience));
            case QUEUE -> new VerifySlots.Haste(longest, patience, () -> 0);
            case ANSWER -> new VerifySlots.Haste(longest, longest, () -> 0);
        };
    }

    private static Caller.Neuron caller(Passed.Neuron passed) {
        Roster.Member member = passed.member();
        return new Caller.Neuron(member.hotkey(), member.stake(), member.pay(), member.sees());
    }

    private Seal seal(Passed.Neuron passed, byte[] body, byte[] signed) {
        Claim.Signed claim = passed.claim();
        long arrivedTick = passed.head().arrivedTick();
        Seal receipt =
                switch (passed.route().answers()) {
                    case OFF -> Seal.NONE;
                    case KILN_1 ->
                            answers.to(
                                    new KilnAnswer.Question(
                                            passed.member().hotkey(),
                                            passed.member().sees(),
                                            Digests.sha256Hex(claim.message().bound(body, signed)),
                                            claim.nonce(),
                                            arrivedTick));
                };
        return claim.message().around(receipt, () -> time.tick() - arrivedTick);
    }

    private Call call(Passed passed, Caller caller, byte[] body, Seal seal) {
        long arrivedTick = passed.head().arrivedTick();
        return new Call(
                ids.incrementAndGet(),
                caller,
                passed.route(),
                body,
                Deadline.after(arrivedTick, passed.patience()),
                arrivedTick,
                seal);
    }

    @Override
    public void count(Call call) throws Refused {
        if (rate.isPresent()) {
            rate.get().take(call.caller().name());
        }
    }

    /// How far callers' clocks are from this one, over the requests lately proved.
    public ClockWatch clock() {
        return clock;
    }

    /// How far each caller's clock is from this one.
    public CallerClocks callerClocks() {
        return callerClocks;
    }

    /// Where signatures wait to be checked.
    VerifySlots slots() {
        return slots;
    }

    /// Verifications that wait now; for metrics.
    public int verificationsWaiting() {
        return slots.waiting();
    }

    /// How strict the gates are.
    ///
    /// @param maxAge oldest nonce accepted, itself included
    /// @param skew furthest nonce in the future accepted, itself included
    /// @param minStake least stake in TAO, itself included
    /// @param ratePerSecond calls a second of one caller, above 0; absent for no limit
    /// @param verifications signatures checked at once, at least 1
    /// @param verificationsQueued requests that may wait for that, at least 1
    /// @param timeoutAge oldest nonce accepted of a caller that says it waits long; not under `maxAge`
    public record Settings(
            Duration maxAge,
            Duration skew,
            double minStake,
            OptionalDouble ratePerSecond,
            int verifications,
            int verificationsQueued,
            Duration timeoutAge) {
        /// What an Axon grants on top of the caller's timeout.
        private static final Duration BESIDE_TIMEOUT = Duration.ofSeconds(4);

        /// Without a wider window for anybody.
        public Settings(
                Duration maxAge,
                Duration skew,
                double minStake,
                OptionalDouble ratePerSecond,
                int verifications,
                int verificationsQueued) {
            this(maxAge, skew, minStake, ratePerSecond, verifications, verificationsQueued, maxAge);
        }

        /// The oldest nonce accepted of a caller that waits so long.
        Duration maxAge(Optional<Duration> timeout) {
            if (timeout.isEmpty()) {
                return maxAge;
            }
            Duration wide = timeout.get().plus(BESIDE_TIMEOUT);
            Duration capped = wide.compareTo(timeoutAge) < 0 ? wide : timeoutAge;
            return capped.compareTo(maxAge) < 0 ? maxAge : capped;
        }

        /// The reference's window, no least stake, no rate, four verifications at once and 1,024 waiting.
        public static final Settings DEFAULTS =
                new Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        0,
                        OptionalDouble.empty(),
                        4,
                        1024);
    }

    /// What the gates rest on.
    ///
    /// @param shared what other boxes behind the same hotkey have let through
    /// @param synapses the paths that take the axon dialect, and the fields whose hash its signatures cover there
    /// @param foretold what comes behind the signatures
    public record Parts(
            KeyPair miner,
            Roster.Source roster,
            ApiKeys apiKeys,
            ReplayGuard replays,
            SharedNonces shared,
            Map<String, HashFields> synapses,
            Foretold foretold) {
        public Parts {
            synapses = Map.copyOf(synapses);
        }

        Parts withMiner(KeyPair another) {
            return new Parts(another, roster, apiKeys, replays, shared, synapses, foretold);
        }

        /// The same with somebody who tells what comes behind the signatures.
        public Parts with(Foretold teller) {
            return new Parts(miner, roster, apiKeys, replays, shared, synapses, teller);
        }

        /// Where nothing is told of what comes behind the signatures.
        public Parts(
                KeyPair miner,
                Roster.Source roster,
                ApiKeys apiKeys,
                ReplayGuard replays,
                SharedNonces shared,
                Map<String, HashFields> synapses) {
            this(miner, roster, apiKeys, replays, shared, synapses, Foretold.NOTHING);
        }

        /// Of one box alone.
        public Parts(
                KeyPair miner,
                Roster.Source roster,
                ApiKeys apiKeys,
                ReplayGuard replays,
                Map<String, HashFields> synapses) {
            this(miner, roster, apiKeys, replays, SharedNonces.NONE, synapses);
        }

        /// Without a path that takes the axon dialect.
        public Parts(KeyPair miner, Roster.Source roster, ApiKeys apiKeys, ReplayGuard replays) {
            this(miner, roster, apiKeys, replays, SharedNonces.NONE, Map.of());
        }
    }
}
