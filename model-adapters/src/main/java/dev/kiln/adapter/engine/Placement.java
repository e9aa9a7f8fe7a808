package dev.kiln.adapter.engine;

/// Where an engine's runs computed.
///
/// @param device `cpu`, or `cuda:0` and the like
/// @param percent of the computing nodes that this device took, or [#UNKNOWN]
public record Placement(String device, int percent) {
    public static final int UNKNOWN = -1;
}
