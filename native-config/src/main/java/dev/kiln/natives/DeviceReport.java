package dev.kiln.natives;

import java.util.List;
import java.util.Optional;

/// What a probe in a child process found out about one runtime and one device.
///
/// @param requested the device asked for
/// @param active the device that the runtime's session reports; `none` if it never got that far
/// @param proved the device that computed a golden sample correctly; `none` if none did
/// @param runtime the runtime's name, `unknown` if the probe did not say
/// @param version the runtime's version, `unknown` if the probe did not say
/// @param problem what went wrong, in one line; empty only if the golden sample was right
/// @param details further facts, one `key=value` or sentence a line
public record DeviceReport(
        String requested,
        String active,
        String proved,
        String runtime,
        String version,
        Optional<String> problem,
        List<String> details) {
    /// Stands for "no device".
    public static final String NONE = "none";

    public DeviceReport {
        details = List.copyOf(details);
    }

    /// A further fact by its key.
    public Optional<String> detail(String key) {
        return details.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst();
    }

    /// Whether a golden sample was computed correctly on the very device that was active.
    public boolean isProved() {
        return problem.isEmpty() && !proved.equals(NONE) && proved.equals(active);
    }
}
