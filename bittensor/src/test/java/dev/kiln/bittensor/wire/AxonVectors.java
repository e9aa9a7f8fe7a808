package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// What the SDK's own Dendrites and Axons of two releases sent each other.
final class AxonVectors {
    private AxonVectors() {}

    /// One recorded exchange.
    ///
    /// @param fromDendrite whether the Dendrite itself sent it, rather than a changed copy
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Case(
            String sdk,
            String name,
            boolean fromDendrite,
            long nowNanos,
            RequestHead head,
            byte[] body,
            int status) {
        @Override
        public String toString() {
            return sdk + " " + name;
        }
    }

    static List<Case> all() {
        return Stream.of("10.5.0", "9.12.2").flatMap(sdk -> read(sdk).stream()).toList();
    }

    private static List<Case> read(String sdk) {
        try (InputStream in =
                AxonVectors.class.getResourceAsStream("/vectors/axon-%s.json".formatted(sdk))) {
            List<Case> cases = new ArrayList<>();
            for (JsonNode vector : new JsonMapper().readTree(in).get("cases")) {
                cases.add(read(sdk, vector));
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case read(String sdk, JsonNode vector) {
        byte[] request = Base64.getDecoder().decode(vector.get("request_base64").asText());
        byte[] response = Base64.getDecoder().decode(vector.get("response_base64").asText());
        String text = new String(request, ISO_8859_1);
        int blank = text.indexOf("\r\n\r\n");
        List<String> lines = List.of(text.substring(0, blank).split("\r\n"));
        List<String> first = List.of(lines.getFirst().split(" "));
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        long now = vector.get("now_ns").asLong();
        return new Case(
                sdk,
                vector.get("name").asText(),
                vector.get("direction").asText().startsWith("the SDK's Dendrite"),
                now,
                new RequestHead(first.get(0), first.get(1), headers, "192.0.2.1", now, 1_000),
                Arrays.copyOfRange(request, blank + 4, request.length),
                Integer.parseInt(new String(response, ISO_8859_1).substring(9, 12)));
    }
}
