package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.config.Home;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The commands that compare a running server with its configuration and bring it up to it.
final class ConfigLive {
    private ConfigLive() {}

    @Command(
            name = "diff",
            description = {
                "Shows what differs between the running server and its configuration file, and what would become of it:",
                "swap, add, remove, or restart where it cannot be applied while the server runs. Changes nothing."
            },
            footer = {
                "",
                "Exit codes: 0 compared, 2 usage, no server, or a file that is wrong",
                "",
                "Example: kiln config diff"
            },
            mixinStandardHelpOptions = true)
    static final class Diff implements Callable<Integer> {
        private final Home home;

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                description = "Another file than the server was started with.")
        private @Nullable Path file;

        @Mixin private final AdminOptions admin = new AdminOptions();

        Diff(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(home, "config/diff", fields(file), ConfigLive::differences);
        }
    }

    @Command(
            name = "apply",
            description = {
                "Swaps, adds and removes models until the server serves what its configuration file names, losing no call,",
                "and says what needs a restart. All or nothing: if one model cannot be loaded or fails its golden samples,",
                "none is changed. SIGHUP does the same."
            },
            footer = {
                "",
                "Exit codes: 0 applied, 1 refused, nothing changed, 2 usage, no server, or a file that is wrong",
                "",
                "Example: kiln config apply kiln.yaml"
            },
            mixinStandardHelpOptions = true)
    static final class Apply implements Callable<Integer> {
        private final Home home;

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                description =
                        "Another file than the server was started with; it is the one from then on.")
        private @Nullable Path file;

        @Mixin private final AdminOptions admin = new AdminOptions();

        Apply(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(home, "config/apply", fields(file), ConfigLive::applied);
        }
    }

    private static Map<String, Optional<?>> fields(@Nullable Path file) {
        return Map.of(
                "file", Optional.ofNullable(file).map(path -> path.toAbsolutePath().toString()));
    }

    private static String differences(JsonNode answer) {
        JsonNode changes = answer.path("changes");
        if (changes.isEmpty()) {
            return "nothing differs";
        }
        return changes(changes) + "\nnext: kiln config apply";
    }

    private static String changes(JsonNode changes) {
        var lines = new StringJoiner("\n");
        for (JsonNode change : changes) {
            lines.add(
                    "%-7s  %s: %s -> %s"
                            .formatted(
                                    change.path("live").asBoolean()
                                            ? change.path("what").asText()
                                            : "restart",
                                    change.path("key").asText(),
                                    change.path("running").asText(),
                                    change.path("wanted").asText()));
        }
        return lines.toString();
    }

    private static String applied(JsonNode answer) {
        var lines = new StringJoiner("\n");
        answer.path("done").forEach(event -> lines.add(ModelLive.line(event)));
        if (answer.path("done").isEmpty()) {
            lines.add("no model differs");
        }
        if (!answer.path("restart").isEmpty()) {
            lines.add("these need a restart:");
            lines.add(changes(answer.path("restart")));
        }
        return lines.toString();
    }
}
