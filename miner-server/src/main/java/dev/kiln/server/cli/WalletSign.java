package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "sign",
        description = {
            "Signs a message with a hotkey and prints the signature as 0x and 128 hex digits.",
            "The message is every byte of the file, or of standard input: an echo adds a line end, a printf none."
        },
        footer = {
            "",
            "Exit codes: 0 signed, 1 not signed, 2 wrong command line",
            "",
            "Example: kiln wallet sign --wallet kiln --message-file letter.txt"
        },
        mixinStandardHelpOptions = true)
final class WalletSign implements Callable<Integer> {
    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private final KeyPlace place = new KeyPlace();

    @Option(
            names = "--message-file",
            paramLabel = "FILE",
            description = "The message; by default, standard input.")
    private @Nullable Path message;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "For an encrypted hotkey.")
    private @Nullable Path passwordFile;

    @Option(names = "--json", description = "Prints {ss58, scheme, signature}.")
    private boolean json;

    WalletSign(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        return place.use(around, spec.commandLine().getErr(), this::sign);
    }

    private int sign(Path file) throws KeyFormatException, IOException {
        PrintWriter err = spec.commandLine().getErr();
        KeyPair pair = Keyfile.read(file, around.passwords(passwordFile, err));
        String signature = "0x" + HexFormat.of().formatHex(pair.sign(around.read(message)));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ss58", pair.hotkey().ss58());
        facts.put("scheme", pair.scheme().wireName());
        facts.put("signature", signature);
        spec.commandLine().getOut().println(json ? Json.text(facts) : signature);
        return Exit.OK;
    }
}
