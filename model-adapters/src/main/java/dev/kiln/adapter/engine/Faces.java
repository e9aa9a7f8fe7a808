package dev.kiln.adapter.engine;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares tensors with what a model declares.
public final class Faces {
    private Faces() {}

    /// Puts inputs into the model's order.
    ///
    /// @throws IllegalArgumentException if one is missing, not wanted, or not what the model declares
    public static List<EngineTensor> inOrder(List<TensorSpec> declared, List<EngineTensor> given) {
        List<EngineTensor> ordered = new ArrayList<>(declared.size());
        for (TensorSpec spec : declared) {
            EngineTensor tensor =
                    named(given, spec.name())
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "input %s is missing".formatted(spec.name())));
            if (!tensor.fits(spec)) {
                throw new IllegalArgumentException("input " + difference(tensor, spec));
            }
            ordered.add(tensor);
        }
        if (given.size() != declared.size()) {
            throw new IllegalArgumentException(
                    "the model takes %d inputs, %d were given"
                            .formatted(declared.size(), given.size()));
        }
        return ordered;
    }

    /// Looks whether an output is what the model declares.
    ///
    /// @throws ModelFault if it is not
    public static void check(TensorSpec declared, EngineTensor output) throws ModelFault {
        if (!output.fits(declared)) {
            throw new ModelFault("output " + difference(output, declared));
        }
    }

    /// The tensor of this name.
    public static Optional<EngineTensor> named(List<EngineTensor> tensors, String name) {
        for (EngineTensor tensor : tensors) {
            if (tensor.name().equals(name)) {
                return Optional.of(tensor);
            }
        }
        return Optional.empty();
    }

    private static String difference(EngineTensor found, TensorSpec declared) {
        return "%s is %s %s, the model declares %s %s"
                .formatted(
                        found.name(),
                        found.dtype(),
                        found.shape(),
                        declared.dtype(),
                        declared.shape());
    }
}
