package dev.kiln.adapter.kind;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;

/// Runs golden samples and compares what comes out.
public final class Golden {
    private Golden() {}

    /// Runs each sample alone, then all in one batch.
    ///
    /// @throws ModelFault if an output differs by more than its sample's tolerance
    public static void prove(ModelAdapter adapter, List<Sample> samples) throws ModelFault {
        List<Prepared> items = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            Prepared item = prepared(adapter, sample);
            check(sample, adapter.run(List.of(item)).getFirst(), "alone");
            items.add(item);
        }
        if (items.size() > 1) {
            List<ModelOutput> together = adapter.run(items);
            for (int i = 0; i < samples.size(); i++) {
                check(samples.get(i), together.get(i), "in a batch");
            }
        }
    }

    private static Prepared prepared(ModelAdapter adapter, Sample sample) throws ModelFault {
        try {
            return adapter.prepare(sample.input());
        } catch (UnfitInput e) {
            throw new ModelFault(
                    "the golden sample %s is refused: %s".formatted(sample.name(), e.getMessage()),
                    e);
        }
    }

    private static void check(Sample sample, ModelOutput output, String how) throws ModelFault {
        double distance = distance(sample.expected(), output);
        if (!(distance <= sample.tolerance())) {
            throw new ModelFault(
                    "the golden sample %s came out wrong %s: a number differs by %.2e, tolerance %.2e"
                            .formatted(sample.name(), how, distance, sample.tolerance()));
        }
    }

    /// The largest absolute difference of a number; infinite if the outputs are of different kinds or sizes, or one
    /// found is NaN. Of an expected vector or of expected speech the beginning is enough, and an expected probability
    /// that is NaN is not compared.
    public static double distance(ModelOutput expected, ModelOutput found) {
        return switch (expected) {
            case ModelOutput.Embedding(float[] start, int _, boolean _)
                    when found instanceof ModelOutput.Embedding(float[] whole, int _, boolean _) ->
                    distance(start, whole);
            case ModelOutput.Classes(float[] some)
                    when found instanceof ModelOutput.Classes(float[] all)
                            && some.length == all.length ->
                    distance(some, all);
            case ModelOutput.Speech(float[] start, float[] _)
                    when found instanceof ModelOutput.Speech(float[] whole, float[] _) ->
                    distance(start, whole);
            case ModelOutput.Tensors(List<Tensor> ones)
                    when found instanceof ModelOutput.Tensors(List<Tensor> others)
                            && ones.size() == others.size() ->
                    TensorDistance.of(ones, others);
            default -> Double.POSITIVE_INFINITY;
        };
    }

    private static double distance(float[] start, float[] whole) {
        if (start.length > whole.length) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        for (int i = 0; i < start.length; i++) {
            if (!Float.isNaN(start[i])) {
                worst = TensorDistance.worse(worst, Math.abs((double) whole[i] - start[i]));
            }
        }
        return worst;
    }
}
