package dev.kiln.server.http;

import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import java.util.List;
import java.util.function.Supplier;

/// What stands behind one exact path.
public sealed interface Endpoint {
    /// A call: verified, admitted, answered.
    ///
    /// @param methods those it takes, at least one
    record Calls(Route route, List<String> methods) implements Endpoint {}

    /// A page for whoever watches the server: `GET` and `HEAD`, no authentication, no secrets.
    ///
    /// @param reply made on a thread of its own for each request; may block
    record Page(Supplier<Reply> reply) implements Endpoint {}
}
