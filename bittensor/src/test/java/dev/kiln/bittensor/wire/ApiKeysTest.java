package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
    @TempDir private Path folder;

    @Test
    void aFileOfLabelsAndKeysIsRead() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("keys"),
                        "# keys\n\nlaptop: 0123456789abcdef\nci : sk-fedcba9876543210\n");

        ApiKeys keys = ApiKeys.read(file);

        assertThat(keys.holderOf("0123456789abcdef")).contains(new Caller.KeyHolder("laptop"));
        assertThat(keys.holderOf("sk-fedcba9876543210")).contains(new Caller.KeyHolder("ci"));
        assertThat(keys.holderOf("0123456789abcdeF")).isEmpty();
        assertThat(keys.holderOf("")).isEmpty();
    }

    @Test
    void aBadLineIsNamedAndTheKeyIsNot() {
        for (String bad : List.of("short: tooshort", "nokey", "a b: 0123456789abcdef")) {
            assertThatThrownBy(() -> ApiKeys.of(List.of("#", bad)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line 2")
                    .message()
                    .doesNotContain(bad);
        }
        assertThatThrownBy(() -> ApiKeys.of(List.of("a: 0123456789abcdef", "a: fedcba9876543210")))
                .hasMessageContaining("repeats");
    }

    @Test
    void noKeyIsEverPrinted() throws IOException {
        ApiKeys keys = ApiKeys.of(List.of("a: 0123456789abcdef"));

        assertThat(keys).hasToString("ApiKeys[1]");
        assertThat(new Claim.Keyed("0123456789abcdef").toString()).doesNotContain("0123");
        assertThat(ApiKeys.NONE.isEmpty()).isTrue();
    }
}
