package dev.kiln.natives;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How many GPUs the driver shows to this process.
///
/// @param gpus 0 where it shows none, or does not answer
public record GpuCount(int gpus) {
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    /// Asks the driver in a child process, where the system has more than one GPU to show.
    public static GpuCount here() {
        return under(Path.of("/dev"), GpuCount::asked);
    }

    /// As many as the system has device files for: nobody asks the driver, which may hide some.
    public static GpuCount seen() {
        return new GpuCount((int) GpuNodes.gpus(GpuNodes.here()));
    }

    /// Somebody who asks the driver.
    interface Driver {
        int gpus() throws InterruptedException;
    }

    /// @param dev the folder of device files
    static GpuCount under(Path dev, Driver driver) {
        long nodes = GpuNodes.gpus(GpuNodes.under(dev));
        if (nodes < 2) {
            return new GpuCount((int) nodes);
        }
        try {
            return new GpuCount(driver.gpus());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new GpuCount(0);
        }
    }

    private static int asked() throws InterruptedException {
        return GpuFacts.find(GpuFacts.Look.here(Optional.empty(), AT_MOST)).gpus().size();
    }

    /// Their names, as engines and reports spell them.
    public List<String> names() {
        return IntStream.range(0, gpus).mapToObj(index -> "cuda:" + index).toList();
    }
}
