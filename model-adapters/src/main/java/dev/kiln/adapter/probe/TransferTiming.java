package dev.kiln.adapter.probe;

import dev.kiln.adapter.onnx.Transfers;
import dev.kiln.core.model.ModelFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How much of a batch's copying hides behind the computing of others, two threads at it as in a lane: of the time that
/// the copies take alone, the part that batches in the host's memory do not take longer than those on the device.
///
/// @param copyMicros of one batch there and back, with nothing beside it
/// @param residentMicros for each batch of both threads together, nothing copied
/// @param hostMicros the same from and to the host's memory
/// @param spreadMicros how far the rounds of nothing copied lie apart, at most: a part not hidden that is less than this
///     may be none
record TransferTiming(
        double copyMicros, double residentMicros, double hostMicros, double spreadMicros) {
    private static final int THREADS = 2;
    private static final int ROUNDS = 5;
    private static final double FLOOR = 0.90;
    private static final double AIM = 0.97;

    /// Both ways in turns, so that what else the machine does falls on both; the median of the rounds.
    ///
    /// @param seconds of each way, in all rounds together
    static TransferTiming measure(Transfers transfers, double seconds)
            throws ModelFault, InterruptedException {
        List<EngineLoops.Work> resident = new ArrayList<>();
        List<EngineLoops.Work> host = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            resident.add(transfers.onDevice()::run);
            host.add(transfers.inHost()::run);
        }
        double each = seconds / ROUNDS;
        stretch(resident, each / 2);
        stretch(host, each / 2);
        double[] copies = new double[ROUNDS];
        double[] residents = new double[ROUNDS];
        double[] hosts = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            residents[i] = stretch(resident, each);
            hosts[i] = stretch(host, each);
            copies[i] = transfers.copyNanos() / 1e3;
        }
        double spread =
                Arrays.stream(residents).max().orElseThrow()
                        - Arrays.stream(residents).min().orElseThrow();
        return new TransferTiming(median(copies), median(residents), median(hosts), spread);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// @return microseconds for each batch
    private static double stretch(List<EngineLoops.Work> batches, double seconds)
            throws ModelFault, InterruptedException {
        RunTimes times = EngineLoops.times(batches, seconds);
        return times.wallSeconds() * 1e6 / times.count();
    }

    /// Above 1 it cannot be; below 0 the host's way costs more than its copies.
    double hidden() {
        return 1 - Math.max(0, hostMicros - residentMicros) / copyMicros;
    }

    Section section(String name, boolean gpu) {
        var section =
                new Section(name)
                        .with("of", gpu ? "gpu" : "processor")
                        .with("clock", "host")
                        .with("threads", THREADS)
                        .with("copy_us", copyMicros)
                        .with("resident_us", residentMicros)
                        .with("host_us", hostMicros)
                        .with("resident_spread_us", spreadMicros);
        if (gpu && copyMicros > 0) {
            section.with("hidden", hidden());
        } else {
            String why = "the copies cannot be told from the rest";
            section.with("hidden_absent", gpu ? why : "the processor has nothing to copy");
        }
        return section.with("hidden_floor_g8", FLOOR).with("hidden_aim_g8", AIM);
    }
}
