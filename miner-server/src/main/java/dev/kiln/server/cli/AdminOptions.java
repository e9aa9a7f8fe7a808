package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.server.admin.AdminClient;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How a command finds the running server, asks it, and shows what it says.
final class AdminOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration that the server was started with, if any.")
    private @Nullable Path config;

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description = "The server's state folder, instead of the configuration's.")
    private @Nullable Path state;

    @Option(names = "--json", description = "Prints the server's answer as JSON.")
    private boolean json;

    /// Asks, shows progress on standard error, and the answer on standard output.
    ///
    /// @param text the answer for people
    int ask(
            Home home,
            String path,
            Map<String, Optional<?>> fields,
            Function<JsonNode, String> text) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            JsonNode answer = client(home).ask(path, fields, line -> err.println("  " + line));
            boolean ok = answer.path("ok").asBoolean();
            if (json) {
                out.println(answer);
            } else if (ok) {
                out.println(text.apply(answer));
            } else {
                err.println("not done: " + answer.path("reason").asText());
            }
            out.flush();
            boolean couldNot = answer.path("cause").asText().equals(AdminClient.COULD_NOT);
            return ok ? Exit.OK : couldNot ? Exit.USAGE : Exit.FAILED;
        } catch (ConfigException e) {
            err.println(e.getMessage());
            return Exit.USAGE;
        } catch (IOException e) {
            err.println(e.getMessage());
            return Exit.USAGE;
        } catch (InterruptedException _) {
            return Exit.FAILED;
        }
    }

    /// One question whose answer is looked at and not shown.
    JsonNode look(Home home, String path)
            throws ConfigException, IOException, InterruptedException {
        return client(home).ask(path, Map.of(), _ -> {});
    }

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private AdminClient client(Home home) throws ConfigException, IOException {
        if (config != null) {
            Config read = new ConfigSource(Optional.of(config), List.of()).read().config();
            boolean development = read.identity().hotkey().isEmpty();
            Path folder = read.folders().state().orElse(home.state(development));
            return AdminClient.of(state == null ? folder : state, read.server().admin().token());
        }
        if (state != null) {
            return AdminClient.of(state, Optional.empty());
        }
        Path own = home.state(false);
        Path folder = Files.exists(own.resolve("admin.url")) ? own : home.state(true);
        return AdminClient.of(folder, Optional.empty());
    }
}
