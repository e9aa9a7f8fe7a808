package dev.kiln.core;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Tensor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What it takes to make inputs ready, learned by their bytes, and who has how much of that in hand: a call whose
/// pictures take longer to decode than its deadline leaves is refused before the first is looked at.
///
/// **Threads:** any; every method holds this object's monitor for a moment.
final class PrepareWork {
    private static final double LEARNING = 0.1;

    private final int cores;

    // Guarded by this.
    private final Map<String, Double> inHand = new HashMap<>();
    private double all;
    private double nanosPerByte;

    PrepareWork(int cores) {
        this.cores = cores;
    }

    /// Takes inputs in hand; to be followed by [#ended] with what this returns.
    ///
    /// @return nanoseconds that they will take, 0 while nothing was learned
    /// @throws Refused if they would take longer than the terms leave, or their caller too much of everybody's time
    synchronized double begin(List<ModelInput> inputs, Terms terms, long nowTick) throws Refused {
        double own = nanosPerByte * bytes(inputs);
        double left = terms.deadline().left(nowTick);
        double wait = own + all / cores;
        if (all > 0 && wait > left) {
            throw Refused.until(
                    Refusal.LIMIT_WOULD_MISS_DEADLINE,
                    "making its inputs ready would take %d ms, the deadline leaves %d ms"
                            .formatted((long) (wait / 1e6), (long) (left / 1e6)),
                    Duration.ofNanos((long) (wait - left)));
        }
        String caller = terms.caller().name();
        double before = inHand.getOrDefault(caller, 0.0);
        double most = Lending.LENT * left * cores;
        if (before > 0 && before + own > most) {
            throw Refused.until(
                    Refusal.LIMIT_QUEUE_FULL,
                    "%d ms of this caller's inputs are being made ready already"
                            .formatted((long) (before / 1e6)),
                    Duration.ofNanos((long) Math.max(1, before + own - most)));
        }
        if (own > 0) {
            inHand.merge(caller, own, Double::sum);
            all += own;
        }
        return own;
    }

    /// Inputs are ready, or given up.
    ///
    /// @param expected what [#begin] said
    synchronized void ended(Terms terms, double expected) {
        if (expected > 0) {
            all -= expected;
            inHand.computeIfPresent(
                    terms.caller().name(),
                    (_, held) -> held - expected < 1 ? null : held - expected);
            all = inHand.isEmpty() ? 0 : Math.max(0, all);
        }
    }

    /// Learns from inputs that were made ready; from none, nothing.
    synchronized void learn(List<ModelInput> inputs, long tookNanos) {
        if (inputs.isEmpty()) {
            return;
        }
        double seen = (double) tookNanos / Math.max(1, bytes(inputs));
        nanosPerByte = nanosPerByte == 0 ? seen : nanosPerByte + LEARNING * (seen - nanosPerByte);
    }

    private static long bytes(List<ModelInput> inputs) {
        long bytes = 0;
        for (ModelInput input : inputs) {
            bytes +=
                    switch (input) {
                        case ModelInput.Text(String text) -> text.length();
                        case ModelInput.Image(byte[] encoded) -> encoded.length;
                        case ModelInput.File(byte[] content) -> content.length;
                        case ModelInput.Sound sound -> sound.samples().length * (long) Float.BYTES;
                        case ModelInput.Tensors(List<Tensor> tensors) ->
                                tensors.stream().mapToLong(PrepareWork::bytes).sum();
                    };
        }
        return bytes;
    }

    private static long bytes(Tensor tensor) {
        return tensor.data().remaining();
    }
}
