package dev.kiln.adapter.kind;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;

/// An input whose output is known: the proof that an engine computes what it should on the device it runs on.
///
/// @param name for messages
/// @param expected a vector may be cut short, its first components are then compared
/// @param tolerance largest absolute difference of a number, above 0
public record Sample(String name, ModelInput input, ModelOutput expected, double tolerance) {
    public Sample {
        if (!(tolerance > 0)) {
            throw new IllegalArgumentException("tolerance must be positive, was " + tolerance);
        }
    }
}
