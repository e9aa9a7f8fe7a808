package dev.kiln.adapter.engine;

import dev.kiln.core.model.ModelFault;

/// Where an engine's runs computed.
///
/// @param device `cpu`, or `cuda:0` and the like
/// @param percent of the computing nodes that this device took, or [#UNKNOWN]
public record Placement(String device, int percent) {
    public static final int UNKNOWN = -1;

    /// The same. On a GPU it has to be known: what was asked for is no word of what computes, and a provider that took
    /// nothing falls back in silence.
    ///
    /// @throws ModelFault if this is a GPU of which nothing was seen
    public Placement believed() throws ModelFault {
        if (percent == UNKNOWN && !device.equals("cpu")) {
            throw new ModelFault(
                    "no profile: what the provider took cannot be read, so %s is not believed"
                            .formatted(device));
        }
        return this;
    }
}
