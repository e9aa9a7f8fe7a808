package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.config.Home;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "callers",
        description = {
            "Shows who asked the running server, was answered, missed and was refused for what since its start, and each",
            "caller's part of the engine's time beside the part that scheduling.policy gave it while it wanted some;",
            "and how far its clock is behind or ahead of this one, the way here included."
        },
        footer = {
            "",
            "Exit codes: 0 shown or done, 1 no server, 2 usage",
            "",
            "Example: kiln callers --json"
        },
        mixinStandardHelpOptions = true)
final class CallersCommand implements Callable<Integer> {
    private static final String LINE = "%-48s %9s %9s %7s %8s %8s %15s  %s";

    private final Home home;

    @Option(
            names = "--cancel",
            paramLabel = "CALLER",
            description = "Has all calls of this caller given up that are inside now.")
    private @Nullable String cancel;

    @Mixin private final AdminOptions admin = new AdminOptions();

    CallersCommand(Home home) {
        this.home = home;
    }

    @Override
    public Integer call() {
        return cancel == null
                ? admin.ask(home, "callers", Map.of(), CallersCommand::table)
                : admin.ask(
                        home,
                        "callers/cancel",
                        Map.of("caller", Optional.of(cancel)),
                        answer -> "calls given up: " + answer.path("cancelled").asInt());
    }

    private static String table(JsonNode answer) {
        var lines = new StringJoiner("\n");
        lines.add(
                LINE.formatted(
                        "caller",
                        "asked",
                        "answered",
                        "missed",
                        "given",
                        "entitled",
                        "clock",
                        "refused"));
        for (JsonNode one : answer.path("callers")) {
            var refused = new StringJoiner(" ");
            one.path("refused")
                    .properties()
                    .forEach(each -> refused.add(each.getKey() + "=" + each.getValue().asLong()));
            lines.add(
                    LINE.formatted(
                            one.path("caller").asText(),
                            one.path("asked").asLong(),
                            one.path("answered").asLong(),
                            one.path("missed").asLong(),
                            percent(one.path("share_given").asDouble()),
                            percent(one.path("share_entitled").asDouble()),
                            ClockText.of(one),
                            refused));
        }
        return lines.toString();
    }

    private static String percent(double share) {
        return "%.1f %%".formatted(100 * share);
    }
}
