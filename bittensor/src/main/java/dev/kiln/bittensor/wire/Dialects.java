package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Route;
import java.util.List;

/// Tells by its headers which dialect a request speaks: exactly one, or it is refused.
final class Dialects {
    private static final List<Dialect> KNOWN =
            List.of(
                    new BtauthDialect(),
                    new ApiKeyDialect(),
                    new Unspoken("axon", "bt_header_"),
                    new Unspoken("epistula", "epistula-"));

    private Dialects() {}

    /// The one dialect of this request.
    static Dialect of(RequestHead head, Route route) throws Refused {
        Dialect found = null;
        for (Header header : head.headers()) {
            for (Dialect dialect : KNOWN) {
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
        if (found instanceof Unspoken
                || !(route.dialects().isEmpty() || route.dialects().contains(found.name()))) {
            throw new Refused(
                    Refusal.AUTH_DIALECT_NOT_ACCEPTED, "this route does not take " + found.name());
        }
        return found;
    }

    /// A dialect that is recognised, so that it is never mixed with another, but not served.
    private record Unspoken(String name, String prefix) implements Dialect {
        @Override
        public boolean marks(Header header) {
            return header.name().regionMatches(true, 0, prefix, 0, prefix.length());
        }

        @Override
        public Claim read(RequestHead head) throws Refused {
            throw new Refused(Refusal.AUTH_DIALECT_NOT_ACCEPTED, name + " is not served");
        }
    }
}
