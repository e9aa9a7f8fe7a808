package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Reads what a classifier gives.
final class Probabilities {
    private Probabilities() {}

    /// @param scores `[items, labels]`
    /// @param softmax whether they are logits
    /// @throws ModelFault if they are not as many as that, or one is no finite number
    static List<ModelOutput> of(EngineTensor scores, int items, int labels, boolean softmax)
            throws ModelFault {
        if (scores.dtype() != DType.FP32 || scores.elements() != (long) items * labels) {
            throw new ModelFault(
                    "output %s is %s %s for %d items of %d labels"
                            .formatted(
                                    scores.name(), scores.dtype(), scores.shape(), items, labels));
        }
        float[] all = scores.data().toArray(ValueLayout.JAVA_FLOAT);
        List<ModelOutput> outputs = new ArrayList<>(items);
        for (int item = 0; item < items; item++) {
            float[] own = new float[labels];
            System.arraycopy(all, item * labels, own, 0, labels);
            for (float score : own) {
                if (!Float.isFinite(score)) {
                    throw new ModelFault("a score of item %d is %s".formatted(item, score));
                }
            }
            outputs.add(new ModelOutput.Classes(softmax ? softmax(own) : own));
        }
        return outputs;
    }

    private static float[] softmax(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        double[] powers = new double[logits.length];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Math.exp(logits[i] - largest);
            sum += powers[i];
        }
        float[] probabilities = new float[logits.length];
        for (int i = 0; i < powers.length; i++) {
            probabilities[i] = (float) (powers[i] / sum);
        }
        return probabilities;
    }
}
