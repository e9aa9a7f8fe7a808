package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private final HandTime time = new HandTime();
    private final Streams<String> streams = new Streams<>(3, 2, Duration.ofSeconds(10), time);

    private void hear(String caller, String id, int piece) throws Refused {
        streams.keep(streams.next(caller, id, piece), caller + id + piece, false);
    }

    private static Refused refused(ThrowingCallable call) {
        Refused refused = catchThrowableOfType(Refused.class, call);
        assertThat(refused).as("nothing was refused").isNotNull();
        return refused;
    }

    @Test
    void aPieceGetsWhatTheOneBeforeLeft() throws Refused {
        assertThat(streams.next("a", "x", 0).state()).isEmpty();
        hear("a", "x", 0);

        assertThat(streams.next("a", "x", 1).state()).contains("ax0");
    }

    @Test
    void lostReorderedAndRepeatedPiecesAreRefused() throws Refused {
        hear("a", "x", 0);
        hear("a", "x", 1);

        for (int piece : new int[] {0, 1, 3, 7}) {
            assertThat(refused(() -> streams.next("a", "x", piece)).reason())
                    .isEqualTo(Refusal.TASK_STREAM);
        }
        assertThat(refused(() -> streams.next("a", "x", 1)))
                .hasMessage("piece 1 of stream x was heard already; the next is 2");
        assertThat(refused(() -> streams.next("a", "x", 3)))
                .hasMessage("piece 3 of stream x comes too early; the next is 2");
        assertThat(refused(() -> streams.next("a", "y", 1)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
    }

    @Test
    void aPieceThatFailedMayComeAgain() throws Refused {
        hear("a", "x", 0);
        streams.next("a", "x", 1);

        assertThat(streams.next("a", "x", 1).state()).contains("ax0");
    }

    @Test
    void ofTwoEqualPiecesTheFirstToBeAnsweredIsTheOne() throws Refused {
        hear("a", "x", 0);
        Streams.Piece<String> first = streams.next("a", "x", 1);
        Streams.Piece<String> second = streams.next("a", "x", 1);
        streams.keep(second, "second", false);

        assertThat(refused(() -> streams.keep(first, "first", false)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
        assertThat(streams.next("a", "x", 2).state()).contains("second");
    }

    @Test
    void twoFirstPiecesBeginOneStream() throws Refused {
        Streams.Piece<String> first = streams.next("a", "x", 0);
        Streams.Piece<String> second = streams.next("a", "x", 0);
        streams.keep(first, "first", false);

        assertThat(refused(() -> streams.keep(second, "second", false)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
        assertThat(streams.size()).isEqualTo(1);
    }

    @Test
    void anotherCallersStreamOfTheSameNameIsAnotherStream() throws Refused {
        hear("a", "x", 0);
        hear("b", "x", 0);

        assertThat(streams.next("a", "x", 1).state()).contains("ax0");
        assertThat(streams.next("b", "x", 1).state()).contains("bx0");
        assertThat(refused(() -> streams.next("c", "x", 1)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
    }

    @Test
    void oneCallersStreamsAreBoundedAndSoAreAll() throws Refused {
        hear("a", "x", 0);
        hear("a", "y", 0);
        Refused own = refused(() -> streams.next("a", "z", 0));
        hear("b", "x", 0);
        Refused all = refused(() -> streams.next("c", "x", 0));

        assertThat(own.reason()).isEqualTo(Refusal.LIMIT_STREAMS);
        assertThat(own.retryAfter()).contains(Duration.ofSeconds(10));
        assertThat(own).hasMessageStartingWith("2 streams of this caller are open");
        assertThat(all.reason()).isEqualTo(Refusal.LIMIT_STREAMS);
        assertThat(all).hasMessageStartingWith("3 streams are open");
    }

    @Test
    void theBoundHoldsForFirstPiecesThatWereOnTheirWayTogether() throws Refused {
        hear("a", "x", 0);
        Streams.Piece<String> second = streams.next("a", "y", 0);
        Streams.Piece<String> third = streams.next("a", "z", 0);
        streams.keep(second, "", false);

        assertThat(refused(() -> streams.keep(third, "", false)).reason())
                .isEqualTo(Refusal.LIMIT_STREAMS);
    }

    @Test
    void theFinalPieceEndsAStreamAndMakesRoom() throws Refused {
        hear("a", "x", 0);
        hear("a", "y", 0);
        streams.keep(streams.next("a", "x", 1), "", true);

        hear("a", "z", 0);
        assertThat(refused(() -> streams.next("a", "x", 2)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
    }

    @Test
    void anIdleStreamIsForgottenAndOneInUseIsNot() throws Refused {
        hear("a", "x", 0);
        hear("a", "y", 0);
        time.pass(Duration.ofSeconds(9));
        hear("a", "x", 1);
        time.pass(Duration.ofSeconds(1));

        assertThat(streams.next("a", "x", 2).state()).contains("ax1");
        assertThat(refused(() -> streams.next("a", "y", 1)).reason())
                .isEqualTo(Refusal.TASK_STREAM);
        assertThat(streams.size()).isEqualTo(1);
    }

    @Test
    void whateverComesNoStateIsMixedAndNoBoundIsPassed() {
        Random random = new Random(5);
        Map<String, Integer> next = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            String caller = "caller" + random.nextInt(3);
            String id = "stream" + random.nextInt(3);
            int piece = random.nextInt(4);
            boolean last = random.nextInt(5) == 0;
            try {
                Streams.Piece<String> taken = streams.next(caller, id, piece);
                Optional<String> expected =
                        piece == 0 ? Optional.empty() : Optional.of(caller + id + (piece - 1));
                assertThat(taken.state()).isEqualTo(expected);
                assertThat(next.getOrDefault(caller + id, 0)).isEqualTo(piece);
                streams.keep(taken, caller + id + piece, last);
                next.put(caller + id, last ? 0 : piece + 1);
            } catch (Refused refused) {
                assertThat(refused.reason()).isIn(Refusal.TASK_STREAM, Refusal.LIMIT_STREAMS);
            }
            assertThat(streams.size()).isLessThanOrEqualTo(3);
        }
    }
}
