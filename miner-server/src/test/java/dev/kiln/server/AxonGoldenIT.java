package dev.kiln.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.Exchange;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every request that was recorded between the SDK's own Dendrites and Axons, sent to this server byte for byte at its
/// recorded moment.
@Timeout(60)
class AxonGoldenIT {
    private static final Pattern ROW =
            Pattern.compile(
                    "(?m)^\\| `([a-z0-9-]+)` \\| ([0-9., ]+) \\| ([0-9]{3}) \\| ([0-9]{3}) `(\\w+)` \\| .+ \\|$");
    private static final Pattern WHOLE = Pattern.compile("[0-9]+");
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<Replayed> ALL = new ArrayList<>();

    /// One recorded request and what this server made of it.
    ///
    /// @param recorded the recorded Axon's status
    private record Replayed(
            String sdk,
            JsonNode vector,
            int recorded,
            Answer answer,
            Optional<Refusal> refusal,
            Exchange exchange) {
        String name() {
            return vector.get("name").asText();
        }

        @Override
        public String toString() {
            return sdk + " " + name();
        }
    }

    @BeforeAll
    static void replay() throws Exception {
        try (var rig = new SynapseRig(0)) {
            for (String sdk : List.of("10.5.0", "9.12.2")) {
                Path file =
                        Path.of(
                                "../bittensor/src/test/resources/vectors/axon-%s.json"
                                        .formatted(sdk));
                for (JsonNode vector : JSON.readTree(Files.readString(file)).get("cases")) {
                    ALL.add(replay(rig, sdk, vector));
                }
            }
        }
    }

    private static Replayed replay(SynapseRig rig, String sdk, JsonNode vector)
            throws IOException, InterruptedException {
        rig.setTime(vector.get("now_ns").asLong());
        byte[] request = bytes(vector, "request_base64");
        Answer answer = new Answer(0, List.of(), request);
        Optional<Refusal> refusal = Optional.empty();
        for (int left = vector.path("sent_times").asInt(1); left > 0; left--) {
            try (var http = new RawHttp(rig.port())) {
                http.send(request);
                answer = http.answer();
                refusal = rig.verdicts.take();
            }
        }
        int recorded =
                Integer.parseInt(
                        new String(bytes(vector, "response_base64"), ISO_8859_1).substring(9, 12));
        return new Replayed(
                sdk, vector, recorded, answer, refusal, exchange(request, answer, rig, vector));
    }

    private static byte[] bytes(JsonNode vector, String name) {
        return Base64.getDecoder().decode(vector.get(name).asText());
    }

