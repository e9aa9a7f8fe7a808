package dev.kiln.bittensor.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Scheme;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// One request and its answer, saved so that anybody can check the receipt later.
///
/// The JSON is shaped like a case of the `btauth/1` vectors with a `response` and the expected `miner` beside it; a
/// header that came more than once has a list of values.
///
/// @param receivedEpochNanos the caller's wall clock when the answer had come; `now_ns` in the file
/// @param miner the miner that was asked
/// @param scheme that miner's
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Exchange(
        String method,
        String target,
        List<Header> requestHeaders,
        byte[] requestBody,
        Answer answer,
        long receivedEpochNanos,
        Hotkey miner,
        Scheme scheme) {
    private static final JsonMapper JSON = new JsonMapper();

    /// Checks the answer as [AnswerCheck] does, at the moment it was received.
    ///
    /// @throws BadAnswer if it proves nothing
    /// @throws IllegalArgumentException if the saved request is in no dialect that is signed
    public Receipt check() throws BadAnswer {
        return new AnswerCheck(miner, scheme).check(request(), answer, receivedEpochNanos);
    }

    private SignedRequest request() {
        var head = new RequestHead(method, target, requestHeaders, "", receivedEpochNanos, 0);
        try {
            var dialects = new Dialects(miner, Map.of(path(), HashFields.NONE));
            if (!(dialects.of(head).read(head) instanceof Claim.Signed claim)) {
                throw new IllegalArgumentException("the saved request is not signed");
            }
            String digest =
                    Digests.sha256Hex(
                            claim.message().bound(requestBody, claim.message().over(requestBody)));
            return new SignedRequest(
                    method, target, requestHeaders, claim.sender(), claim.nonce(), digest);
        } catch (Refused refused) {
            throw new IllegalArgumentException(
                    "the saved request is not signed: " + refused.getMessage(), refused);
        }
    }

    private String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /// One JSON object.
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("now_ns", Long.toString(receivedEpochNanos));
        root.put("miner", miner.ss58());
        root.put("miner_scheme", scheme.wireName());
        ObjectNode request = root.putObject("request");
        request.put("method", method).put("target", target);
        putHeaders(request.putObject("headers"), requestHeaders);
        request.put("body_base64", Base64.getEncoder().encodeToString(requestBody));
        ObjectNode response = root.putObject("response");
        response.put("status", answer.status());
        putHeaders(response.putObject("headers"), answer.headers());
        response.put("body_base64", Base64.getEncoder().encodeToString(answer.body()));
        return root.toPrettyString();
    }

    /// Reads what [#toJson] wrote.
    ///
    /// @throws IllegalArgumentException if the text is not such an object; the message says what is missing
    public static Exchange parse(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            JsonNode request = object(root, "request");
            JsonNode response = object(root, "response");
            return new Exchange(
                    text(request, "method"),
                    text(request, "target"),
                    headers(object(request, "headers")),
                    Base64.getDecoder().decode(text(request, "body_base64")),
                    new Answer(
                            status(response),
                            headers(object(response, "headers")),
                            Base64.getDecoder().decode(text(response, "body_base64"))),
                    Long.parseLong(text(root, "now_ns")),
                    Ss58.hotkey(text(root, "miner")),
                    Scheme.ofWireName(text(root, "miner_scheme"))
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "miner_scheme must be sr25519 or ed25519")));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (KeyFormatException e) {
            throw new IllegalArgumentException("miner: " + e.getMessage(), e);
        }
    }

    private static void putHeaders(ObjectNode into, List<Header> headers) {
        for (Header header : headers) {
            JsonNode there = into.get(header.name());
            if (there == null) {
                into.put(header.name(), header.value());
            } else if (there instanceof ArrayNode many) {
                many.add(header.value());
            } else {
                into.putArray(header.name()).add(there.textValue()).add(header.value());
            }
        }
    }

    private static List<Header> headers(JsonNode node) {
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getValue();
            if (value.isTextual()) {
                headers.add(new Header(field.getKey(), value.textValue()));
            } else {
                value.forEach(each -> headers.add(new Header(field.getKey(), each.asText())));
            }
        }
        return headers;
    }

    private static JsonNode object(JsonNode of, String name) {
        JsonNode found = of.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the exchange has no " + name);
        }
        return found;
    }

    private static int status(JsonNode response) {
        JsonNode found = object(response, "status");
        if (!found.isInt()) {
            throw new IllegalArgumentException("status must be an integer");
        }
        return found.intValue();
    }

    private static String text(JsonNode of, String name) {
        JsonNode found = object(of, name);
        if (!found.isTextual()) {
            throw new IllegalArgumentException(name + " must be a string");
        }
        return found.textValue();
    }
}
