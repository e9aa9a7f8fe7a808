package dev.kiln.server.cli;

import dev.kiln.adapter.catalog.Catalogue;
import dev.kiln.adapter.catalog.Catalogue.Entry;
import dev.kiln.adapter.fetch.Installer;
import dev.kiln.server.config.ConfigException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        description = "Lists the models that can be added by name.",
        footer = {
            "",
            "Exit codes: 0 listed, 2 wrong command line or configuration",
            "",
            "Example: kiln model list --json"
        },
        mixinStandardHelpOptions = true)
final class ModelList implements Callable<Integer> {
    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--json",
            description =
                    "Prints [{name, engine, task, size, licence, source, installed, about}], size in bytes.")
    private boolean json;

    @Mixin private final ConfigOptions options = new ConfigOptions();

    ModelList(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Installer installer;
        try {
            installer = ModelAdd.installer(options, around);
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return Exit.USAGE;
        }
        List<Entry> entries = Catalogue.ours().entries();
        if (json) {
            List<Object> list = new ArrayList<>();
            entries.forEach(entry -> list.add(facts(entry, installer)));
            out.println(Json.text(list));
            return Exit.OK;
        }
        out.println(row("NAME", "ENGINE", "TASK", "SIZE", "LICENCE", "ADDED", "FROM"));
        for (Entry entry : entries) {
            out.println(
                    row(
                            entry.name(),
                            entry.engine(),
                            entry.task(),
                            String.format(Locale.ROOT, "%.1f MB", entry.size() / 1e6),
                            entry.licence(),
                            installer.has(entry) ? "added" : "-",
                            entry.source().text()));
        }
        out.println(next(entries, installer));
        return Exit.OK;
    }

    private static String row(Object... cells) {
        return "%-18s %-8s %-21s %9s  %-11s %-6s %s".formatted(cells);
    }

    /// The first that is not there yet; with all there, how one is served.
    private static String next(List<Entry> entries, Installer installer) {
        return entries.stream()
                .filter(entry -> !installer.has(entry))
                .findFirst()
                .map(entry -> "next: kiln model add " + entry.name())
                .orElseGet(() ->
                        "next: kiln serve --set models[0].source=catalog:"
                                + entries.getFirst().name());
    }

    private static Map<String, Object> facts(Entry entry, Installer installer) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", entry.name());
        facts.put("engine", entry.engine());
        facts.put("task", entry.task());
        facts.put("size", entry.size());
        facts.put("licence", entry.licence());
        facts.put("source", entry.source().text());
        facts.put("installed", installer.has(entry));
        facts.put("about", entry.about());
        return facts;
    }
}
