package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.EngineSection;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/// Compares what a `model.yaml` declares with what the loaded model says of itself.
final class Declared {
    private Declared() {}

    /// The engine, if the declaration holds; else it is closed.
    static Engine checked(Engine engine, EngineSection section) throws ModelFault {
        List<String> problems = new ArrayList<>();
        if (!section.inputs().isEmpty()) {
            compare("inputs", section.inputs(), engine.inputs(), problems);
        }
        if (!section.outputs().isEmpty()) {
            compare("outputs", section.outputs(), engine.outputs(), problems);
        }
        if (!problems.isEmpty()) {
            engine.close();
            throw new ModelFault("is not what model.yaml declares: " + String.join("; ", problems));
        }
        return engine;
    }

    private static void compare(
            String what, List<TensorSpec> declared, List<TensorSpec> found, List<String> problems) {
        for (TensorSpec spec : declared) {
            var own = found.stream().filter(it -> it.name().equals(spec.name())).findFirst();
            if (own.isEmpty()) {
                problems.add(
                        "%s.%s does not exist, the model has %s"
                                .formatted(
                                        what,
                                        spec.name(),
                                        found.stream().map(TensorSpec::name).toList()));
            } else if (own.get().dtype() != spec.dtype()
                    || !agree(spec.shape(), own.get().shape())) {
                problems.add(
                        "%s.%s = %s %s, the model has %s %s"
                                .formatted(
                                        what,
                                        spec.name(),
                                        spec.dtype(),
                                        spec.shape(),
                                        own.get().dtype(),
                                        own.get().shape()));
            }
        }
        for (TensorSpec own : found) {
            if (declared.stream().noneMatch(spec -> spec.name().equals(own.name()))) {
                problems.add("%s lacks %s, which the model has".formatted(what, own.name()));
            }
        }
    }

    /// A declaration may fix an axis that the model leaves open, and not open one that it fixes.
    private static boolean agree(List<Long> declared, List<Long> found) {
        if (declared.size() != found.size()) {
            return false;
        }
        for (int axis = 0; axis < declared.size(); axis++) {
            if (found.get(axis) != -1 && !found.get(axis).equals(declared.get(axis))) {
                return false;
            }
        }
        return true;
    }
}
