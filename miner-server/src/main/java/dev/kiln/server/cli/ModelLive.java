package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that change which model answers.
final class ModelLive {
    private ModelLive() {}

    /// Adds them to the group of model commands.
    static CommandLine into(CommandLine group, Home home) {
        return group.addSubcommand(new Status(home))
                .addSubcommand(new Shadow(home))
                .addSubcommand(new Canary(home))
                .addSubcommand(new Promote(home))
                .addSubcommand(new RollBack(home))
                .addSubcommand(new History(home));
    }

    /// The model, and where another one comes from.
    private static final class Candidate {
        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "Which served name; the only one need not be named.")
        private @Nullable String model;

        @Option(
                names = "--source",
                paramLabel = "SOURCE",
                description = "The candidate; without it, what the configuration file names now.")
        private @Nullable String source;

        Map<String, Optional<?>> fields() {
            Map<String, Optional<?>> fields = new HashMap<>();
            fields.put("model", Optional.ofNullable(model));
            fields.put("source", Optional.ofNullable(source).map(Candidate::whole));
            return fields;
        }

        /// The server may run in another folder.
        private static String whole(String source) {
            Path folder = Path.of(source);
            return !source.contains(":") && Files.isDirectory(folder)
                    ? folder.toAbsolutePath().normalize().toString()
                    : source;
        }
    }

    @Command(
            name = "status",
            description = "What answers under each name, what is on trial, and how both do.",
            footer = {"", "Example: kiln model status"},
            mixinStandardHelpOptions = true)
    static final class Status implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();

        Status(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(home, "models", Map.of(), TrialText::models);
        }
    }

    @Command(
            name = "shadow",
            description = {
                "Runs the calls that come through a candidate too, and compares.",
                "Callers get nothing of it, and what would delay them is dropped. After --for it prints what was seen;",
                "the trial goes on."
            },
            footer = {
                "",
                "Exit codes: 0 compared, 1 refused or no server, 2 usage",
                "",
                "Example: kiln model shadow --source models/bge-small --for 60"
            },
            mixinStandardHelpOptions = true)
    static final class Shadow implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();
        @Mixin private final Candidate candidate = new Candidate();

        @Option(
                names = "--for",
                paramLabel = "SECONDS",
                defaultValue = "30",
                description = "How long to watch; 0 returns at once.")
        private int seconds = 30;

        Shadow(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            int code = admin.ask(home, "models/shadow", candidate.fields(), ModelLive::done);
            return code == Exit.OK ? watch(admin, home, seconds) : code;
        }
    }

    @Command(
            name = "canary",
            description = {
                "Lets a candidate answer a share of the calls, and takes it back by itself when it is worse.",
                "Worse is: it fails where the other model answers, gives NaN, fails its golden samples, or is too slow."
            },
            footer = {
                "",
                "Exit codes: 0 still on trial after --for, 1 refused, taken back or no server, 2 usage",
                "",
                "Example: kiln model canary 10 --source models/bge-small --slowdown 2.5"
            },
            mixinStandardHelpOptions = true)
    static final class Canary implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();
        @Mixin private final Candidate candidate = new Candidate();

        @Parameters(
                paramLabel = "PERCENT",
                description = "Share of the calls, above 0 and at most 100.")
        private double percent;

        @Option(
                names = "--slowdown",
                paramLabel = "FACTOR",
                defaultValue = "2",
                description = "How many times as long a call may take, on average; default 2.")
        private double slowdown = 2;

        @Option(
                names = "--for",
                paramLabel = "SECONDS",
                defaultValue = "30",
                description = "How long to watch; 0 returns at once.")
        private int seconds = 30;

        Canary(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            Map<String, Optional<?>> fields = candidate.fields();
            fields.put("percent", Optional.of(percent));
            fields.put("slowdown", Optional.of(slowdown));
            int code = admin.ask(home, "models/canary", fields, ModelLive::done);
            return code == Exit.OK ? watch(admin, home, seconds) : code;
        }
    }

    @Command(
            name = "promote",
            description = "Lets the candidate that is on trial answer all calls; none is lost.",
            footer = {
                "",
                "Exit codes: 0 done, 1 nothing on trial or no server",
                "",
                "Example: kiln model promote"
            },
            mixinStandardHelpOptions = true)
    static final class Promote implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();
        @Mixin private final Candidate candidate = new Candidate();

        Promote(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(home, "models/promote", candidate.fields(), ModelLive::doneUnlikeFile);
        }
    }

    @Command(
            name = "rollback",
            description =
                    "Takes the candidate back; without one, what answered before answers again.",
            footer = {
                "",
                "Exit codes: 0 done, 1 nothing to take back or no server",
                "",
                "Example: kiln model rollback"
            },
            mixinStandardHelpOptions = true)
    static final class RollBack implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();
        @Mixin private final Candidate candidate = new Candidate();

        RollBack(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(
                    home, "models/rollback", candidate.fields(), ModelLive::doneUnlikeFile);
        }
    }

    @Command(
            name = "history",
            description =
                    "What happened to the served models: swaps, trials, refusals, recoveries.",
            footer = {"", "Example: kiln model history --most 20"},
            mixinStandardHelpOptions = true)
    static final class History implements Callable<Integer> {
        private final Home home;
        @Mixin private final AdminOptions admin = new AdminOptions();

        @Option(
                names = "--most",
                paramLabel = "N",
                defaultValue = "50",
                description = "Lines at most.")
        private int most = 50;

        History(Home home) {
            this.home = home;
        }

        @Override
        public Integer call() {
            return admin.ask(
                    home, "history", Map.of("most", Optional.of(most)), ModelLive::history);
        }
    }

    /// One line of the history for people.
    static String line(JsonNode event) {
        long calls = event.path("calls").asLong();
        return "%s  %s %s: %s (%s%s)"
                .formatted(
                        event.path("at").asText(),
                        event.path("model").asText(),
                        event.path("event").asText(),
                        event.path("detail").asText(),
                        event.path("source").asText(),
                        calls > 0 ? ", %d calls touched".formatted(calls) : "");
    }

    private static String done(JsonNode answer) {
        return line(answer.path("event"));
    }

    private static String doneUnlikeFile(JsonNode answer) {
        return done(answer)
                + "\nthe configuration file decides after a restart: see kiln config diff";
    }

    private static String history(JsonNode answer) {
        var lines = new StringJoiner("\n");
        answer.path("history").forEach(event -> lines.add(line(event)));
        return lines.length() == 0 ? "nothing happened yet" : lines.toString();
    }

    private static int watch(AdminOptions admin, Home home, int seconds) {
        try {
            for (int second = 1; second <= seconds; second++) {
                Thread.sleep(1_000);
                JsonNode models = admin.look(home, "models").path("models");
                Optional<String> over = TrialText.over(models);
                if (over.isPresent()) {
                    admin.err().println("taken back: " + over.get());
                    show(admin, models);
                    return Exit.FAILED;
                }
                if (second == seconds) {
                    show(admin, models);
                } else if (second % 10 == 0) {
                    admin.err().println("  %d of %d s".formatted(second, seconds));
                }
            }
            return Exit.OK;
        } catch (ConfigException e) {
            admin.err().println(e.getMessage());
            return Exit.USAGE;
        } catch (IOException e) {
            admin.err().println(e.getMessage());
            return Exit.FAILED;
        } catch (InterruptedException _) {
            return Exit.FAILED;
        }
    }

    private static void show(AdminOptions admin, JsonNode models) {
        admin.out().println(admin.json() ? models.toString() : TrialText.models(models));
        admin.out().flush();
    }
}
