package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.attack.AttackReport;
import dev.kiln.loadtest.attack.Case;
import dev.kiln.loadtest.attack.Spoken;
import dev.kiln.loadtest.attack.Suite;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln attack list`.
@Command(
        name = "list",
        description = {
            "Says what is tried, what a miner must do about it, and what an attacker would gain.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 listed, 2 no attack has such a name.",
            "Example:  ./kiln attack list --only 'replay-*'"
        })
final class AttackListCommand implements Callable<Integer> {
    @Option(names = "--only", paramLabel = "GLOB", description = "attacks whose names match")
    private String only = "*";

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        List<Case> rows = Suite.matching(only);
        if (rows.isEmpty()) {
            System.err.println(
                    "kiln attack list: no attack is called %s; leave --only out to see all"
                            .formatted(only));
            return Failure.CANNOT_RUN;
        }
        if (json) {
            Map<String, Object> root = new LinkedHashMap<>();
            root.put("count", rows.size());
            root.put("cases", rows.stream().map(AttackReport::row).toList());
            System.out.println(Json.write(root));
            return 0;
        }
        String family = "";
        for (Case row : rows) {
            String own = row.family().name().toLowerCase(Locale.ROOT);
            if (!own.equals(family)) {
                System.out.println();
                System.out.println("%s: %s".formatted(own, row.family().words()));
                family = own;
            }
            System.out.println(
                    "  %-26s %-9s %s"
                            .formatted(
                                    row.name(),
                                    row.spoken().map(Spoken::toString).orElse("any"),
                                    row.sent()));
            System.out.println(
                    "  %-26s %-9s -> %s: %s".formatted("", "", row.expected().words(), row.why()));
        }
        System.out.println();
        System.out.println("%d rows".formatted(rows.size()));
        System.out.println("next  ./kiln attack run --start");
        return 0;
    }
}
