package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Patience.From;
import dev.kiln.core.Terms.WhenLate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static RequestHead head(String... values) {
        List<Header> headers =
                List.of(values).stream().map(value -> new Header("X-Wait", value)).toList();
        return new RequestHead("POST", "/", headers, "127.0.0.1", 0, 0);
    }

    private static Optional<Duration> of(From from, String... values) throws Refused {
        return new Patience(from, "x-wait", WhenLate.REFUSE).of(head(values), Optional.of(TIMEOUT));
    }

    @Test
    void aCallerIsHeardOnlyWhereTheRouteSays() throws Refused {
        assertThat(of(From.CONFIG, "250")).isEmpty();
        assertThat(of(From.BODY, "250")).isEmpty();
        assertThat(of(From.DIALECT, "250")).contains(TIMEOUT);
        assertThat(of(From.HEADER, "250")).contains(Duration.ofMillis(250));
        assertThat(of(From.HEADER)).isEmpty();
    }

    @Test
    void aHeaderThatIsNoTimeIsRefused() {
        for (String value : List.of("", "-1", "1.5", "+2", "٣", "1000000000", "5s")) {
            Refused refused = catchThrowableOfType(Refused.class, () -> of(From.HEADER, value));
            assertThat(refused.reason()).as(value).isEqualTo(Refusal.TASK_BAD_INPUT);
        }
        Refused twice = catchThrowableOfType(Refused.class, () -> of(From.HEADER, "1", "1"));
        assertThat(twice.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    private static Terms terms(From from, WhenLate whenLate, Duration head, Duration body) {
        return terms(new Patience(from, "x-wait", whenLate), head, body);
    }

    @Test
    void ofHeadAndFieldTheShorterHolds() {
        Duration two = Duration.ofSeconds(2);
        Duration three = Duration.ofSeconds(3);
        var both = new Patience(From.HEADER, "x-wait", Optional.of("wait_s"), WhenLate.REFUSE);

        assertThat(terms(both, three, two).due()).isEqualTo(Deadline.after(5, two));
        assertThat(terms(both, two, three).due()).isEqualTo(Deadline.after(5, two));
    }

    private static Terms terms(Patience patience, Duration head, Duration body) {
        Route route =
                new Route(
                        "/",
                        "task",
                        10,
                        Duration.ofSeconds(10),
                        true,
                        Route.AnswerShape.OFF,
                        Set.of(),
                        false,
                        patience);
        Caller caller = new Caller.KeyHolder("somebody");
        Deadline deadline = Deadline.after(5, head);
        return new Call(1, caller, route, new byte[0], deadline, 5, Seal.NONE)
                .terms(Optional.of(body));
    }

    @Test
    void aBodyShortensAndNeverLengthens() {
        Duration two = Duration.ofSeconds(2);
        Duration ten = Duration.ofSeconds(10);

        assertThat(terms(From.BODY, WhenLate.REFUSE, ten, two).due())
                .isEqualTo(Deadline.after(5, two));
        assertThat(terms(From.BODY, WhenLate.REFUSE, ten, ten.multipliedBy(9)).due())
                .isEqualTo(Deadline.after(5, ten));
        assertThat(terms(From.DIALECT, WhenLate.REFUSE, ten, two).due())
                .isEqualTo(Deadline.after(5, ten));
    }

    @Test
    void onlyALateAnswerOutlastsItsCallersTime() {
        Duration two = Duration.ofSeconds(2);

        assertThat(terms(From.HEADER, WhenLate.QUEUE, two, two).deadline())
                .isEqualTo(Deadline.after(5, two));
        Terms late = terms(From.HEADER, WhenLate.ANSWER, two, two);
        assertThat(late.due()).isEqualTo(Deadline.after(5, two));
        assertThat(late.deadline()).isEqualTo(Deadline.after(5, Duration.ofSeconds(10)));
    }
}
