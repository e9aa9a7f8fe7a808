package dev.kiln.server.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Signatures;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        description = "Says whether a hotkey signed a message.",
        footer = {
            "",
            "Exit codes: 0 the signature holds, 1 it does not, 2 wrong command line",
            "",
            "Example: kiln wallet verify --address 5F… --signature 0x… --message-file letter.txt"
        },
        mixinStandardHelpOptions = true)
final class WalletVerify implements Callable<Integer> {
    private final Surroundings around;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--address",
            paramLabel = "SS58",
            required = true,
            description = "Who is said to have signed.")
    private String address = "";

    @Option(
            names = "--signature",
            paramLabel = "HEX",
            required = true,
            description = "128 hex digits, perhaps after 0x.")
    private String signature = "";

    @Option(
            names = "--scheme",
            paramLabel = "NAME",
            description = "sr25519 (default) or ed25519.",
            defaultValue = "sr25519")
    private String scheme = "sr25519";

    @Option(
            names = "--message-file",
            paramLabel = "FILE",
            description = "The message; by default, standard input.")
    private @Nullable Path message;

    @Option(
            names = "--accept-wrapped",
            description =
                    "Also accepts a signature over <Bytes>message</Bytes>, as browser wallets make it.")
    private boolean acceptWrapped;

    @Option(names = "--json", description = "Prints {valid, wrapped}.")
    private boolean json;

    WalletVerify(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<Scheme> known = Scheme.ofWireName(scheme);
        Optional<byte[]> bytes = hex(signature);
        if (known.isEmpty() || bytes.isEmpty()) {
            err.println(
                    known.isEmpty()
                            ? "--scheme must be sr25519 or ed25519"
                            : "--signature must be 128 hex digits, perhaps after 0x");
            return Exit.USAGE;
        }
        return Attempt.of(err, () -> verify(known.get(), bytes.get()));
    }

    private static Optional<byte[]> hex(String text) {
        try {
            int start = text.startsWith("0x") ? 2 : 0;
            byte[] bytes = HexFormat.of().parseHex(text, start, text.length());
            return bytes.length == 64 ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private int verify(Scheme known, byte[] bytes) throws KeyFormatException, IOException {
        Hotkey signer = Ss58.decode(address).hotkey();
        byte[] plain = around.read(message);
        boolean asIs = Signatures.verify(known, signer, plain, bytes);
        boolean wrapped =
                !asIs && acceptWrapped && Signatures.verify(known, signer, wrapped(plain), bytes);
        boolean valid = asIs || wrapped;
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("valid", valid);
        facts.put("wrapped", wrapped);
        String text =
                valid
                        ? "the signature holds" + (wrapped ? " over the wrapped message" : "")
                        : "the signature does not hold";
        spec.commandLine().getOut().println(json ? Json.text(facts) : text);
        return valid ? Exit.OK : Exit.FAILED;
    }

    private static byte[] wrapped(byte[] message) {
        var out = new ByteArrayOutputStream(message.length + 15);
        out.writeBytes("<Bytes>".getBytes(US_ASCII));
        out.writeBytes(message);
        out.writeBytes("</Bytes>".getBytes(US_ASCII));
        return out.toByteArray();
    }
}
