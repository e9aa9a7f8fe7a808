package dev.kiln.loadtest.rivals;

import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.OwnMiner;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// Kiln as `kiln serve` starts it, with its defaults but for what the run needs.
final class KilnStand implements Stand {
    /// The default.
    static final int MAX_ITEMS = 32;

    private final OwnMiner miner;
    private final String configuration;

    private KilnStand(OwnMiner miner, String configuration) {
        this.miner = miner;
        this.configuration = configuration;
    }

    /// What it serves.
    ///
    /// @param source as the configuration names it
    /// @param maxItems calls in one batch
    /// @param path of the one route
    record Menu(String model, String source, int maxItems, String path, String task) {
        /// Embeddings of the model of an exhibit.
        static Menu of(Exhibit exhibit) {
            return embeddings(
                    exhibit.name(), exhibit.folder().toAbsolutePath().toString(), MAX_ITEMS);
        }

        static Menu embeddings(String model, String source, int maxItems) {
            return new Menu(model, source, maxItems, "/v1/embeddings", "embeddings");
        }
    }

    static KilnStand start(Menu menu, Callers callers, List<String> prefix, int threads)
            throws MinerException, IOException, InterruptedException {
        long deadline = Trial.DEADLINE.toSeconds();
        var order =
                new OwnMiner.Order(
                        callers.members(),
                        prefix,
                        yaml(menu, threads, deadline),
                        callers.apiKeys());
        return new KilnStand(
                OwnMiner.start(order, _ -> {}),
                "./kiln serve as it starts (serial collector, 256 MiB of heap), engine-threads %d, the route's deadline %d s, all else default"
                        .formatted(threads, deadline));
    }

    private static String yaml(Menu menu, int threads, long deadlineSeconds) {
        return """
        models:
          - name: %s
            source: '%s'
            device: cpu
            engine-threads: %d
            batch:
              max-items: %d
        routes:
          - path: %s
            task: %s
            deadline: %ds
        """
                .formatted(
                        menu.model(),
                        menu.source().replace("'", "''"),
                        threads,
                        menu.maxItems(),
                        menu.path(),
                        menu.task(),
                        deadlineSeconds);
    }

    @Override
    public URI url() {
        return miner.ready().url();
    }

    @Override
    public Hotkey hotkey() {
        return miner.hotkey();
    }

    @Override
    public String configuration() {
        return configuration;
    }

    /// Its model as answers name it.
    String model() {
        return miner.ready().model();
    }

    @Override
    public String tail() {
        return miner.tail();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        miner.stop();
        miner.close();
    }
}
