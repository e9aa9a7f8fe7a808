package dev.kiln.server.cli;

import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.RosterFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description =
                "Reads a configuration and the roster it names, and reports every problem at once.",
        footer = {
            "",
            "Exit codes: 0 nothing wrong, 2 problems",
            "",
            "Example: kiln config check kiln.yaml --set limits.calls=2048"
        },
        mixinStandardHelpOptions = true)
final class ConfigCheck implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Same as --config FILE.")
    private @Nullable Path file;

    @Option(names = "--json", description = "Prints {ok, problems}.")
    private boolean json;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Config config = file == null ? options.read() : options.read(file);
            if (config.identity().roster().isPresent()) {
                RosterFile.read(config.identity().roster().get());
            }
            out.println(json ? report(List.of()) : "ok: nothing wrong was found\n" + next());
            return Exit.OK;
        } catch (ConfigException e) {
            if (json) {
                out.println(report(e.problems()));
            } else {
                spec.commandLine().getErr().println(e.getMessage());
            }
            return Exit.USAGE;
        }
    }

    private String next() {
        return "next: kiln serve" + (file == null ? "" : " --config " + file);
    }

    private static String report(List<String> problems) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ok", problems.isEmpty());
        report.put("problems", problems);
        return Json.text(report);
    }
}
