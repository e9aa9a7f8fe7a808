package dev.kiln.adapter.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Runs a program of the machine's and keeps the last lines that it says.
final class Tool {
    private static final int LINES = 6;

    private Tool() {}

    /// @param folder where it runs, so that no project's settings are read; its Java is the one that runs us
    /// @param why for the message if the program is missing or fails
    /// @throws AddFailed if it cannot be started, or ends with another code than 0
    static void run(List<String> command, Path folder, String why) throws AddFailed {
        Process process = start(command, folder, why);
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            process.getOutputStream().close();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (last.size() == LINES) {
                    last.removeFirst();
                }
                last.addLast(line);
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new AddFailed(
                        "%s: %s ended with code %d\n    %s"
                                .formatted(
                                        why,
                                        command.getFirst(),
                                        code,
                                        String.join("\n    ", last)));
            }
        } catch (IOException e) {
            throw new AddFailed("%s: %s".formatted(why, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AddFailed(why + ": interrupted", e);
        } finally {
            process.destroy();
        }
    }

    private static Process start(List<String> command, Path folder, String why) throws AddFailed {
        var builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AddFailed(
                    "%s: %s cannot be started; install it, or fetch the file elsewhere and name it with --from FILE"
                            .formatted(why, command.getFirst()),
                    e);
        }
    }

    /// Whether a program can be started and ends well.
    static boolean works(List<String> command, Path folder) {
        try {
            run(command, folder, "asked");
            return true;
        } catch (AddFailed _) {
            return false;
        }
    }
}
