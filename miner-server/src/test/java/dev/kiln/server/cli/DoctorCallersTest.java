package dev.kiln.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCallersTest {
    private final ObjectNode answer = new JsonMapper().createObjectNode();
    private final ArrayNode callers = answer.putArray("callers");

    private List<String> lines() {
        return DoctorCallers.findings(answer).stream()
                .map(one -> one.state() + " " + one.fact())
                .toList();
    }

    @Test
    void everyCallersClockIsNamed() {
        callers.addObject().put("caller", "5Alice").put("clock_age_ms", 3);
        callers.addObject().put("caller", "5Bob").put("clock_age_ms", -40);
        callers.addObject().put("caller", "unproved").put("asked", 5);

        assertThat(lines()).containsExactly("OK clocks: 5Alice 3 ms behind, 5Bob 40 ms ahead");
    }

    @Test
    void aClockThatIsOffComesWithARemedyAndNoProofIsSaidToBeNone() {
        callers.addObject().put("caller", "5Alice").put("clock_age_ms", -1500);
        callers.addObject().put("caller", "5Bob").put("refused_age_ms", 14000);

        assertThat(lines())
                .containsExactly("WARN 5Alice 1500 ms ahead", "WARN 5Bob refused 14000 ms behind");
        assertThat(DoctorCallers.findings(answer))
                .allMatch(one -> one.remedy().contains("timedatectl"));
    }

    @Test
    void aCrowdIsCounted() {
        for (int i = 0; i < 300; i++) {
            callers.addObject().put("caller", "5C" + i).put("clock_age_ms", i < 20 ? 900 : 3);
        }

        List<String> lines = lines();

        assertThat(lines).hasSize(9);
        assertThat(lines.getLast())
                .startsWith("OK clocks: 5C20 3 ms behind")
                .endsWith(", 284 more: kiln callers");
    }

    @Test
    void whereNobodyCameThereIsNothingToSay() {
        assertThat(lines()).isEmpty();
    }
}
