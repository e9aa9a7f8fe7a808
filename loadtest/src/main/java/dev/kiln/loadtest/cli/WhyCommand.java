package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.why.Derivation;
import dev.kiln.loadtest.why.Evidence;
import dev.kiln.loadtest.why.EvidenceFile;
import dev.kiln.loadtest.why.WhyText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `kiln why`.
@Command(
        name = "why",
        description = {
            "Prints a miner's score as a derivation: each factor with its numbers, the first gate that fails, and what would",
            "raise it most. Reads what `kiln load run --json` or `kiln demo --json` wrote, or runs a load test first.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 every gate holds, 1 one does not, 2 unreadable report, void run or usage.",
            "Example:  ./kiln why run.json",
            "          ./kiln why --against http://127.0.0.1:8091 --seconds 20"
        })
final class WhyCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "RUN.json",
            description = "a report of a load run or a demo")
    private @Nullable Path file;

    @Option(
            names = "--against",
            paramLabel = "URL",
            description =
                    "run `kiln load run` against this miner first, 10/s for 20 s unless its options, which may follow, say otherwise")
    private @Nullable String against;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Unmatched private List<String> others = new ArrayList<>();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        try {
            Evidence evidence = evidence();
            Derivation why = Derivation.of(evidence);
            if (json) {
                System.out.println(Json.write(WhyText.tree(evidence, why)));
            } else {
                WhyText.lines(evidence, why).forEach(System.out::println);
            }
            if (!evidence.voids().isEmpty()) {
                return Failure.CANNOT_RUN;
            }
            return why.firstFailed().isEmpty() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            System.err.println("kiln why: " + e.getMessage());
            return e.exitCode();
        }
    }

    private Evidence evidence() throws Failure {
        Path given = file;
        String url = against;
        if (url != null) {
            try {
                return run(url);
            } catch (IOException e) {
                throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
            }
        }
        if (given == null) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "give either a report, as ./kiln why run.json, or --against URL");
        }
        try {
            if (!others.isEmpty()) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "%s goes with --against only".formatted(String.join(" ", others)));
            }
            return EvidenceFile.read(given);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        }
    }

    /// What is meant for the load run: all words but our own. Values that follow an option of it look like a file here,
    /// so they are taken as they were typed.
    private List<String> passedOn() {
        List<String> typed =
                spec == null ? others : spec.root().commandLine().getParseResult().originalArgs();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < typed.size(); i++) {
            String word = typed.get(i);
            if (word.equals("--against")) {
                i++;
            } else if (!word.equals("why")
                    && !word.equals("--json")
                    && !word.startsWith("--against=")) {
                words.add(word);
            }
        }
        if (words.stream().noneMatch(word -> word.matches("--(rate|profile|closed-loop)(=.*)?"))) {
            words.addAll(List.of("--rate", "10"));
        }
        if (words.stream().noneMatch(word -> word.matches("--(seconds|profile|trace)(=.*)?"))) {
            words.addAll(List.of("--seconds", "20"));
        }
        return words;
    }

    /// A load run, its own words on standard error so that standard output holds the derivation alone.
    private Evidence run(String url) throws Failure, IOException {
        Path report = Files.createTempFile("kiln-why-", ".json");
        PrintStream out = System.out;
        try {
            Files.delete(report);
            List<String> words =
                    new ArrayList<>(
                            List.of("load", "run", "--against", url, "--json", report.toString()));
            words.addAll(passedOn());
            System.setOut(System.err);
            int code = Commands.run(words.toArray(String[]::new));
            if (!Files.exists(report)) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "the load run ended with %d and left no report".formatted(code));
            }
            return EvidenceFile.read(report);
        } finally {
            System.setOut(out);
            Files.deleteIfExists(report);
        }
    }
}
