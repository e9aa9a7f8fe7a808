package dev.kiln.server.task;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// JSON with one meaning: UTF-8 and nothing else, no key twice, no lone surrogate, bounded depth, nothing behind.
///
/// **Threads:** any.
final class StrictJson {
    private static final int DEEPEST = 16;
    private static final int LONGEST_NAME = 1024;
    private static final int LONGEST_NUMBER = 64;

    /// Bounded by the body already.
    private static final int LONGEST_STRING = Integer.MAX_VALUE;

    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .recyclerPool(new JsonBuffers())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNameLength(LONGEST_NAME)
                                    .maxNumberLength(LONGEST_NUMBER)
                                    .maxStringLength(LONGEST_STRING)
                                    .build())
                    .build();

    private StrictJson() {}

    /// A parser over the characters of a body. Jackson alone would guess UTF-16 and let some malformed bytes pass.
    static JsonParser parser(byte[] body) throws Refused {
        return parser(text(ByteBuffer.wrap(body), "the body"));
    }

    /// The characters of what must be UTF-8.
    static CharBuffer text(ByteBuffer bytes, String place) throws Refused {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes);
        } catch (CharacterCodingException _) {
            throw bad(place + " is not UTF-8");
        }
    }

    /// A parser over characters.
    static JsonParser parser(CharBuffer chars) {
        try {
            return FACTORY.createParser(
                    chars.array(), chars.arrayOffset() + chars.position(), chars.remaining());
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }

    /// Refuses half a character, which JSON can spell and UTF-8 cannot.
    static String whole(String text, String place) throws Refused {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair =
                        Character.isHighSurrogate(c)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw bad(place + " holds a lone surrogate");
                }
                i++;
            }
        }
        return text;
    }

    /// What is wrong with a text that is no JSON, in one line.
    static Refused notJson(JacksonException e) {
        return bad(
                "not JSON at character %d: %s"
                        .formatted(
                                e.getLocation() == null ? 0 : e.getLocation().getCharOffset(),
                                firstLine(e.getOriginalMessage())));
    }

    private static String firstLine(@Nullable String message) {
        // What follows names classes and settings of the parser.
        String text = message == null ? "" : message.split("\\R| \\(|:", 2)[0];
        return text.length() > 120 ? text.substring(0, 120) : text;
    }

    static Refused bad(String message) {
        return new Refused(Refusal.TASK_BAD_INPUT, message);
    }
}
