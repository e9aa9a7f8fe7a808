package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.RequestHead;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorRepliesTest {
    private static final RequestHead PLAIN = head();
    private static final RequestHead AXON = head(new Header("bt_header_axon_ip", "192.0.2.2"));

    private final ErrorReplies errors = new ErrorReplies();

    private static RequestHead head(Header... headers) {
        return new RequestHead("POST", "/v1/embeddings", List.of(headers), "192.0.2.1", 0, 0);
    }

    @Test
    void theReasonIsTheCodeInOpenAisShape() throws Exception {
        Reply reply =
                errors.reply(
                        new Refused(Refusal.TASK_BAD_INPUT, "input is \"missing\"\n"), PLAIN, true);

        JsonNode error = new JsonMapper().readTree(reply.body()).get("error");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(error.get("code").asText()).isEqualTo("TASK_BAD_INPUT");
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").asText()).isEqualTo("input is 'missing'?");
    }

    @Test
    void retryAfterIsInWholeSecondsRoundedUp() {
        Refused soon =
                Refused.until(
                        Refusal.LIMIT_WOULD_MISS_DEADLINE, "too late", Duration.ofMillis(1_001));

        assertThat(errors.reply(soon, PLAIN, true).headers())
                .containsExactly(new Header("Retry-After", "2"));
        assertThat(errors.reply(new Refused(Refusal.ROSTER_STALE, "old"), PLAIN, true).headers())
                .containsExactly(new Header("Retry-After", "1"));
        Refused never = new Refused(Refusal.LIMIT_WOULD_MISS_DEADLINE, "too slow");
        assertThat(errors.reply(never, PLAIN, true).headers()).isEmpty();
        assertThat(errors.reply(new Refused(Refusal.TASK_BAD_INPUT, "no"), PLAIN, true).headers())
                .isEmpty();
    }

    @Test
    void aStrangerWithASmallRequestGetsAtMost256BytesAndStillTheWholeCode() throws Exception {
        for (Refusal reason : Refusal.values()) {
            Reply reply = errors.toStranger(new Refused(reason, "x".repeat(4_000)), PLAIN, 40);

            assertThat(reply.body().length + 128).as(reason.name()).isLessThanOrEqualTo(256);
            assertThat(new JsonMapper().readTree(reply.body()).at("/error/code").asText())
                    .isEqualTo(reason.name());
        }
    }

    @Test
    void aDendriteFindsStatusAndReasonWhereItLooks() throws Exception {
        Reply reply =
                errors.reply(new Refused(Refusal.AUTH_STEP_BACK, "not \"again\""), AXON, true);

        JsonNode body = new JsonMapper().readTree(reply.body());
        assertThat(reply.contentType()).isEqualTo("application/json");
        assertThat(reply.headers())
                .containsExactly(new Header("bt_header_axon_status_code", "401"));
        assertThat(body.size()).isEqualTo(1);
        assertThat(body.get("message").asText()).isEqualTo("AUTH_STEP_BACK: not 'again'");
    }

    @Test
    void aStrangersSmallAxonRequestGetsAtMost256BytesToo() throws Exception {
        for (Refusal reason : Refusal.values()) {
            Reply reply = errors.toStranger(new Refused(reason, "x".repeat(4_000)), AXON, 40);

            int headers =
                    reply.headers().stream()
                            .mapToInt(each -> each.name().length() + each.value().length() + 4)
                            .sum();
            assertThat(reply.body().length + headers + 128).isLessThanOrEqualTo(256);
            assertThat(new JsonMapper().readTree(reply.body()).get("message").asText())
                    .startsWith(reason.name() + ": ");
        }
    }
}
