package dev.kiln.server.config;

import dev.kiln.core.Sharing.Policy;
import dev.kiln.server.config.Config.CallLimits;
import dev.kiln.server.config.Config.HttpLimits;
import dev.kiln.server.config.Config.Lanes;
import dev.kiln.server.config.Config.Refusals;
import dev.kiln.server.config.Config.Scheduling;
import dev.kiln.server.config.Config.Streams;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Reads what bounds connections and calls, and how calls share what there is.
final class LimitKeys {
    private LimitKeys() {}

    record Limits(HttpLimits http, CallLimits calls) {}

    static Limits read(Section root) {
        return root.section("limits", keys -> new Limits(http(keys), calls(keys, root)));
    }

    private static HttpLimits http(Section keys) {
        return new HttpLimits(
                keys.size("header-size", 16 << 10, 1 << 10, 1 << 20),
                keys.size("body-size", 4 << 20, 1 << 10, 1 << 30),
                keys.span("body-time", Duration.ofSeconds(5)),
                keys.span("read-time", Duration.ofSeconds(10)),
                keys.span("idle-time", Duration.ofSeconds(60)),
                keys.size("bodies", 64 << 20, 1 << 20, 1 << 30),
                keys.size("unread-replies", 64 << 20, 1 << 20, 1 << 30),
                keys.whole("connections", 2560, 1, 1_000_000),
                new Refusals(
                        keys.whole("refusals-per-second", 2000, 1, 1_000_000),
                        keys.whole("refusals-per-caller", 500, 1, 1_000_000),
                        keys.whole("refusals-per-core", 500, 1, 1_000_000)));
    }

    private static CallLimits calls(Section keys, Section root) {
        int calls = keys.whole("calls", 1024, 1, 1_000_000);
        int callsPerCaller = keys.whole("calls-per-caller", 256, 1, 1_000_000);
        if (callsPerCaller > calls) {
            keys.problem("calls-per-caller", "must not exceed limits.calls = " + calls);
        }
        Optional<Double> rate = keys.optionalAmount("rate-per-caller", "calls a second");
        int verifications = keys.cores("verifications");
        int verificationsQueued = keys.whole("verifications-queued", 1024, 1, 1_000_000);
        int queuedCost = keys.whole("queued-cost", 262_144, 1, 1_000_000_000);
        int fallbackCost = keys.whole("queued-cost-fallback", 32_768, 1, 1_000_000_000);
        Duration queuedWork = keys.span("queued-work", Duration.ofSeconds(60));
        Duration hungRun = keys.span("hung-run", Duration.ofSeconds(30));
        Duration proveEvery = keys.span("prove-every", Duration.ofSeconds(30));
        int texts = keys.whole("texts", 256, 1, 100_000);
        int textChars = keys.whole("text-chars", 65_536, 1, 100_000_000);
        var streams =
                new Streams(
                        keys.whole("streams", 1024, 1, 1_000_000),
                        keys.whole("streams-per-caller", 64, 1, 1_000_000),
                        keys.span("stream-idle", Duration.ofSeconds(60)));
        Scheduling scheduling = root.section("scheduling", LimitKeys::scheduling);
        return new CallLimits(
                calls,
                callsPerCaller,
                rate,
                verifications,
                verificationsQueued,
                new Lanes(queuedCost, fallbackCost, queuedWork, hungRun, proveEvery, scheduling),
                texts,
                textChars,
                streams);
    }

    private static Scheduling scheduling(Section keys) {
        Policy policy =
                keys.choice(
                        "policy",
                        Policy.FLOOR,
                        Map.of(
                                "floor", Policy.FLOOR,
                                "stake", Policy.STAKE,
                                "equal", Policy.EQUAL,
                                "pay", Policy.PAY));
        double floor = keys.share("floor", 0.5);
        double weight = keys.amount("api-key-weight", 0.1, "number above 0");
        if (weight == 0) {
            keys.problem("api-key-weight", "must be above 0");
            weight = 0.1;
        }
        return new Scheduling(policy, floor, weight);
    }
}
