package dev.kiln.natives;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks a child process which runtime and device really compute, and judges what it says. A native library that
/// crashes takes the child with it and not us.
///
/// The child prints `key=value` lines on standard output: `runtime`, `version`, `active`, `proved`, `error` and
/// whatever else is worth a line in a report. Whatever it does, the answer is a [DeviceReport].
///
/// **Threads:** any; [#run] waits for the child.
public final class DeviceProbe {
    private static final int MAX_DETAIL_LINES = 40;

    private final List<String> command;
    private final Duration timeout;

    /// @param command the child's command line, at least the program
    /// @param timeout longest wait for the child, which is killed then
    public DeviceProbe(List<String> command, Duration timeout) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command must name a program, was empty");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, was " + timeout);
        }
        this.command = List.copyOf(command);
        this.timeout = timeout;
    }

    /// Runs the child and judges it.
    ///
    /// @param requested the device that the command asks the child for
    /// @throws InterruptedException if this thread is interrupted while it waits; the child is killed
    public DeviceReport run(String requested) throws InterruptedException {
        Child child;
        try {
            child = Child.run(command, timeout);
        } catch (IOException e) {
            String problem = "the probe could not be started: " + e.getMessage();
            return new ProbeOutput("", "").report(requested, Optional.of(problem));
        }
        return new ProbeOutput(child.out(), child.err()).report(requested, problem(child));
    }

    private Optional<String> problem(Child child) {
        if (child.exit().isEmpty()) {
            return Optional.of(
                    "the probe did not end within %d ms and was killed"
                            .formatted(timeout.toMillis()));
        }
        return child.crash()
                .map("the probe "::concat)
                .or(() ->
                        child.exit()
                                .filter(exit -> exit != 0)
                                .map(exit -> "the probe ended with exit code " + exit));
    }

    /// What a probe printed.
    ///
    /// @param out standard output
    /// @param err standard error
    private record ProbeOutput(String out, String err) {
        DeviceReport report(String requested, Optional<String> outerProblem) {
            var facts = ProbeFacts.parse(out);
            Optional<String> problem = outerProblem;
            if (facts.value("error").isPresent()) {
                problem = facts.value("error");
            }
            String active = facts.value("active").orElse(DeviceReport.NONE);
            String proved = facts.value("proved").orElse(DeviceReport.NONE);
            if (problem.isEmpty()) {
                problem = contradiction(facts, requested, active, proved);
            }
            return new DeviceReport(
                    requested,
                    active,
                    problem.isEmpty() ? proved : DeviceReport.NONE,
                    facts.value("runtime").orElse("unknown"),
                    facts.value("version").orElse("unknown"),
                    problem,
                    details(facts, outerProblem));
        }

        private static Optional<String> contradiction(
                ProbeFacts facts, String requested, String active, String proved) {
            if (facts.isEmpty()) {
                return Optional.of("the probe printed no key=value line");
            }
            if (proved.equals(DeviceReport.NONE)) {
                return Optional.of("the probe computed no golden sample");
            }
            if (!proved.equals(active)) {
                return Optional.of(
                        "the probe proved %s but reports %s as active".formatted(proved, active));
            }
            boolean met =
                    DeviceWish.parse(requested)
                            .map(wish -> wish.metBy(active))
                            .orElse(requested.equals(active));
            if (!met) {
                return Optional.of(
                        "%s was asked for but %s is active".formatted(requested, active));
            }
            return Optional.empty();
        }

        private List<String> details(ProbeFacts facts, Optional<String> outerProblem) {
            List<String> details = new ArrayList<>(facts.lines());
            outerProblem.ifPresent(details::add);
            if (outerProblem.isPresent() || facts.isEmpty()) {
                (facts.isEmpty() ? out + "\n" + err : err)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .map(ProbeFacts::printable)
                        .forEach(details::add);
            }
            return details.subList(0, Math.min(details.size(), MAX_DETAIL_LINES));
        }
    }
}
