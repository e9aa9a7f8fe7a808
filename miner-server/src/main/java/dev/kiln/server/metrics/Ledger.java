package dev.kiln.server.metrics;

import dev.kiln.core.Answered;
import dev.kiln.core.Caller;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Route;
import dev.kiln.server.http.CallObserver;

/// Counts every request and logs every refusal.
///
/// **Threads:** any.
public record Ledger(CallObserver meters, CallObserver callers, RefusalLog log)
        implements CallObserver {
    @Override
    public void answered(Route route, Answered answered, String source, long tookNanos) {
        meters.answered(route, answered, source, tookNanos);
        callers.answered(route, answered, source, tookNanos);
        if (answered.refusal().isPresent()) {
            Refusal reason = answered.refusal().get();
            String who = answered.caller().map(Caller::name).orElse(source);
            log.refused(reason, route.path(), who, answered.detail());
        }
    }

    @Override
    public void refused(String route, Refused refused, String source) {
        meters.refused(route, refused, source);
        callers.refused(route, refused, source);
        log.refused(refused.reason(), route, source, String.valueOf(refused.getMessage()));
    }
}
