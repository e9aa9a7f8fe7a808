package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ErrorRepliesTest {
    private final ErrorReplies errors = new ErrorReplies();

    @Test
    void theReasonIsTheCodeInOpenAisShape() throws Exception {
        Reply reply =
                errors.reply(new Refused(Refusal.TASK_BAD_INPUT, "input is \"missing\"\n"), true);

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

        assertThat(errors.reply(soon, true).headers())
                .containsExactly(new Header("Retry-After", "2"));
        assertThat(errors.reply(new Refused(Refusal.ROSTER_STALE, "old"), true).headers())
                .containsExactly(new Header("Retry-After", "1"));
        assertThat(errors.reply(new Refused(Refusal.TASK_BAD_INPUT, "no"), true).headers())
                .isEmpty();
    }

    @Test
    void aStrangerWithASmallRequestGetsAtMost256BytesAndStillTheWholeCode() throws Exception {
        for (Refusal reason : Refusal.values()) {
            Reply reply = errors.toStranger(new Refused(reason, "x".repeat(4_000)), 40);

            assertThat(reply.body().length + 128).as(reason.name()).isLessThanOrEqualTo(256);
            assertThat(new JsonMapper().readTree(reply.body()).at("/error/code").asText())
                    .isEqualTo(reason.name());
        }
    }
}
