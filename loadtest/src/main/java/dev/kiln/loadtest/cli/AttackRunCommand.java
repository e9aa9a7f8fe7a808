package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.attack.AttackReport;
import dev.kiln.loadtest.attack.Case;
import dev.kiln.loadtest.attack.Spoken;
import dev.kiln.loadtest.attack.Suite;
import dev.kiln.loadtest.attack.Target;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kiln attack run`.
@Command(
        name = "run",
        description = {
            "Sends what must be refused and checks that it is, with the right reason; then floods the miner with strangers",
            "while honest questions are timed. Loopback only, unless the host is yours and you say so.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 all ended as they must, 1 something got through or was refused for a wrong reason, 2 could not run.",
            "Example:  ./kiln attack run --start",
            "          ./kiln attack run --against http://127.0.0.1:8091 --only 'sig-*'",
            "          ./kiln attack run --against http://127.0.0.1:8091 --target fastapi-11 --miner 5F…"
        })
final class AttackRunCommand implements Callable<Integer> {
    @Option(names = "--against", paramLabel = "URL", description = "a miner that runs already")
    private @Nullable URI against;

    @Option(
            names = "--start",
            description = "start a miner for it, with a roster and limits of its own")
    private boolean start;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            description = "what it is: kiln (default), axon-10 or fastapi-11")
    private String target = "kiln";

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "btauth, axon or epistula (default: the target's own)")
    private @Nullable String dialect;

    @Option(names = "--only", paramLabel = "GLOB", description = "attacks whose names match")
    private String only = "*";

    @Option(
            names = "--miner",
            paramLabel = "SS58",
            description = "the hotkey asked (default: the development miner's)")
    private @Nullable String miner;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "the honest caller's keyfile (default: the development caller's)")
    private @Nullable Path key;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "with --against: the model honest questions name (default: minilm)")
    private String model = "minilm";

    @Option(
            names = "--flood-seconds",
            paramLabel = "N",
            description =
                    "how long strangers flood; 0 leaves the flood out (default: 30, 0 with --only)")
    private double floodSeconds = -1;

    @Option(
            names = "--flood-rate",
            paramLabel = "N",
            description = "honest questions a second beside the flood (default: 20)")
    private double floodRate = 20;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            description = "longest wait for a reply; longer is hung (default: 10s)")
    private Duration patience = Duration.ofSeconds(10);

    @Option(
            names = "--i-own-this-host",
            description = "attack a host that is not this machine; only ever your own")
    private boolean mine;

    @Option(names = "--json", description = "print JSON; progress goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.on(json ? System.err : System.out);
        try {
            var attack = new Attack(screen, order());
            URI at = against;
            AttackReport report =
                    at == null
                            ? attack.own()
                            : attack.running(
                                    new Attack.Running(
                                            at, Keys.miner(miner), Keys.caller(key), model));
            screen.say("");
            report.summary().forEach(screen::say);
            if (json) {
                System.out.println(Json.write(report.tree()));
            }
            return report.good() ? 0 : Failure.REFUSED;
        } catch (Failure e) {
            System.err.println("kiln attack run: " + e.getMessage());
            return e.exitCode();
        }
    }

    private Attack.Order order() throws Failure {
        Target kind =
                Target.of(target)
                        .orElseThrow(() ->
                                cannot(
                                        "--target must be kiln, axon-10 or fastapi-11, was "
                                                + target));
        Spoken spoken = kind.spoken();
        if (dialect != null) {
            String named = dialect;
            spoken =
                    Spoken.of(named)
                            .orElseThrow(() ->
                                    cannot(
                                            "--dialect must be btauth, axon or epistula, was "
                                                    + named));
        }
        requireTarget(kind);
        List<Case> cases = Suite.matching(only);
        double flood = floodSeconds >= 0 ? floodSeconds : only.equals("*") ? 30 : 0;
        if (cases.isEmpty() && flood == 0) {
            throw cannot("no attack is called %s; see ./kiln attack list".formatted(only));
        }
        if (floodRate <= 0 || flood > 600) {
            throw cannot("--flood-rate must be above 0 and --flood-seconds at most 600");
        }
        return new Attack.Order(kind, spoken, cases, patience, flood, floodRate);
    }

    private void requireTarget(Target kind) throws Failure {
        URI at = against;
        if ((at == null) != start) {
            throw cannot("give either --against URL or --start");
        }
        if (at == null) {
            if (kind != Target.KILN) {
                throw cannot("--start starts Kiln; give --against for another target");
            }
            return;
        }
        if (!"http".equals(at.getScheme()) || at.getHost() == null) {
            throw cannot("%s is no URL to attack; write http://HOST:PORT".formatted(at));
        }
        if (!mine && !isLoopback(at.getHost())) {
            throw cannot(
                    "%s is not this machine; attack only what is yours, and say so with --i-own-this-host"
                            .formatted(at.getHost()));
        }
    }

    private static boolean isLoopback(String host) throws Failure {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            throw cannot("no such host: " + host);
        }
    }

    private static Failure cannot(String message) {
        return new Failure(Failure.CANNOT_RUN, message);
    }
}
