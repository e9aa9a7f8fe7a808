package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.drill.Drill;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln drill`.
@Command(
        name = "drill",
        description = {
            "Breaks a miner of its own in the ways in which machines break, one after the other, and says of each what was",
            "promised and whether it was kept. Takes about two minutes.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 every promise kept that could be tried, 1 one was not, or none could be tried, 2 could not run.",
            "Example:  ./kiln drill --only hang,roster --json"
        })
final class DrillCommand implements Callable<Integer> {
    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "some of lane, disk, clock, heap, roster and hang (default: all)")
    private List<String> only = new ArrayList<>();

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(System.err);
        try {
            for (String each : only) {
                if (!Drill.names().contains(each)) {
                    throw LoadOptions.unknown("--only", each, Drill.names());
                }
            }
            screen.say("Kiln: the fault drill, on miners of its own");
            List<Drill.Row> rows = new Drill(only, line -> screen.live("  " + line)).run();
            screen.say("");
            boolean kept =
                    rows.stream().noneMatch(row -> row.verdict().equals("BROKEN"))
                            && rows.stream().anyMatch(Drill.Row::tried);
            if (json) {
                System.out.println(Json.write(tree(rows, kept)));
            } else {
                rows.forEach(DrillCommand::print);
                Drill.leftOut()
                        .forEach((name, why) ->
                                System.out.println("%-8s not drilled: %s".formatted(name, why)));
                System.out.println(verdict(rows, kept));
            }
            return kept ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            screen.say("kiln drill: " + e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            screen.say("kiln drill: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }

    private static String verdict(List<Drill.Row> rows, boolean kept) {
        long untried = rows.stream().filter(row -> !row.tried()).count();
        String verdict = kept ? "every promise kept" : "NOT every promise was kept";
        return untried == 0 ? verdict : "%s; %d not tried".formatted(verdict, untried);
    }

    private static void print(Drill.Row row) {
        System.out.println(
                "%-8s %-13s %5.1f s  %s"
                        .formatted(row.name(), row.verdict(), row.seconds(), row.deed()));
        System.out.println("         promised  " + row.promise());
        System.out.println("         seen      " + row.seen());
    }

    private static Map<String, Object> tree(List<Drill.Row> rows, boolean kept) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kept", kept);
        tree.put("not_tried", rows.stream().filter(row -> !row.tried()).count());
        tree.put("faults", rows.stream().map(DrillCommand::tree).toList());
        tree.put("left_out", Drill.leftOut());
        return tree;
    }

    private static Map<String, Object> tree(Drill.Row row) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", row.name());
        tree.put("deed", row.deed());
        tree.put("promise", row.promise());
        tree.put("verdict", row.verdict());
        tree.put("seen", row.seen());
        tree.put("seconds", row.seconds());
        return tree;
    }
}
