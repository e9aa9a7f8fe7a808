package dev.kiln.server;

import dev.kiln.server.http.HttpFront;
import dev.kiln.server.metrics.Meters;
import java.util.function.Supplier;

/// What the front door holds and has turned away, as metrics.
final class FrontGauges {
    private FrontGauges() {}

    /// @param front asked when somebody looks
    static void watch(Meters meters, Supplier<HttpFront> front) {
        meters.gauge(
                "kiln.refusals.slowed",
                "Refusals that were held back so far",
                () -> front.get().slowed());
        meters.gauge(
                "kiln.connections.evicted",
                "Connections that were ended so far to make room for others",
                () -> front.get().evicted());
        meters.gauge(
                "kiln.connections.cut.off",
                "Connections that were ended so far because their clients did not read",
                () -> front.get().cutOff());
        meters.gauge(
                "kiln.replies.unread.bytes",
                "Bytes of replies that clients have yet to read",
                () -> front.get().unread());
        meters.gauge(
                "kiln.bodies.held.bytes",
                "Bytes of bodies that are held now, before anybody is proved",
                () -> front.get().bodies());
    }
}
