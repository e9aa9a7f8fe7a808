package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Caller;
import dev.kiln.core.Time;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestraintTest {
    private static final int PER_CALLER = 20;
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
            new Restraint(100, PER_CALLER, time, (_, then) -> alarms.add(then));

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
}
