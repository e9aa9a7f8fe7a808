package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Caller;
import dev.kiln.core.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RestraintTest {
    private static final int PER_CALLER = 20;
    private static final int ALL = 100;
    private static final int AT_ONCE = 6;
    private static final Caller GREEDY = new Caller.KeyHolder("greedy");

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

    private final List<Runnable> alarms = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private final Restraint restraint =
            new Restraint(
                    new HttpSettings.Refusals(100, PER_CALLER, ALL),
                    time,
                    (_, then) -> alarms.add(then));

    private boolean refuse(Caller caller) {
        return restraint.known(caller, () -> left.add(caller.name()));
    }

    private void useUp() {
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(refuse(GREEDY)).isFalse();
        }
        assertThat(refuse(GREEDY)).isTrue();
    }

    @Test
    void oneCallersRefusalsHoldUpNobodyElses() {
        useUp();
        assertThat(refuse(new Caller.KeyHolder("other"))).isFalse();
        assertThat(restraint.stranger(() -> left.add("stranger"))).isFalse();
        assertThat(restraint.slowed()).isEqualTo(1);
    }

    @Test
    void whatWaitsLeavesThoughItsCallerIsForgotten() {
        useUp();
        left.clear();
        for (int i = 0; i < Restraint.CALLERS; i++) {
            refuse(new Caller.KeyHolder("caller " + i));
        }
        left.clear();
        assertThat(refuse(GREEDY)).isFalse();

        now += Tarpit.LONGEST.toNanos();
        List.copyOf(alarms).forEach(Runnable::run);
        assertThat(left).containsExactly(GREEDY.name(), GREEDY.name());
    }

    @Test
    void whoIsRefusedAgainAndAgainIsNotForgotten() {
        useUp();
        for (int i = 0; i < 2 * Restraint.CALLERS; i++) {
            refuse(new Caller.KeyHolder("caller " + i));
            if (i % 1000 == 0) {
                assertThat(refuse(GREEDY)).isTrue();
            }
        }
    }

    @Test
    void whatAllCallersTogetherAreRefusedIsBounded() {
        int callers = 50;
        int seconds = 4;
        Set<String> waiting = new HashSet<>();
        List<String> came = new ArrayList<>();
        for (int step = 0; step < 100 * seconds; step++) {
            for (int i = 0; i < callers; i++) {
                Caller caller = new Caller.KeyHolder("caller " + i);
                // Whoever has his reply asks again at once.
                if (waiting.add(caller.name())) {
                    restraint.known(
                            caller,
                            () -> {
                                waiting.remove(caller.name());
                                came.add(caller.name());
                            });
                }
            }
            now += 10_000_000;
            runAlarms();
        }
        // What each may have at once comes on top.
        assertThat(came.size()).isBetween(ALL * (seconds - 1), ALL * seconds + callers * AT_ONCE);
        assertThat(Collections.frequency(came, "api:caller 7"))
                .isBetween(ALL * (seconds - 1) / callers, ALL * seconds / callers + AT_ONCE);
    }

    @Test
    void whoIsRefusedNowAndThenWaitsNotForThoseWhoAskAgainAtOnce() {
        for (int second = 0; second < 5; second++) {
            for (int i = 0; i < 2000; i++) {
                refuse(new Caller.KeyHolder("caller " + i % 40));
            }
            now += 1_000_000_000;
            runAlarms();
            assertThat(refuse(new Caller.KeyHolder("patient"))).isFalse();
        }
    }

    @Test
    void whileAllTogetherAreRefusedLittleNobodyWaitsForAnother() {
        var random = new SplittableRandom(7);
        double next = 0;
        for (int i = 0; i < 10_000; i++) {
            next -= Math.log(1 - random.nextDouble()) / (0.6 * ALL);
            now = (long) (next * 1e9);
            refuse(new Caller.KeyHolder("caller " + random.nextInt(64)));
        }
        assertThat(restraint.slowed()).isZero();
    }

    @Test
    void asManyMayBeRefusedAsAreAnswered() {
        var quick =
                new Restraint(
                        new HttpSettings.Refusals(100, 500, ALL),
                        time,
                        (_, then) -> alarms.add(then));
        long after = 0;
        for (int millis = 0; millis < 8000; millis++) {
            now += 1_000_000;
            quick.answered();
            quick.known(new Caller.KeyHolder("caller " + millis % 64), () -> {});
            after = millis == 6000 ? quick.slowed() : after;
        }
        assertThat(after).isPositive();
        assertThat(quick.slowed()).isEqualTo(after);
    }

    private void runAlarms() {
        List<Runnable> due = List.copyOf(alarms);
        alarms.clear();
        due.forEach(Runnable::run);
    }
}
