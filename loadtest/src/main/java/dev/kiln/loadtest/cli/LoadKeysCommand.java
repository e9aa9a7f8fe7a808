package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.load.Caller;
import dev.kiln.loadtest.load.Cast;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln load keys`.
@Command(
        name = "keys",
        description = {
            "Makes keyfiles for validators of load runs, or takes those that are there, and prints a roster for the server.",
            "Keys that a public miner's roster knows are worth as much as its service: keep the folder to yourself.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 fine, 2 usage, or a file cannot be read or written.",
            "Example:  ./kiln load keys --keys load-keys --validators 12 > roster.yaml",
            "          ./kiln load run --against http://127.0.0.1:8091 --keys load-keys --validators 12 --rate 40"
        })
final class LoadKeysCommand implements Callable<Integer> {
    @Option(
            names = "--keys",
            required = true,
            paramLabel = "FOLDER",
            description = "where they are kept")
    private Path keys = Path.of("");

    @Option(names = "--validators", paramLabel = "N", description = "how many (default: 4)")
    private int validators = 4;

    @Override
    public Integer call() {
        if (validators < 1 || validators > 1024) {
            System.err.println("kiln load keys: --validators must be from 1 to 1024");
            return Failure.CANNOT_RUN;
        }
        try {
            var wish =
                    new Cast.Wish(
                            validators,
                            List.of(Caller.Dialect.BTAUTH),
                            Duration.ofSeconds(10),
                            Duration.ZERO,
                            1);
            System.out.print(Cast.kept(wish, keys).roster());
            System.out.flush();
            return 0;
        } catch (IOException e) {
            System.err.println("kiln load keys: " + e.getMessage());
            return Failure.CANNOT_RUN;
        }
    }
}
