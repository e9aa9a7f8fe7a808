package dev.kiln.loadtest.rivals;

import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.OwnMiner;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// Kiln as `kiln serve` starts it, with its defaults but for what the run needs.
final class KilnStand implements Stand {
    private final OwnMiner miner;
    private final String configuration;

    private KilnStand(OwnMiner miner, String configuration) {
        this.miner = miner;
        this.configuration = configuration;
    }

    static KilnStand start(Exhibit exhibit, Callers callers, List<String> prefix, int threads)
            throws MinerException, IOException, InterruptedException {
        String folder = exhibit.folder().toAbsolutePath().toString().replace("'", "''");
        long deadline = Trial.DEADLINE.toSeconds();
        var order =
                new OwnMiner.Order(
                        callers.members(),
                        prefix,
                        yaml(exhibit.name(), folder, threads, deadline),
                        callers.apiKeys());
        return new KilnStand(
                OwnMiner.start(order, _ -> {}),
                "./kiln serve as it starts (serial collector, 256 MiB of heap), engine-threads %d, the route's deadline %d s, all else default"
                        .formatted(threads, deadline));
    }

    private static String yaml(String model, String folder, int threads, long deadlineSeconds) {
        return """
        models:
          - name: %s
            source: '%s'
            device: cpu
            engine-threads: %d
        routes:
          - path: /v1/embeddings
            task: embeddings
            deadline: %ds
        """
                .formatted(model, folder, threads, deadlineSeconds);
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
