package dev.kiln.loadtest.rivals;

import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.bench.ThreadTimes;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.OwnMiner;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
    /// @param models the names that the model has; each is computed apart
    /// @param source as the configuration names it
    /// @param maxItems calls in one batch
    /// @param path of the one route
    record Menu(List<String> models, String source, int maxItems, String path, String task) {
        Menu {
            models = List.copyOf(models);
        }

        /// Embeddings of the model of an exhibit.
        static Menu of(Exhibit exhibit) {
            return embeddings(
                    exhibit.name(), exhibit.folder().toAbsolutePath().toString(), MAX_ITEMS);
        }

        static Menu embeddings(String model, String source, int maxItems) {
            return embeddings(List.of(model), source, maxItems);
        }

        static Menu embeddings(List<String> models, String source, int maxItems) {
            return new Menu(models, source, maxItems, "/v1/embeddings", "embeddings");
        }
    }

    /// How it is started.
    ///
    /// @param prefix words before the launcher, such as those that pin it
    /// @param threads of the engine
    /// @param deadline of the route
    /// @param more lines of configuration
    record Setting(List<String> prefix, int threads, Duration deadline, String more) {
        /// As it is measured beside others: one thread computes.
        static Setting usual(List<String> prefix) {
            return new Setting(prefix, 1, Trial.DEADLINE, "");
        }
    }

    static KilnStand start(Menu menu, Callers callers, Setting setting)
            throws MinerException, IOException, InterruptedException {
        var order =
                new OwnMiner.Order(
                        callers.members(),
                        setting.prefix(),
                        setting.more() + yaml(menu, setting),
                        callers.apiKeys());
        return new KilnStand(
                OwnMiner.start(order, _ -> {}),
                "./kiln serve as it starts (serial collector, 256 MiB of heap), engine-threads %d, the route's deadline %d s, all else default"
                        .formatted(setting.threads(), setting.deadline().toSeconds()));
    }

    private static String yaml(Menu menu, Setting setting) {
        var models = new StringBuilder("models:\n");
        for (String name : menu.models()) {
            models.append(
                    """
                      - name: %s
                        source: '%s'
                        device: cpu
                        engine-threads: %d
                        batch:
                          max-items: %d
                    """
                            .formatted(
                                    name,
                                    menu.source().replace("'", "''"),
                                    setting.threads(),
                                    menu.maxItems()));
        }
        return models
                + """
                routes:
                  - path: %s
                    task: %s
                    deadline: %ds
                """
                        .formatted(menu.path(), menu.task(), setting.deadline().toSeconds());
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

    /// Processor time used up to now, in microseconds; 0 where the system does not tell.
    double cpuMicros() {
        return miner.cpuNanos().orElse(0) / 1e3;
    }

    @Override
    public long compilingNanos() {
        return threadNanos().getOrDefault(ThreadTimes.COMPILER, 0L);
    }

    /// Processor time used up to now by what threads do; empty where the system does not tell.
    Map<String, Long> threadNanos() {
        return ThreadTimes.of(miner.pid());
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
