package dev.kiln.adapter.pytorch;

import dev.kiln.core.model.TensorSpec;
import java.util.List;
import java.util.Set;

/// What a TorchScript module takes and gives. The file itself does not say, so `model.yaml` does.
///
/// @param method `forward`, or another that the module exports
/// @param inputs in the order of the method's arguments
/// @param numbers the names of those inputs that the method takes as a plain number and not as a tensor; they have no
///     axes
/// @param outputs in the order of what the method returns: a tensor, or a tuple or list of them. Where it returns a
///     dictionary, the names are its keys
public record TorchFace(
        String method, List<TensorSpec> inputs, Set<String> numbers, List<TensorSpec> outputs) {
    public TorchFace {
        inputs = List.copyOf(inputs);
        numbers = Set.copyOf(numbers);
        outputs = List.copyOf(outputs);
    }
}
