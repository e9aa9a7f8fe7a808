package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The fields of a synapse that its callers' signatures cover, in order, and the hash over them: each field is printed
/// as Python's `str()` does, the SHA3-256 digests are joined and digested again.
///
/// A field that the body leaves out is hashed as `None`.
///
/// **Threads:** immutable.
public final class HashFields {
    /// No field: the signature does not cover the body at all.
    public static final HashFields NONE = new HashFields(List.of());

    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,127}) +([a-z\\[\\]]{1,64})");

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(64)
                                                    .maxNumberLength(1000)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private record Field(String name, PythonType type) {}

    private final List<Field> fields;

    private HashFields(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /// Reads a list such as `texts list[str], n int, scale float`.
    ///
    /// @throws IllegalArgumentException if it is no such list; the message says where
    public static HashFields parse(String text) {
        List<Field> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String part : text.split(",", -1)) {
            Matcher field = FIELD.matcher(part.strip());
            if (!field.matches()) {
                throw new IllegalArgumentException(
                        "must be fields and their types such as texts list[str], n int; was "
                                + part.strip());
            }
            if (!names.add(field.group(1))) {
                throw new IllegalArgumentException("names %s twice".formatted(field.group(1)));
            }
            fields.add(new Field(field.group(1), PythonType.parse(field.group(2))));
        }
        return new HashFields(fields);
    }

    /// The hash over one body, 64 lower-case hex digits.
    ///
    /// @throws Refused with `TASK_BAD_INPUT` if fields are to be hashed and the body is no JSON object
    String digest(byte[] body) throws Refused {
        return fields.isEmpty() ? Digests.sha3Hex(new byte[0]) : digest(object(body));
    }

    String digest(JsonNode object) {
        StringBuilder digests = new StringBuilder(64 * fields.size());
        for (Field field : fields) {
            JsonNode value = object.path(field.name());
            String text = PythonText.str(field.type().coerced(value));
            digests.append(Digests.sha3Hex(text.getBytes(UTF_8)));
        }
        return Digests.sha3Hex(digests.toString().getBytes(US_ASCII));
    }

    private static JsonNode object(byte[] body) throws Refused {
        JsonNode tree = MissingNode.getInstance();
        try {
            tree =
                    JSON.readTree(
                            UTF_8.newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                                    .decode(ByteBuffer.wrap(body))
                                    .toString());
        } catch (CharacterCodingException _) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "the body is not UTF-8");
        } catch (IOException _) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "the body is not JSON");
        }
        if (!tree.isObject()) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "the body must be a JSON object");
        }
        return tree;
    }

    @Override
    public String toString() {
        return fields.isEmpty()
                ? "none"
                : String.join(", ", fields.stream().map(f -> f.name() + " " + f.type()).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashFields that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }
}
