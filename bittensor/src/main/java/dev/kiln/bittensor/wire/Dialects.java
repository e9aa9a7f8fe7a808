package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import java.util.List;
import java.util.Map;

/// Tells by its headers which dialect a request speaks: exactly one, or it is refused.
final class Dialects {
    private final List<Dialect> known;

    /// @param own the miner's hotkey
    /// @param synapses by path, the fields that axon signatures cover there
    Dialects(Hotkey own, Map<String, HashFields> synapses) {
        this.known =
                List.of(
                        new BtauthDialect(),
                        new ApiKeyDialect(),
                        new AxonDialect(own, synapses),
                        new EpistulaDialect());
    }

    /// The one dialect of this request.
    Dialect of(RequestHead head, Route route) throws Refused {
        Dialect found = of(head);
        if (!route.dialects().isEmpty() && !route.dialects().contains(found.name())) {
            throw new Refused(
                    Refusal.AUTH_DIALECT_NOT_ACCEPTED, "this route does not take " + found.name());
        }
        return found;
    }

    /// The one dialect of this request, whatever its route accepts.
    Dialect of(RequestHead head) throws Refused {
        Dialect found = null;
        for (Header header : head.headers()) {
            for (Dialect dialect : known) {
                if (dialect.equals(found) || !dialect.marks(header)) {
                    continue;
                }
                if (found != null) {
                    throw new Refused(
                            Refusal.AUTH_TWO_DIALECTS,
                            "headers of two dialects (%s, %s); send one"
                                    .formatted(found.name(), dialect.name()));
                }
                found = dialect;
            }
        }
        if (found == null) {
            throw new Refused(
                    Refusal.AUTH_NO_SIGNATURE, "no X-Bittensor-* headers; sign the request");
        }
        return found;
    }
}
