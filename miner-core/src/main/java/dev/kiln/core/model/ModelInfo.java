package dev.kiln.core.model;

import java.util.HexFormat;

/// Which model, as receipts, metrics and the ready line name it.
///
/// @param name the name it is served under
/// @param sha256 of the weights file, 64 lower-case hex digits
/// @param engine `onnxruntime-1.29.0` and the like
/// @param purpose what it is for
/// @param device where it runs
public record ModelInfo(String name, String sha256, String engine, Purpose purpose, Device device) {
    public ModelInfo {
        if (HexFormat.of().parseHex(sha256).length != 32) {
            throw new IllegalArgumentException("sha256 must be 64 hex digits, was " + sha256);
        }
    }

    /// Three separate facts about where a model computes.
    ///
    /// @param requested what the configuration asked for
    /// @param active what the session itself reports
    /// @param proved what computed a golden sample correctly; `none` until one did
    public record Device(String requested, String active, String proved) {}
}
