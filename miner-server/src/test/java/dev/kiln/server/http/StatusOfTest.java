package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class StatusOfTest {
    private static final Path PROTOCOL = Path.of("..", "docs", "protocol.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([0-9]{3}) \\|");

    static boolean protocolIsDocumented() {
        return Files.exists(PROTOCOL);
    }

    @Test
    void everyReasonIsAnErrorOfHttp() {
        for (Refusal reason : Refusal.values()) {
            assertThat(StatusOf.refusal(reason)).as(reason.name()).isBetween(400, 503);
        }
    }

    @Test
    @EnabledIf("protocolIsDocumented")
    void theDocumentedTableIsTheSwitch() throws Exception {
        Map<Refusal, Integer> documented = new EnumMap<>(Refusal.class);
        Matcher row = ROW.matcher(Files.readString(PROTOCOL));
        while (row.find()) {
            documented.put(Refusal.valueOf(row.group(1)), Integer.valueOf(row.group(2)));
        }

        Map<Refusal, Integer> coded = new EnumMap<>(Refusal.class);
        for (Refusal reason : Refusal.values()) {
            coded.put(reason, StatusOf.refusal(reason));
        }
        assertThat(documented).isEqualTo(coded);
    }
}
