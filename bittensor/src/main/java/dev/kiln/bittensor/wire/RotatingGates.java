package dev.kiln.bittensor.wire;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Call;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import dev.kiln.core.Time;
import dev.kiln.core.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Gates of a miner whose hotkey can change while it serves. For a grace, requests bound to the old key still pass; each
/// answer is signed by the key that its request was bound to, and one bound to nobody is answered with the newest.
///
/// **Threads:** any for requests; [#rotate] and [#forget] on one thread.
public final class RotatingGates implements Verifier {
    private final ReplayGuard replays;
    private final Time time;

    /// Newest first; written by the rotating thread alone.
    private volatile List<Term> terms;

    /// The gates of one key.
    ///
    /// @param until monotonic nanoseconds; says nothing for the newest
    private record Term(Gates gates, long until) {}

    /// A request and the gates that let it pass.
    private record Passed(Gates gates, Screened screened) implements Screened {
        @Override
        public RequestHead head() {
            return screened.head();
        }

        @Override
        public Route route() {
            return screened.route();
        }
    }

    /// @param replays those that the gates use
    public RotatingGates(Gates gates, ReplayGuard replays, Time time) {
        this.terms = List.of(new Term(gates, 0));
        this.replays = replays;
        this.time = time;
    }

    /// The newest key's hotkey.
    public Hotkey hotkey() {
        return terms.getFirst().gates().hotkey();
    }

    /// Serves with another key from now on; for the grace with the old one too.
    ///
    /// @return whether it was done; a process whose first key was new waits, see [ReplayGuard#passTo]
    public boolean rotate(KeyPair next, Duration grace) {
        if (!replays.passTo(next.hotkey())) {
            return false;
        }
        Term newest = terms.getFirst();
        Gates gates = newest.gates().withKey(next, time);
        List<Term> all = new ArrayList<>();
        all.add(new Term(newest.gates(), time.tick() + grace.toNanos()));
        all.addAll(terms.subList(1, terms.size()));
        for (Term old : all) {
            if (old.gates().hotkey().equals(next.hotkey())) {
                gates = old.gates();
            }
        }
        Gates chosen = gates;
        all.removeIf(old -> old.gates() == chosen);
        all.addFirst(new Term(chosen, 0));
        terms = List.copyOf(all);
        return true;
    }

    /// Lets go of keys whose grace is over.
    public void forget() {
        List<Term> now = terms;
        List<Term> kept = new ArrayList<>(now.subList(0, 1));
        now.stream().skip(1).filter(this::holds).forEach(kept::add);
        if (kept.size() < now.size()) {
            terms = List.copyOf(kept);
        }
    }

    private boolean holds(Term old) {
        return time.tick() - old.until() < 0;
    }

    @Override
    public Screened screen(RequestHead head, Route route) throws Refused {
        List<Term> now = terms;
        try {
            return screen(now.getFirst(), head, route);
        } catch (Refused refused) {
            if (refused.reason() != Refusal.AUTH_WRONG_RECEIVER) {
                throw refused;
            }
            return screenAsOld(now.subList(1, now.size()), head, route, refused);
        }
    }

    private Passed screenAsOld(List<Term> old, RequestHead head, Route route, Refused refused)
            throws Refused {
        for (Term term : old) {
            try {
                if (holds(term)) {
                    return screen(term, head, route);
                }
            } catch (Refused again) {
                if (again.reason() != Refusal.AUTH_WRONG_RECEIVER) {
                    throw again;
                }
            }
        }
        throw refused;
    }

    private static Passed screen(Term term, RequestHead head, Route route) throws Refused {
        return new Passed(term.gates(), term.gates().screen(head, route));
    }

    @Override
    public Call verify(Screened screened, byte[] body) throws Refused, InterruptedException {
        Passed passed = (Passed) screened;
        return passed.gates().verify(passed.screened(), body);
    }

    @Override
    public void count(Call call) throws Refused {
        terms.getFirst().gates().count(call);
    }
}
