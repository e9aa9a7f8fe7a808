package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.RawChild;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The embedded model alone in the raw loop, on the server's core, over the texts that the server is asked; in turns with
/// the server, since neighbours on the machine slow both.
///
/// **Threads:** confined to one.
final class RawTexts implements AutoCloseable {
    private final Pinning pinning;
    private final RivalBench.Plan plan;
    private final Path file;

    private RawTexts(Pinning pinning, RivalBench.Plan plan, Path file) {
        this.pinning = pinning;
        this.plan = plan;
        this.file = file;
    }

    static RawTexts of(List<String> texts, Pinning pinning, RivalBench.Plan plan)
            throws IOException {
        Path file = Files.createTempFile("kiln-texts-", ".txt");
        Files.write(file, texts);
        return new RawTexts(pinning, plan, file);
    }

    /// What the loop says of batches of at most so many texts; runs as long to warm up as it measures.
    Map<String, Double> run(int items, double seconds)
            throws MinerException, IOException, InterruptedException {
        RawChild.BatchRule usual = RawChild.BatchRule.TEXTS;
        var rule = new RawChild.BatchRule(items, usual.maxCost(), usual.maxPadding());
        var work = new RawChild.Work("embedded:minilm", file, rule, plan.callers());
        return new RawChild(pinning, plan.serverCore(), work).run(seconds);
    }

    /// Texts a second in batches of at most so many.
    double perSecond(int items, double seconds)
            throws MinerException, IOException, InterruptedException {
        return run(items, seconds).getOrDefault("items_per_s", 0.0);
    }

    /// What it takes.
    ///
    /// @param line through batches of one and of up to 32
    /// @param prepare microseconds of that to make a text ready
    record Took(QueueModel.Service line, double prepare) {}

    Took took(double seconds) throws MinerException, IOException, InterruptedException {
        Map<String, Double> small = run(1, seconds);
        Map<String, Double> large = run(KilnStand.MAX_ITEMS, seconds);
        return new Took(
                QueueModel.Service.through(QueueModel.Point.of(small), QueueModel.Point.of(large)),
                large.getOrDefault("prepare_us", 0.0));
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
    }
}
