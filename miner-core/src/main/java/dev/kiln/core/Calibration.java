package dev.kiln.core;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Learns an engine's speed before the first call comes: really runs the adapter's samples in batches of several sizes.
///
/// @param wanted whether somebody waits already; then it ends after the run under way
record Calibration(
        ModelAdapter adapter,
        BatchPolicy policy,
        ServiceCurve curve,
        BooleanSupplier wanted,
        Time time) {
    /// All runs together; one more is begun only if it is expected to end within.
    static final long LONGEST_NANOS = 150_000_000;

    private static final System.Logger LOG = System.getLogger(Calibration.class.getName());

    /// Runs for each size, as far as the time goes.
    private static final int ROUNDS = 3;

    /// Of a lane's engine.
    Calibration(LaneLoop.Parts parts, BatchPolicy policy) {
        this(
                parts.adapter(),
                policy,
                parts.curve(),
                () -> parts.queue().busy() || parts.queue().closed(),
                parts.time());
    }

    /// Runs what there is time for; without samples, nothing.
    void run() {
        long until = time.tick() + LONGEST_NANOS;
        try {
            List<Prepared> samples = samples();
            for (int round = 0; round < ROUNDS; round++) {
                for (int size = 1; size <= policy.maxItems(); size *= 2) {
                    for (Prepared sample : samples) {
                        if (size <= policy.fill(sample.cost()) && !ran(size, sample, until)) {
                            return;
                        }
                    }
                }
            }
        } catch (ModelFault | UnfitInput | RuntimeException fault) {
            // Whether the engine is to be trusted is found out elsewhere.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a lane could not learn its engine's speed",
                    fault);
        }
    }

    /// The cheapest, the middle and the dearest.
    private List<Prepared> samples() throws UnfitInput {
        List<Prepared> all = new ArrayList<>();
        for (ModelInput input : adapter.samples()) {
            all.add(adapter.prepare(input));
        }
        all.sort(Comparator.comparingInt(Prepared::cost));
        return all.size() <= 3
                ? all
                : List.of(all.getFirst(), all.get(all.size() / 2), all.getLast());
    }

    private boolean ran(int size, Prepared sample, long until) throws ModelFault {
        long padded = (long) size * sample.cost();
        long began = time.tick();
        // Twice the size of what is known takes at most twice the time.
        double expected = 2 * curve.batch(size, padded).orElse(0);
        if (wanted.getAsBoolean() || expected > until - began) {
            return false;
        }
        adapter.run(Collections.nCopies(size, sample));
        curve.learn(size, padded, time.tick() - began);
        return true;
    }
}
