package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What an attack has at hand: a target, callers, connections.
///
/// **Threads:** any, except for the restarts of a miner of its own.
public final class Scene {
    /// A fence never stands longer than the allowed skew of 2 s.
    private static final Duration FENCE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String TEXTS = "[\"the dough must rest overnight\"]";

    private final Spoken spoken;
    private final Duration patience;
    private final Cast cast;
    private final Optional<OwnTarget> own;
    private final URI url;
    private final Hotkey miner;

    private Scene(Spoken spoken, Duration patience, Cast cast, Optional<OwnTarget> own, Place at) {
        this.spoken = spoken;
        this.patience = patience;
        this.cast = cast;
        this.own = own;
        this.url = at.url();
        this.miner = at.miner();
    }

    private record Place(URI url, Hotkey miner) {}

    /// Against a miner that runs already.
    ///
    /// @param spoken the dialect it is asked in where an attack is about none in particular
    /// @param patience longest wait for one reply
    public static Scene at(
            URI url, Hotkey miner, KeyPair caller, Spoken spoken, Duration patience) {
        return new Scene(
                spoken, patience, Cast.of(caller), Optional.empty(), new Place(url, miner));
    }

    /// Against a miner of the suite's own.
    public static Scene of(OwnTarget own, Spoken spoken, Duration patience) {
        return new Scene(
                spoken, patience, own.cast(), Optional.of(own), new Place(own.url(), own.hotkey()));
    }

    /// Where the target listens; a restart moves it.
    public URI url() {
        return own.map(OwnTarget::url).orElse(url);
    }

    public Hotkey miner() {
        return miner;
    }

    public Spoken spoken() {
        return spoken;
    }

    /// Whether the target is the suite's own.
    public boolean isOwn() {
        return own.isPresent();
    }

    /// The miner of the suite's own, which an attack asks for only if it is staged on one.
    OwnTarget own() {
        return own.orElseThrow(() -> new IllegalStateException("this target is not ours"));
    }

    Cast cast() {
        return cast;
    }

    Duration patience() {
        return patience;
    }

    long now() {
        return Time.SYSTEM.epochNanos();
    }

    /// Whoever speaks this dialect honestly.
    KeyPair caller(Spoken dialect) {
        return dialect == Spoken.AXON ? cast.axonist() : cast.first();
    }

    /// Whoever speaks the target's dialect honestly.
    KeyPair caller() {
        return caller(spoken);
    }

    Request honest() {
        return honest(spoken);
    }

    Request honest(Spoken dialect) {
        return dialect.honest(caller(dialect), miner, TEXTS);
    }

    Request honest(Spoken dialect, KeyPair key) {
        return dialect.honest(key, miner, TEXTS);
    }

    /// An honestly signed question with this in the place of its texts.
    Request asking(String texts) {
        return spoken.honest(caller(), miner, texts);
    }

    /// Signs a bent request in the target's dialect.
    Request sign(Request request) {
        return sign(spoken, request);
    }

    Request sign(Spoken dialect, Request request) {
        return dialect.sign(request, caller(dialect));
    }

    Wire connect() throws IOException {
        return Wire.to(url(), patience);
    }

    /// Sends a request on a connection of its own.
    Outcome ask(Request request) throws IOException {
        return send(request.bytes());
    }

    /// Sends bytes on a connection of their own.
    Outcome send(byte[] bytes) throws IOException {
        try (Wire wire = connect()) {
            wire.offer(bytes);
            return wire.outcome();
        } catch (ConnectException e) {
            return new Outcome.Gone("connection refused");
        }
    }

    /// Asks honestly, anew while a start's fence stands: a miner says that it is ready by the clock that runs faster, and
    /// nonces are told by the other.
    public Outcome askHonestly() throws InterruptedException {
        long end = System.nanoTime() + FENCE.toNanos();
        Outcome outcome = askOnce();
        while (Expected.refused(Refusal.TIME_BEFORE_FENCE).metBy(outcome)
                && System.nanoTime() < end) {
            Thread.sleep(PAUSE);
            outcome = askOnce();
        }
        return outcome;
    }

    private Outcome askOnce() {
        try {
            return ask(honest());
        } catch (IOException e) {
            return new Outcome.Gone(String.valueOf(e.getMessage()));
        }
    }

    /// Asks honestly, to set a scene up.
    ///
    /// @throws IOException if the target does not answer it
    void mustAnswer(Request request) throws IOException {
        Outcome outcome = ask(request);
        if (!Expected.answer().metBy(outcome)) {
            throw new IOException("the honest request before it got " + outcome.words());
        }
    }
}
