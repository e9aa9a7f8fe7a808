package dev.kiln.adapter.probe;

import dev.kiln.natives.Child;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One JSON object of a GPU check: names, and texts or numbers.
final class Section {
    private final List<String> members = new ArrayList<>();

    Section(String name) {
        with("section", name);
    }

    Section with(String name, String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\"\\\\]", " ");
        members.add("\"%s\":\"%s\"".formatted(name, plain));
        return this;
    }

    Section with(String name, long number) {
        members.add("\"%s\":%d".formatted(name, number));
        return this;
    }

    Section with(String name, double number) {
        members.add(String.format(Locale.ROOT, "\"%s\":%.6g", name, number));
        return this;
    }

    @Override
    public String toString() {
        return "{" + String.join(",", members) + "}";
    }

    /// MiB in use on a GPU, as the driver's own tool says; empty where there is none.
    static Optional<Long> gpuMib(String device) throws InterruptedException {
        if (!device.startsWith("cuda")) {
            return Optional.empty();
        }
        String index = device.contains(":") ? device.substring(device.indexOf(':') + 1) : "0";
        var command =
                List.of(
                        "nvidia-smi",
                        "--query-gpu=memory.used",
                        "--format=csv,noheader,nounits",
                        "-i",
                        index);
        try {
            return Optional.of(Child.run(command, Duration.ofSeconds(10)).out().strip())
                    .filter(text -> text.matches("[0-9]+"))
                    .map(Long::parseLong);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Writes each as it comes, so that a crash leaves what was found before.
    record Writer(PrintStream out) {
        void write(Section section) {
            out.println(section);
            out.flush();
        }
    }
}