    private static Exchange exchange(
            byte[] request, Answer answer, SynapseRig rig, JsonNode vector) {
        String text = new String(request, ISO_8859_1);
        int blank = text.indexOf("\r\n\r\n");
        List<String> lines = List.of(text.substring(0, blank).split("\r\n"));
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> field = List.of(line.split(": ?", 2));
            headers.add(new Header(field.get(0), field.get(1)));
        }
        List<String> first = List.of(lines.getFirst().split(" "));
        return new Exchange(
                first.get(0),
                first.get(1),
                headers,
                Arrays.copyOfRange(request, blank + 4, request.length),
                answer,
                vector.get("now_ns").asLong(),
                rig.miner.hotkey(),
                Scheme.SR25519);
    }

    @Test
    void everyRequestHasTheRecordedStatusOrStandsInTheTableOfDifferences() throws IOException {
        Set<String> differences = new TreeSet<>();
        for (Replayed each : ALL) {
            if (each.answer().status() != each.recorded()) {
                differences.add(
                        "%s: %d, ours %d %s"
                                .formatted(
                                        each,
                                        each.recorded(),
                                        each.answer().status(),
                                        each.refusal().map(Enum::name).orElse("accepted")));
            }
        }

        assertThat(ALL).hasSize(48);
        assertThat(differences).isEqualTo(documented());
        assertThat(Files.readString(Path.of("../docs/protocol.md")))
                .contains(
                        "%d agree, %d differ"
                                .formatted(48 - differences.size(), differences.size()));
    }

    private static Set<String> documented() throws IOException {
        Set<String> rows = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/protocol.md")));
        while (row.find()) {
            for (String sdk : List.of(row.group(2).split(", "))) {
                rows.add(
                        "%s %s: %s, ours %s %s"
                                .formatted(
                                        sdk,
                                        row.group(1),
                                        row.group(3),
                                        row.group(4),
                                        row.group(5)));
            }
        }
        return rows;
    }

    @Test
    void nothingIsAcceptedThatARecordedAxonRefused() {
        for (Replayed each : ALL) {
            if (each.answer().status() == 200) {
                assertThat(each.recorded()).as(each.toString()).isEqualTo(200);
            }
        }
    }

    @Test
    void aDendriteWouldSayOfOurAnswersWhatItSaidOfItsAxons() throws IOException {
        int judged = 0;
        for (Replayed each : ALL) {
            JsonNode saw = each.vector().get("dendrite_saw");
            if (saw == null) {
                continue;
            }
            judged++;
            requireReadable(each);
            if (saw.has("chunks")) {
                assertThat(new String(each.answer().body(), UTF_8))
                        .isEqualTo(saw.at("/chunks/0").asText());
                assertThat(status(each, JSON.createObjectNode()))
                        .isEqualTo(saw.get("final_status").asInt());
                continue;
            }
            JsonNode body = JSON.readTree(each.answer().body());
            assertThat(body.isObject()).as(each.toString()).isTrue();
            assertThat(status(each, body)).isEqualTo(saw.get("status_code").asInt());
            if (saw.get("is_success").asBoolean()) {
                requireAnswered(each, body, saw);
            } else {
                assertThat(body.get("message").asText()).startsWith("AUTH_NO_PERMIT: ");
            }
        }
        assertThat(judged).isEqualTo(18);
    }

    /// The status that ends in `dendrite.status_code`: the body's, over which headers are written.
    private static int status(Replayed each, JsonNode body) {
        List<String> headers = values(each.answer(), "bt_header_axon_status_code");
        return headers.isEmpty()
                ? body.at("/axon/status_code").asInt(-1)
                : Integer.parseInt(headers.getFirst());
    }

    private static void requireReadable(Replayed each) {
        boolean stream = each.name().equals("stream");
        assertThat(values(each.answer(), "Content-Type"))
                .containsExactly(stream ? "text/event-stream" : "application/json");
        for (Header header : each.answer().headers()) {
            assertThat(header.value().length()).isLessThanOrEqualTo(8190);
            if (header.name().matches(".*_(port|version|nonce|status_code|size)")) {
                assertThat(header.value()).as(header.name()).matches(WHOLE);
            }
        }
    }

    private static void requireAnswered(Replayed each, JsonNode body, JsonNode saw)
            throws IOException {
        for (Map.Entry<String, JsonNode> field : saw.get("fields").properties()) {
            assertThat(body.get(field.getKey())).as(field.getKey()).isEqualTo(field.getValue());
        }
        JsonNode asked = JSON.readTree(each.exchange().requestBody());
        assertThat(body.get("dendrite")).isEqualTo(asked.get("dendrite"));
        assertThat(body.at("/axon/hotkey")).isEqualTo(asked.at("/axon/hotkey"));
        assertThat(body.at("/axon/status_message").asText()).isEqualTo("Success");
    }

    private static List<String> values(Answer answer, String name) {
        return answer.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    @Test
    void everyAnswerHasTheHeadersThatTheRecordedOneHadAndItsReceiptHolds() throws Exception {
        for (Replayed each : ALL) {
            if (each.answer().status() != 200) {
                continue;
            }
            String recorded = new String(bytes(each.vector(), "response_base64"), ISO_8859_1);
            for (String line :
                    recorded.substring(0, recorded.indexOf("\r\n\r\n")).lines().skip(1).toList()) {
                String name = line.substring(0, line.indexOf(':'));
                if (name.startsWith("bt_header_")
                        || name.matches("name|timeout|header_size|total_size|computed_body_hash")) {
                    assertThat(values(each.answer(), name)).as(each + " " + name).hasSize(1);
                }
            }
            if (each.name().equals("stream")) {
                assertThat(values(each.answer(), "transfer-encoding")).containsExactly("chunked");
                assertThat(recorded).contains("Transfer-Encoding: chunked");
            }
            assertThat(each.exchange().check().status()).as(each.toString()).isEqualTo(200);
        }
    }
}
