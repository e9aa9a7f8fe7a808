package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.Examination;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;

/// One load run from the probe to the files.
public final class LoadSession {
    private final Order order;
    private final Told told;

    /// What to do.
    ///
    /// @param miner what is known of the miner's process, where it is ours
    /// @param command the words to run it again
    /// @param pinning which cores the generator has, in words
    public record Order(
            Ask ask,
            Cast cast,
            LoadTest.Rules rules,
            Traffic traffic,
            LoadFiles files,
            Optional<LoadTest.MinerView> miner,
            String command,
            String pinning) {}

    /// Who is told.
    ///
    /// @param line one line about what is being done
    /// @param progress once a second
    public record Told(Consumer<String> line, Consumer<Examination.Progress> progress) {}

    /// It would be in vain; the message is one line for the user.
    public static final class InVain extends Exception {
        private static final long serialVersionUID = 1L;

        InVain(String message) {
            super(message, null, false, false);
        }
    }

    public LoadSession(Order order, Told told) {
        this.order = order;
        this.told = told;
    }

    /// Probes, warms up, measures, writes.
    public LoadRun run() throws InVain, IOException, InterruptedException {
        order.files().require();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (var test = open(vertx)) {
            LoadRun.WarmUp warmUp = warm(test);
            told.line().accept("  measuring  " + words(order.traffic()));
            LoadTest.Measured measured = test.measure(order.traffic(), told.progress());
            LoadRun run = new LoadReport(test, facts()).of(measured, warmUp, null);
            return written(run, measured.chronicle());
        } finally {
            vertx.close();
        }
    }

    /// Probes, warms up, searches, writes.
    public LoadRun search(SearchPlan plan) throws InVain, IOException, InterruptedException {
        order.files().require();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (var test = open(vertx)) {
            LoadRun.WarmUp warmUp = warm(test);
            var search = new LoadSearch(test, order.traffic(), plan, told);
            LoadSearch.Found found = search.run();
            LoadRun run =
                    new LoadReport(test, facts()).of(found.confirmed(), warmUp, found.search());
            return written(run, found.confirmed().chronicle());
        } finally {
            vertx.close();
        }
    }

    private LoadTest open(Vertx vertx) throws InVain, InterruptedException {
        var test = new LoadTest(vertx, order.ask(), order.cast(), order.rules(), order.miner());
        try {
            told.line().accept("  probing    " + order.ask().url() + order.ask().path());
            Optional<String> vain = test.prepare();
            if (vain.isPresent()) {
                throw new InVain(vain.get());
            }
            return test;
        } catch (InVain | InterruptedException e) {
            test.close();
            throw e;
        }
    }

    private LoadRun.WarmUp warm(LoadTest test) throws InterruptedException {
        told.line().accept("  warm-up    until the server is steady, not counted");
        LoadRun.WarmUp warmUp = test.warmUp(order.traffic(), _ -> {});
        told.line()
                .accept(
                        "  warm-up    %s after %.1f s and %,d requests"
                                .formatted(
                                        warmUp.steady() ? "steady" : "NOT steady",
                                        warmUp.seconds(),
                                        warmUp.sent()));
        return warmUp;
    }

    /// What was measured is shown even where it cannot be kept.
    private LoadRun written(LoadRun run, Chronicle chronicle) throws IOException {
        try {
            order.files().write(run, chronicle);
            return run;
        } catch (IOException e) {
            LoadText.of(run).forEach(told.line());
            throw e;
        }
    }

    private static String words(Traffic traffic) {
        return traffic.inFlight().isPresent()
                ? "CLOSED LOOP, %d in flight, for %.0f s"
                        .formatted(traffic.inFlight().getAsInt(), traffic.seconds())
                : "%s (%s), %.1f/s on average, for %.0f s"
                        .formatted(
                                traffic.profile().spelled(),
                                traffic.profile().words(),
                                traffic.meanRate(),
                                traffic.seconds());
    }

    private LoadReport.Facts facts() {
        return new LoadReport.Facts(
                order.command(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                Surroundings.look(order.pinning()));
    }
}
