package dev.kiln.loadtest.rivals;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadedTest {
    private static final Question QUESTION = Question.of(List.of("clay"), "minilm");
    private static final long BEGAN = 50_000_000_000L;

    /// Three seconds of run-in, then ten that count.
    private static final Overloaded.Asked ASKED = new Overloaded.Asked(300, 3, 10);

    /// @param offset after the start at which it was meant to go, and did, in milliseconds
    /// @param took milliseconds
    private static Arrival arrival(long offset, long took, int status, int tokens) {
        String body =
                "{\"model\":\"any\",\"data\":[{\"index\":0,\"embedding\":[1]}],\"usage\":{\"prompt_tokens\":%d}}"
                        .formatted(tokens);
        long intended = BEGAN + offset * 1_000_000;
        return new Arrival(
                new Timetable.Send(0, offset * 1_000_000, 0, QUESTION),
                new ApiKeyCredentials("key").sign("/v1/embeddings", QUESTION),
                intended,
                intended,
                intended + took * 1_000_000,
                new Arrival.Came(new Received(status, List.of(), body.getBytes(UTF_8), 0)));
    }

    private static Overloaded of(Arrival... arrivals) {
        return Overloaded.of(List.of(arrivals), new Jury(false, Map.of()), ASKED, new Latencies());
    }

    @Test
    void whatEndsInTheStretchAndInTimeIsGood() {
        Overloaded counted =
                of(
                        arrival(0, 100, 200, 1000),
                        arrival(2950, 100, 200, 20),
                        arrival(5000, 1999, 200, 40),
                        arrival(12_950, 100, 200, 1000));

        assertThat(counted.overload().goodPerSecond()).isEqualTo(0.2);
        assertThat(counted.tokensPerSecond()).isEqualTo(6);
        assertThat(counted.overload().late()).isZero();
    }

    @Test
    void aLateAnswerIsWorthNothing() {
        Overloaded counted = of(arrival(0, 1, 200, 5), arrival(5000, 2001, 200, 40));

        assertThat(counted.overload().goodPerSecond()).isZero();
        assertThat(counted.tokensPerSecond()).isZero();
        assertThat(counted.overload().late()).isEqualTo(1);
    }

    @Test
    void aRefusalIsNeitherAndItsTimeIsTold() {
        Overloaded counted = of(arrival(0, 1, 429, 0), arrival(5000, 7, 429, 0));

        assertThat(counted.overload().refused()).isEqualTo(1);
        assertThat(counted.overload().late()).isZero();
        assertThat(counted.overload().refusalP99Ms()).isCloseTo(7, within(0.1));
    }

    /// Of four right answers two came when the clock had stopped, which nobody who was refused could.
    @Test
    void aClosedLoopsRateIsOfWhatCameWhileTheClockRan() {
        List<Arrival> arrivals =
                List.of(
                        arrival(0, 4000, 200, 30),
                        arrival(0, 5000, 200, 20),
                        arrival(0, 5001, 200, 1000),
                        arrival(0, 6000, 200, 1000),
                        arrival(0, 3, 429, 0));
        var pace = new ClosedLoop.Pace(3, 5, BEGAN + 5_000_000_000L);

        Pressed pressed = Pressed.of(arrivals, new Jury(false, Map.of()), pace, 0.1);

        assertThat(pressed.peak().perSecond()).isEqualTo(0.4);
        assertThat(pressed.tokensPerSecond()).isEqualTo(10);
        assertThat(pressed.peak().answers()).isEqualTo(4);
        assertThat(pressed.peak().refused()).isEqualTo(1);
    }
}
