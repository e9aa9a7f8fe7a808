package dev.kiln.server.http;

import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What stands behind one exact path.
public sealed interface Endpoint {
    /// A call: verified, admitted, answered.
    ///
    /// @param methods those it takes, at least one
    /// @param media types of bodies that it takes, lower case and without parameters
    /// @param tree whether paths below the route's are its too
    record Calls(Route route, List<String> methods, Set<String> media, boolean tree)
            implements Endpoint {
        public Calls {
            methods = List.copyOf(methods);
            media = Set.copyOf(media);
        }

        /// Of JSON, on one path.
        public Calls(Route route, List<String> methods) {
            this(route, methods, Set.of("application/json"), false);
        }
    }

    /// A page for whoever watches the server: `GET` and `HEAD`, no authentication, no secrets.
    ///
    /// @param reply made on a thread of its own for each request; may block
    record Page(Supplier<Reply> reply) implements Endpoint {}
}
