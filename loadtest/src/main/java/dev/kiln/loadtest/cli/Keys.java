package dev.kiln.loadtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.miner.KilnHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whose key signs, and which miner is expected, where a command leaves either out.
final class Keys {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Keys() {}

    /// The caller's key: of the file given, else the development caller's.
    static KeyPair caller(@Nullable Path file) throws Failure {
        Path path = Optional.ofNullable(file).orElseGet(KilnHome::validatorKey);
        try {
            return Keyfile.read(path);
        } catch (NoSuchFileException e) {
            throw cannot(
                    "no keyfile at %s; run `./kiln serve` once to get development keys, or give --key"
                            .formatted(path));
        } catch (KeyFormatException e) {
            throw cannot(e.getMessage() + "; give another with --key");
        } catch (IOException e) {
            throw cannot(
                    "keyfile %s cannot be read (%s); give another with --key"
                            .formatted(path, e.getMessage()));
        }
    }

    /// The miner that must have signed: the address given, else the development miner's.
    static Hotkey miner(@Nullable String address) throws Failure {
        if (address != null) {
            return hotkey(address, "--miner");
        }
        Path path = KilnHome.minerPublicKey();
        try {
            JsonNode root = JSON.readTree(Files.readString(path));
            return hotkey(root.path("ss58Address").asText(""), path.toString());
        } catch (NoSuchFileException e) {
            throw cannot(
                    "whose answer is it to be? Give --miner SS58; the ready line of `./kiln serve` names it");
        } catch (JsonProcessingException e) {
            throw cannot("%s is not JSON; give --miner SS58".formatted(path));
        } catch (IOException e) {
            throw cannot(
                    "%s cannot be read (%s); give --miner SS58".formatted(path, e.getMessage()));
        }
    }

    private static Hotkey hotkey(String address, String from) throws Failure {
        try {
            return Ss58.hotkey(address);
        } catch (KeyFormatException e) {
            throw cannot("%s: %s".formatted(from, e.getMessage()));
        }
    }

    private static Failure cannot(@Nullable String message) {
        return new Failure(Failure.CANNOT_RUN, String.valueOf(message));
    }
}
