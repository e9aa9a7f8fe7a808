package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProtocolPageTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Z_]+)` \\| ([0-9]{3}) \\| (caller|miner) \\| .+ \\| .+ \\|");

    @Test
    void thePageListsEveryRefusalOnceWithItsOwner() throws IOException {
        var listed = new TreeMap<String, String>();
        for (String line : Files.readAllLines(Path.of("../docs/protocol.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(listed.put(row.group(1), row.group(3))).as(line).isNull();
            }
        }
        var expected = new TreeMap<String, String>();
        for (Refusal refusal : Refusal.values()) {
            expected.put(refusal.name(), refusal.owner().name().toLowerCase(Locale.ROOT));
        }

        assertThat(listed).isEqualTo(expected);
    }
}
