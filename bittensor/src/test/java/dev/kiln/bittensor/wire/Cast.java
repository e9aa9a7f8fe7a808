package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// The public development keys in their parts: Alice and Charlie ask, Bob mines.
final class Cast {
    static final long NOON = 1752076800000000000L;
    static final KeyPair ALICE = key("//Alice", Scheme.SR25519);
    static final KeyPair ALICE_ED = key("//Alice", Scheme.ED25519);
    static final KeyPair CHARLIE = key("//Charlie", Scheme.SR25519);
    static final KeyPair BOB = key("//Bob", Scheme.SR25519);
    static final KeyPair BOB_ED = key("//Bob", Scheme.ED25519);
    static final KeyPair MALLORY = key("//Mallory", Scheme.SR25519);

    static final byte[] BODY = "{\"prompt\": \"hello\"}".getBytes(UTF_8);
    static final String TARGET = "/generate?stream=false";
    static final Route ROUTE = route(true);
    static final String API_KEY = "an-api-key-of-some-length";

    private Cast() {}

    static KeyPair key(String uri, Scheme scheme) {
        try {
            return KeyPair.fromUri(uri, scheme);
        } catch (KeyFormatException e) {
            throw new IllegalArgumentException(uri, e);
        }
    }

    static Route route(boolean requireReceiver, String... dialects) {
        return new Route(
                "/generate",
                "task",
                1 << 20,
                Duration.ofSeconds(10),
                requireReceiver,
                Route.AnswerShape.KILN_1,
                Set.of(dialects));
    }

    static Roster.Member member(KeyPair key, double stake, boolean permit, Roster.Sees sees) {
        return new Roster.Member(key.hotkey(), key.scheme(), stake, permit, sees);
    }

    static Roster roster(Roster.Member... members) {
        Map<Hotkey, Roster.Member> all = new HashMap<>();
        for (Roster.Member member : members) {
            all.put(member.hotkey(), member);
        }
        return new Roster(all, Instant.EPOCH);
    }

    static final Roster ROSTER =
            roster(
                    member(ALICE, 1000, true, Roster.Sees.FULL),
                    member(ALICE_ED, 1000, true, Roster.Sees.MINIMAL),
                    member(CHARLIE, 1000, true, Roster.Sees.MINIMAL));

    static ReplayGuard.Limits limits() {
        return ReplayGuard.Limits.of(Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    static Gates gates(Gates.Settings settings, Roster.Source roster, HandClock clock) {
        ReplayGuard replays = ReplayGuard.inMemory(true, limits(), clock);
        return new Gates(settings, new Gates.Parts(BOB, roster, apiKeys(), replays), clock);
    }

    /// Gates that take the axon dialect on these paths, and wait 30 s for callers that say they do.
    static Gates axonGates(
            Map<String, HashFields> synapses, Roster.Source roster, HandClock clock) {
        var settings =
                new Gates.Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        0,
                        OptionalDouble.empty(),
                        4,
                        1024,
                        Duration.ofSeconds(30));
        ReplayGuard replays = ReplayGuard.inMemory(true, limits(), clock);
        return new Gates(
                settings, new Gates.Parts(BOB, roster, apiKeys(), replays, synapses), clock);
    }

    static Gates gates(HandClock clock) {
        return gates(Gates.Settings.DEFAULTS, () -> ROSTER, clock);
    }

    private static ApiKeys apiKeys() {
        try {
            return ApiKeys.of(List.of("laptop: " + API_KEY));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static RequestHead head(SignedRequest request, HandClock clock) {
        return head(request.headers(), clock);
    }

    static RequestHead head(List<Header> headers, HandClock clock) {
        return new RequestHead(
                "POST", TARGET, headers, "192.0.2.1", clock.epochNanos(), clock.tick());
    }

    static SignedRequest signed(KeyPair by, HandClock clock) {
        return new RequestSigner(by, clock).sign("POST", TARGET, BODY, BOB.hotkey());
    }

    static List<Header> with(List<Header> headers, String name, String value) {
        List<Header> changed = without(headers, name);
        changed.add(new Header(name, value));
        return changed;
    }

    static List<Header> without(List<Header> headers, String name) {
        List<Header> left = new ArrayList<>(headers);
        left.removeIf(header -> header.name().equalsIgnoreCase(name));
        return left;
    }

    static List<Header> and(List<Header> headers, String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return more;
    }

    static Call pass(Gates gates, RequestHead head, Route route, byte[] body) throws Refused {
        try {
            return gates.verify(gates.screen(head, route), body);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The reason a request was refused, or empty if it was accepted.
    static Optional<Refusal> verdict(Gates gates, RequestHead head, Route route, byte[] body) {
        try {
            pass(gates, head, route, body);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.reason());
        }
    }

    static Optional<Refusal> verdict(Gates gates, RequestHead head) {
        return verdict(gates, head, ROUTE, BODY);
    }
}
