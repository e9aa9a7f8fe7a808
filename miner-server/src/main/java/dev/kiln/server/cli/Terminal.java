package dev.kiln.server.cli;

import java.io.Console;
import java.util.Objects;
import java.util.Optional;

/// The person at the keyboard, if there is one. Secrets are shown to nobody else: not to a pipe, not to a log.
interface Terminal {
    Terminal SYSTEM =
            new Terminal() {
                @Override
                public boolean isPerson() {
                    // Null where input or output is no terminal.
                    return Optional.ofNullable(System.console())
                            .filter(Console::isTerminal)
                            .isPresent();
                }

                @Override
                public String ask(String question) {
                    String answer = console().readLine("%s", question);
                    return answer == null ? "" : answer;
                }

                @Override
                public String askUnseen(String question) {
                    char[] answer = console().readPassword("%s", question);
                    return answer == null ? "" : new String(answer);
                }

                @Override
                public void show(String secret) {
                    console().printf("%s%n", secret);
                }

                private Console console() {
                    return Objects.requireNonNull(System.console(), "nobody sits at a terminal");
                }
            };

    /// Whether somebody reads and types here.
    boolean isPerson();

    /// One typed line.
    String ask(String question);

    /// One typed line that the screen does not show.
    default String askUnseen(String question) {
        return ask(question);
    }

    /// Shows a line to the person and to nobody else.
    void show(String secret);

    /// Whether a person types the very words that show they mean it.
    default boolean confirms(String question, String words) {
        return isPerson()
                && ask("%s Type \"%s\" to go on: ".formatted(question, words))
                        .strip()
                        .equals(words);
    }
}
