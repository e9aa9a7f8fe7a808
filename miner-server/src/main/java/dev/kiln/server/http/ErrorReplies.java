package dev.kiln.server.http;

import dev.kiln.bittensor.wire.Axon;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.RefusalReplies;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.RequestHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Refusals in OpenAI's error shape, `{"error":{"message","type","code"}}`, with the reason as the code; to callers that
/// speak the axon dialect in the shape that a Dendrite reads, and on paths of the Open Inference Protocol in its own.
///
/// Strangers never get more bytes than they sent, or 256 where they sent less: the message is cut, the code stays.
///
/// **Threads:** any.
public final class ErrorReplies implements RefusalReplies {
    /// Nobody who passed the header gates sent less than this.
    private static final int SIGNED_REQUEST = 384;

    private static final int LEAST_BUDGET = 256;
    private static final int LONGEST_MESSAGE = 1024;

    /// Status line, content type and length, connection, the blank line; reason phrases differ by a few bytes.
    private static final int HEAD = 128;

    private static final Duration SOON = Duration.ofSeconds(1);

    @Override
    public Reply reply(Refused refused, RequestHead head, boolean known) {
        return within(refused, Shape.of(head), known ? HEAD + LONGEST_MESSAGE : SIGNED_REQUEST);
    }

    /// The reply to somebody unknown.
    ///
    /// @param requestBytes size of the request head
    Reply toStranger(Refused refused, RequestHead head, int requestBytes) {
        int budget = Math.clamp(requestBytes, LEAST_BUDGET, HEAD + LONGEST_MESSAGE);
        return within(refused, Shape.of(head), budget);
    }

    private static Reply within(Refused refused, Shape shape, int budget) {
        int status = StatusOf.refusal(refused.reason());
        List<Header> headers = new ArrayList<>(2);
        if (StatusOf.passes(status)) {
            retryAfter(refused)
                    .map(wait -> Long.toString(wholeSeconds(wait)))
                    .ifPresent(seconds -> headers.add(new Header("Retry-After", seconds)));
        }
        if (shape == Shape.AXON) {
            headers.add(new Header(Axon.STATUS_CODE, Integer.toString(status)));
        }
        int left = budget - HEAD;
        for (Header header : headers) {
            left -= header.name().length() + header.value().length() + 4;
        }
        String before = shape.before(refused.reason());
        String after = shape.after(status, refused.reason());
        String message = escaped(String.valueOf(refused.getMessage()));
        int room = Math.max(0, left - before.length() - after.length());
        byte[] body = (before + cut(message, room) + after).getBytes(StandardCharsets.US_ASCII);
        return new Reply(status, "application/json", List.copyOf(headers), body);
    }

    /// How a caller's client reads a refusal.
    private enum Shape {
        /// `{"error":{"message","type","code"}}`
        OPENAI {
            @Override
            String before(Refusal reason) {
                return "{\"error\":{\"message\":\"";
            }

            @Override
            String after(int status, Refusal reason) {
                return "\",\"type\":\"%s\",\"code\":\"%s\"}}"
                        .formatted(StatusOf.type(status), reason.name());
            }
        },
        /// `{"error"}`, which clients of Triton and KServe show as it is.
        OPEN_INFERENCE {
            @Override
            String before(Refusal reason) {
                return "{\"error\":\"%s: ".formatted(reason.name());
            }

            @Override
            String after(int status, Refusal reason) {
                return "\"}";
            }
        },
        /// `{"message"}`, which a Dendrite makes its status message; the code stands before the words.
        AXON {
            @Override
            String before(Refusal reason) {
                return "{\"message\":\"%s: ".formatted(reason.name());
            }

            @Override
            String after(int status, Refusal reason) {
                return "\"}";
            }
        };

        static Shape of(RequestHead head) {
            if (openInference(head.target().split("\\?", 2)[0])) {
                return OPEN_INFERENCE;
            }
            return Axon.speaks(head) ? AXON : OPENAI;
        }

        /// Routes that speak it end with `/v2`; paths below are theirs.
        private static boolean openInference(String path) {
            return path.endsWith("/v2") || path.contains("/v2/");
        }

        abstract String before(Refusal reason);

        abstract String after(int status, Refusal reason);
    }

    private static Optional<Duration> retryAfter(Refused refused) {
        // Where a lane with nothing to do is too slow for a deadline, no time helps.
        return refused.reason() == Refusal.LIMIT_WOULD_MISS_DEADLINE
                ? refused.retryAfter()
                : Optional.of(refused.retryAfter().orElse(SOON));
    }

    private static long wholeSeconds(Duration wait) {
        return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    }

    /// Printable ASCII without quotes and backslashes, so that the text is JSON and can be cut anywhere.
    private static String escaped(String message) {
        StringBuilder text = new StringBuilder(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\'');
                case '…' -> text.append("...");
                case '≤' -> text.append("<=");
                default -> text.append(c >= ' ' && c < 127 ? c : '?');
            }
        }
        return text.toString();
    }

    private static String cut(String message, int room) {
        return message.length() <= room ? message : message.substring(0, room);
    }
}
