package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where the password of a keyfile comes from. The first that is there is used: a password file that was named, the
/// variables `BT_WALLET_PASSWORD`, `BT_WALLET_PASSWORD_FILE` and `BT_PW_<PATH>`, a person.
public final class Passwords {
    private static final String DIRECT = "BT_WALLET_PASSWORD";
    private static final String IN_FILE = "BT_WALLET_PASSWORD_FILE";
    private static final String PREFIX = "BT_PW_";

    private final Optional<Path> file;
    private final Map<String, String> environment;
    private final Prompt prompt;

    /// Asks a person.
    @FunctionalInterface
    public interface Prompt {
        /// Nobody is there.
        Prompt NOBODY = _ -> Optional.empty();

        /// Whoever sits at this process's terminal, if there is one.
        Prompt TERMINAL = Prompt::atTerminal;

        private static Optional<String> atTerminal(String question) {
            // Null where input or output is no terminal.
            return Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .map(console -> console.readPassword("%s", question))
                    .map(String::new);
        }

        /// What was typed, unseen; empty if there is nobody to ask.
        Optional<String> ask(String question);
    }

    /// @param file a password file that was named for this very purpose
    public Passwords(Optional<Path> file, Map<String, String> environment, Prompt prompt) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.prompt = prompt;
    }

    /// The file that the password would be read from, if it is one; its mode is worth a look.
    public Optional<Path> file() {
        String direct = environment.getOrDefault(DIRECT, "");
        String inFile = environment.getOrDefault(IN_FILE, "");
        return file.isPresent() || !direct.isEmpty() || inFile.isEmpty()
                ? file
                : Optional.of(Wallets.expanded(inFile));
    }

    /// The password of a keyfile.
    ///
    /// @throws KeyFormatException if there is none, or the first that is there cannot be one
    /// @throws IOException if a password file cannot be read
    public Password of(Path keyfile) throws KeyFormatException, IOException {
        Optional<Password> stated = stated(keyfile);
        if (stated.isPresent()) {
            return stated.get();
        }
        return Password.of(typed("password of %s: ".formatted(keyfile), keyfile));
    }

    /// The password for a keyfile yet to be encrypted; a person types it twice.
    ///
    /// @throws KeyFormatException if there is none, it is weak (see [Password#chosen]), or the two differ
    public Password chosen(Path keyfile) throws KeyFormatException, IOException {
        Optional<Password> stated = stated(keyfile);
        if (stated.isPresent()) {
            stated.get().requireStrong();
            return stated.get();
        }
        String first = typed("new password of %s: ".formatted(keyfile), keyfile);
        Password password = Password.chosen(first);
        if (!typed("the same once more: ", keyfile).equals(first)) {
            throw new KeyFormatException("the two passwords differ");
        }
        return password;
    }

    private String typed(String question, Path keyfile) throws KeyFormatException {
        return prompt.ask(question)
                .orElseThrow(() ->
                        new KeyFormatException(
                                "there is no password: name a password file, or set %s, %s or %s"
                                        .formatted(DIRECT, IN_FILE, variable(keyfile))));
    }

    /// The password, unless only a person could know it.
    ///
    /// @throws KeyFormatException if the first that is there cannot be one
    public Optional<Password> stated(Path keyfile) throws KeyFormatException, IOException {
        if (file.isPresent()) {
            return Optional.of(Password.inFile(file.get()));
        }
        String direct = environment.get(DIRECT);
        if (direct != null && !direct.isEmpty()) {
            return Optional.of(Password.of(direct));
        }
        String inFile = environment.get(IN_FILE);
        if (inFile != null && !inFile.isEmpty()) {
            return Optional.of(Password.inFile(Wallets.expanded(inFile)));
        }
        String name = variable(keyfile);
        String veiled = environment.get(name);
        if (veiled != null && !veiled.isEmpty()) {
            return Optional.of(unveiled(name, veiled));
        }
        return Optional.empty();
    }

    /// The name of the variable that may hold a keyfile's password: `BT_PW_` and the whole path in capitals, `/` and `.`
    /// replaced by `_`.
    public static String variable(Path keyfile) {
        String path = keyfile.toAbsolutePath().normalize().toString();
        return (PREFIX + path.replace('/', '_').replace('.', '_')).toUpperCase(Locale.ROOT);
    }

    /// The password in such a variable: Base64 of its bytes, each XORed with one of the name.
    static Password unveiled(String name, String value) throws KeyFormatException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(value.strip());
        } catch (IllegalArgumentException _) {
            throw new KeyFormatException(
                    "%s holds no Base64; wallets veil the password there, the plain text is refused"
                            .formatted(name));
        }
        byte[] key = name.getBytes(UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= key[i % key.length];
        }
        return Password.of(Password.text(name, bytes));
    }
}
