package dev.kiln.natives;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A device as a configuration spells it: `cpu`, `auto`, `cuda`, or one GPU of several, `cuda:1`.
///
/// @param index of the GPU, as the CUDA driver counts them; 0 where none is named
/// @param named whether it is one GPU of several; any will do where not
public record DeviceWish(Kind kind, int index, boolean named) {
    public enum Kind {
        CPU,
        /// The best that can be proved.
        AUTO,
        CUDA
    }

    /// What a device name may look like, for people.
    public static final String SPELLINGS = "cpu, auto, cuda or cuda:N";

    private static final Pattern ONE_GPU = Pattern.compile("cuda:([0-9]{1,2})");

    /// Reads a spelling; empty if it is none.
    public static Optional<DeviceWish> parse(String text) {
        Matcher gpu = ONE_GPU.matcher(text);
        if (gpu.matches()) {
            return Optional.of(new DeviceWish(Kind.CUDA, Integer.parseInt(gpu.group(1)), true));
        }
        return switch (text) {
            case "cpu" -> Optional.of(new DeviceWish(Kind.CPU, 0, false));
            case "auto" -> Optional.of(new DeviceWish(Kind.AUTO, 0, false));
            case "cuda" -> Optional.of(new DeviceWish(Kind.CUDA, 0, false));
            default -> Optional.empty();
        };
    }

    /// Whether anything but a GPU is a disappointment.
    public boolean insistsOnGpu() {
        return kind == Kind.CUDA;
    }

    /// Whether a GPU is to be tried.
    public boolean takesGpu() {
        return kind != Kind.CPU;
    }

    /// Whether every GPU there is will do, and together they do best.
    public boolean takesEveryGpu() {
        return takesGpu() && !named;
    }

    /// The GPU it names, as engines and reports spell it.
    public String gpu() {
        return "cuda:" + index;
    }

    /// Whether a device that computes is what was asked for.
    public boolean metBy(String active) {
        return switch (kind) {
            case CPU -> active.equals("cpu");
            case AUTO -> true;
            case CUDA -> named ? active.equals(gpu()) : active.startsWith("cuda:");
        };
    }
}
