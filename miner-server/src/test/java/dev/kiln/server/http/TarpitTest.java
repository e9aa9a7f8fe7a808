package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TarpitTest {
    private static final long MILLI = 1_000_000;
    private static final int BURST = 25;
    private static final Duration TOGETHER = Duration.ofMillis(10);

    private record Alarm(long dueTick, Runnable then) {}

    private long now;

    private final Time time =
            new Time() {
                @Override
                public long epochNanos() {
                    return now;
                }

                @Override
                public long tick() {
                    return now;
                }
            };

    private final List<Alarm> alarms = new ArrayList<>();
    private final List<Long> left = new ArrayList<>();
    private final Tarpit tarpit = new Tarpit(() -> 10_000_000, TOGETHER, time, this::alarm);

    private void alarm(Duration after, Runnable then) {
        assertThat(after).isPositive();
        assertThat((now + after.toNanos()) % TOGETHER.toNanos()).isZero();
        alarms.add(new Alarm(now + after.toNanos(), then));
    }

    /// Lets time pass, in steps of the alarm.
    private void pass(Duration length) {
        long end = now + length.toNanos();
        while (now - end < 0) {
            now += TOGETHER.toNanos();
            List<Alarm> due = alarms.stream().filter(alarm -> alarm.dueTick() <= now).toList();
            alarms.removeAll(due);
            due.forEach(alarm -> alarm.then().run());
        }
    }

    private boolean refuse() {
        return tarpit.reply(() -> left.add(now));
    }

    private void burst() {
        for (int i = 0; i <= BURST; i++) {
            assertThat(refuse()).isFalse();
        }
        left.clear();
    }

    @Test
    void aFewRefusalsAreToldAtOnce() {
        burst();
        assertThat(alarms).isEmpty();
    }

    @Test
    void moreLeaveAtTheirRateInTheirOrder() {
        burst();
        for (int i = 1; i <= 50; i++) {
            assertThat(refuse()).isTrue();
        }
        assertThat(left).isEmpty();
        pass(Duration.ofSeconds(2));
        assertThat(left).hasSize(50);
        for (int i = 1; i <= 50; i++) {
            assertThat(left.get(i - 1)).isEqualTo(i * (10 * MILLI));
        }
    }

    @Test
    void thoseOfAWhileLeaveTogetherAndOneAlarmServesAll() {
        var quick = new Tarpit(() -> 500_000, TOGETHER, time, this::alarm);
        for (int i = 0; i <= 500; i++) {
            quick.reply(() -> {});
        }
        for (int i = 0; i < 60; i++) {
            quick.reply(() -> left.add(now));
        }
        assertThat(alarms).hasSize(1);
        pass(Duration.ofMillis(10));
        assertThat(left).hasSize(20);
        pass(Duration.ofMillis(20));
        assertThat(left).hasSize(60);
        assertThat(alarms).isEmpty();
    }

    @Test
    void aReplyThatBringsTheNextRefusalWaitsWithTheOthers() {
        burst();
        tarpit.reply(this::refuse);
        pass(Duration.ofMillis(10));
        assertThat(left).isEmpty();
        assertThat(alarms).hasSize(1);
        pass(Duration.ofMillis(10));
        assertThat(left).hasSize(1);
    }

    @Test
    void aPauseEarnsOneBurstAndNoMore() {
        burst();
        assertThat(refuse()).isTrue();
        now += 60_000 * MILLI;
        burst();
        assertThat(refuse()).isTrue();
    }

    @Test
    void noReplyWaitsLongerThanABound() {
        for (int i = 0; i < 1_000; i++) {
            refuse();
        }
        pass(Tarpit.LONGEST);
        assertThat(left).hasSize(1_000);
    }

    /// Time passes between two looks at the clock, so that a moment to wait for may be over already.
    @Test
    void anAlarmIsNeverSetForAMomentThatHasPassed() {
        Time passing =
                new Time() {
                    @Override
                    public long epochNanos() {
                        return tick();
                    }

                    @Override
                    public long tick() {
                        now += 7_001;
                        return now;
                    }
                };
        List<Runnable> next = new ArrayList<>();
        var restless =
                new Tarpit(
                        () -> 100_000,
                        TOGETHER,
                        passing,
                        (after, then) -> {
                            assertThat(after).isPositive();
                            next.add(then);
                        });
        for (int i = 0; i < 100_000; i++) {
            restless.reply(() -> left.add(now));
            List<Runnable> due = List.copyOf(next);
            next.clear();
            due.forEach(Runnable::run);
        }
        now += 2 * Tarpit.LONGEST.toNanos();
        next.forEach(Runnable::run);
        assertThat(left).hasSize(100_000);
    }
}
