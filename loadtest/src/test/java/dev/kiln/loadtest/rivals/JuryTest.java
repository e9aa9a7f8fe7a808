package dev.kiln.loadtest.rivals;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.loadtest.rivals.Jury.Outcome;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JuryTest {
    private static final Map<String, float[]> REFERENCE = Map.of("clay", new float[] {0.6f, 0.8f});
    private static final Question QUESTION = Question.of(List.of("clay"), "minilm");

    private final Jury jury = new Jury(false, REFERENCE);

    private static Arrival arrival(int status, String body) {
        return ended(new Arrival.Came(new Received(status, List.of(), body.getBytes(UTF_8), 0)));
    }

    private static Arrival ended(Arrival.End end) {
        var signed = new ApiKeyCredentials("key").sign("/v1/embeddings", QUESTION);
        return new Arrival(new Timetable.Send(0, 0, 0, QUESTION), signed, 0, 0, 1, end);
    }

    private static Arrival embedding(String numbers) {
        return arrival(
                200,
                "{\"model\":\"any\",\"data\":[{\"index\":0,\"embedding\":[%s]}]}"
                        .formatted(numbers));
    }

    @Test
    void theReferencesVectorIsRightWhateverItsLength() {
        assertThat(jury.look(embedding("0.6, 0.8"))).isEqualTo(Outcome.RIGHT);
        assertThat(jury.look(embedding("0.61, 0.79"))).isEqualTo(Outcome.RIGHT);
        assertThat(jury.verdict().bad()).isZero();
        assertThat(jury.verdict().leastCosine()).isBetween(0.999, 0.99995);
    }

    @Test
    void anotherVectorIsBadHoweverFastItCame() {
        assertThat(jury.look(embedding("0.8, 0.6"))).isEqualTo(Outcome.BAD);
        assertThat(jury.look(embedding("0.6, 0.8, 0.1"))).isEqualTo(Outcome.BAD);
        assertThat(jury.look(embedding("0, 0"))).isEqualTo(Outcome.BAD);
        assertThat(jury.look(arrival(200, "{}"))).isEqualTo(Outcome.BAD);
        assertThat(jury.verdict().judged()).isEqualTo(4);
        assertThat(jury.verdict().bad()).isEqualTo(4);
        assertThat(jury.verdict().flaw()).isEqualTo("another vector than the reference's");
    }

    @Test
    void anAxonsAnswerIsReadToo() {
        assertThat(jury.look(arrival(200, "{\"texts\":[\"clay\"],\"embeddings\":[[0.6,0.8]]}")))
                .isEqualTo(Outcome.RIGHT);
    }

    @Test
    void aRefusalAndALossAreNoAnswers() {
        assertThat(jury.look(arrival(429, "{}"))).isEqualTo(Outcome.REFUSED);
        assertThat(jury.look(ended(new Arrival.Lost("timeout")))).isEqualTo(Outcome.NONE);
        assertThat(jury.verdict().judged()).isZero();
    }

    @Test
    void whereReceiptsAreDueARightAnswerWithoutOneIsBad() {
        var strict = new Jury(true, REFERENCE);

        assertThat(strict.look(embedding("0.6, 0.8"))).isEqualTo(Outcome.BAD);
        assertThat(strict.verdict().flaw()).isEqualTo("no receipt that holds");
    }

    @Test
    void tokensAreCountedOnlyWhereAnAnswerSaysThem() {
        String answer =
                "{\"model\":\"any\",\"data\":[{\"index\":0,\"embedding\":[0.6]}],\"usage\":{\"prompt_tokens\":17}}";

        assertThat(Jury.tokens(arrival(200, answer))).isEqualTo(17);
        assertThat(Jury.tokens(arrival(429, answer))).isZero();
        assertThat(Jury.tokens(embedding("0.6, 0.8"))).isZero();
        assertThat(Jury.tokens(arrival(200, "not JSON"))).isZero();
        assertThat(Jury.tokens(ended(new Arrival.Lost("timeout")))).isZero();
    }
}
