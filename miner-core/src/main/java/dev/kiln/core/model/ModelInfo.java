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

    /// Three separate facts about where a model computes, and what belongs to them.
    ///
    /// @param requested what the configuration asked for
    /// @param active what the session itself reports
    /// @param proved what computed a golden sample correctly; `none` until one did
    /// @param percent of the computing nodes that the active device took, by the session's own profile; -1 where none
    ///     was taken
    /// @param fallback why another device computes than was promised; empty where none does
    public record Device(
            String requested, String active, String proved, int percent, String fallback) {
        public Device(String requested, String active, String proved) {
            this(requested, active, proved, -1, "");
        }

        /// Whether callers get less than was promised.
        public boolean fellBack() {
            return !fallback.isEmpty();
        }

        /// Whether a GPU computes.
        public boolean onGpu() {
            return active.startsWith("cuda");
        }
    }
}
