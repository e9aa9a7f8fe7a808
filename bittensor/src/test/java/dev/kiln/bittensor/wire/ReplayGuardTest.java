package dev.kiln.bittensor.wire;

import static dev.kiln.bittensor.wire.Cast.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayGuardTest {
    private static final Hotkey ALICE = Cast.ALICE.hotkey();
    private static final Hotkey CHARLIE = Cast.CHARLIE.hotkey();
    private static final Hotkey MINER = Cast.BOB.hotkey();
    private static final long SKEW = Duration.ofSeconds(2).toNanos();

    private final HandClock clock = new HandClock(NOON);

    @TempDir private Path folder;

    private ReplayGuard fresh(ReplayGuard.Limits limits) {
        return ReplayGuard.inMemory(true, limits, clock);
    }

    private ReplayGuard fresh() {
        return fresh(Cast.limits());
    }

    private ReplayGuard open() {
        return ReplayGuard.open(folder, MINER, false, Cast.limits(), clock);
    }

    private static Optional<Refusal> use(ReplayGuard guard, Hotkey caller, long nonce) {
        try {
            guard.use(caller, nonce);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.reason());
        }
    }

    private static Hotkey caller(int number) {
        return Ss58.hotkey(ByteBuffer.allocate(Hotkey.LENGTH).putInt(number).array());
    }

    @Test
    void aNonceIsUsedOncePerCaller() {
        ReplayGuard guard = fresh();

        assertThat(use(guard, ALICE, NOON)).isEmpty();
        assertThat(use(guard, ALICE, NOON)).contains(Refusal.TIME_REPLAY);
        assertThat(use(guard, CHARLIE, NOON)).isEmpty();
        assertThat(use(guard, ALICE, NOON - 5_000_000_000L)).isEmpty();
    }

    @Test
    void sixtyFourShuffledRequestsAtOnceAreAllAcceptedAndEachOnlyOnce() throws Exception {
        ReplayGuard guard = fresh();
        List<Long> nonces = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            nonces.add(NOON - i * 100_000_000L);
            nonces.add(NOON - i * 100_000_000L);
        }
        Collections.shuffle(nonces, new Random(7));
        var start = new CyclicBarrier(nonces.size());
        List<Callable<Boolean>> uses = new ArrayList<>();
        for (long nonce : nonces) {
            uses.add(() -> {
                start.await();
                return use(guard, ALICE, nonce).isEmpty();
            });
        }
        int accepted = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> each : threads.invokeAll(uses)) {
                accepted += each.get() ? 1 : 0;
            }
        }

        assertThat(accepted).isEqualTo(64);
    }

    @Test
    void aFullCallerForgetsItsLowestAndNeverAcceptsThemAgain() {
        ReplayGuard guard =
                fresh(
                        new ReplayGuard.Limits(
                                Duration.ofSeconds(10), Duration.ofSeconds(2), 10, 1000, 10));
        for (int i = 0; i < 20; i++) {
            assertThat(use(guard, ALICE, NOON + i)).isEmpty();
        }

        assertThat(guard.remembered()).isEqualTo(10);
        for (int i = 0; i < 20; i++) {
            assertThat(use(guard, ALICE, NOON + i)).contains(Refusal.TIME_REPLAY);
        }
        assertThat(use(guard, ALICE, NOON - 1)).contains(Refusal.TIME_REPLAY);
        assertThat(use(guard, ALICE, NOON + 20)).isEmpty();
    }

    @Test
    void memoryIsBoundedInAllAndForCallersAndNothingForgottenIsAcceptedAgain() {
        ReplayGuard guard =
                fresh(
                        new ReplayGuard.Limits(
                                Duration.ofSeconds(10), Duration.ofSeconds(2), 1000, 500, 8));
        for (int nonce = 0; nonce < 100; nonce++) {
            for (int who = 0; who < 16; who++) {
                assertThat(use(guard, caller(who), NOON + nonce * 16L + who))
                        .isIn(Optional.empty(), Optional.of(Refusal.TIME_REPLAY));
                assertThat(guard.remembered()).isLessThanOrEqualTo(500);
            }
        }
        for (int nonce = 0; nonce < 100; nonce++) {
            for (int who = 0; who < 16; who++) {
                assertThat(use(guard, caller(who), NOON + nonce * 16L + who))
                        .contains(Refusal.TIME_REPLAY);
            }
        }
    }

    @Test
    void aQuarterOfAMillionNoncesOfOneCallerStayWithinTheBound() {
        ReplayGuard guard = fresh();
        for (int i = 0; i < 250_000; i++) {
            assertThat(use(guard, ALICE, NOON + i)).isEmpty();
        }

        assertThat(guard.remembered()).isEqualTo(1 << 16);
    }

    @Test
    void expiredNoncesAreForgottenAlsoOfCallersThatFellSilent() {
        ReplayGuard guard = fresh();
        for (int i = 0; i < 1000; i++) {
            assertThat(use(guard, ALICE, NOON + i)).isEmpty();
        }
        clock.pass(Duration.ofMinutes(5));
        for (int i = 0; i < 5000; i++) {
            assertThat(use(guard, CHARLIE, clock.epochNanos() + i)).isEmpty();
        }

        assertThat(guard.remembered()).isEqualTo(5000);
    }

    @Test
    void aClockThatStepsBackReopensNothing() {
        ReplayGuard guard = fresh();
        assertThat(use(guard, ALICE, NOON)).isEmpty();
        clock.pass(Duration.ofMinutes(5));
        assertThat(use(guard, ALICE, clock.epochNanos())).isEmpty();

        clock.setWall(NOON);

        assertThat(use(guard, ALICE, NOON)).contains(Refusal.TIME_REPLAY);
        assertThat(use(guard, ALICE, NOON - 1)).contains(Refusal.TIME_REPLAY);
        assertThat(use(guard, ALICE, NOON + 1)).isEmpty();
    }

    @Test
    void aNewHotkeyNeedsNoFence() {
        ReplayGuard guard = ReplayGuard.open(folder, MINER, true, Cast.limits(), clock);

        assertThat(guard.start().kind()).isEqualTo(ReplayGuard.Start.Kind.FRESH);
        assertThat(guard.fenceLeft()).isZero();
        assertThat(use(guard, ALICE, NOON - 1)).isEmpty();
    }

    @Test
    void withoutAMarkNothingUpToStartPlusSkewIsAccepted() {
        ReplayGuard guard = open();

        assertThat(guard.start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
        assertThat(guard.fenceLeft()).isEqualTo(Duration.ofNanos(SKEW + 1));
        assertThat(use(guard, ALICE, NOON + SKEW)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(guard, ALICE, NOON + SKEW + 1)).isEmpty();
        clock.pass(guard.fenceLeft());
        assertThat(guard.fenceLeft()).isZero();
        assertThat(use(guard, CHARLIE, clock.epochNanos())).isEmpty();
    }

    @Test
    void theFenceSaysHowLongItHolds() throws Refused {
        ReplayGuard guard = open();
        clock.pass(Duration.ofSeconds(1));
        try {
            guard.use(ALICE, NOON);
        } catch (Refused refused) {
            assertThat(refused.retryAfter()).contains(Duration.ofNanos(SKEW / 2 + 1));
            return;
        }
        throw new AssertionError("accepted");
    }

    @Test
    void aCleanStopFencesEachCallerAtItsOwnHighest() {
        ReplayGuard before = open();
        clock.pass(Duration.ofSeconds(3));
        long used = clock.epochNanos();
        assertThat(use(before, ALICE, used)).isEmpty();
        assertThat(use(before, CHARLIE, used - 7)).isEmpty();
        assertThat(before.stop()).isEmpty();
        clock.pass(Duration.ofMillis(1));

        ReplayGuard after = open();

        assertThat(after.start().kind()).isEqualTo(ReplayGuard.Start.Kind.CLEAN);
        assertThat(after.fenceLeft()).isZero();
        assertThat(use(after, ALICE, used)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(after, ALICE, used - 1)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(after, ALICE, used + 1)).isEmpty();
        assertThat(use(after, CHARLIE, used - 7)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(after, CHARLIE, used)).isEmpty();
        assertThat(use(after, caller(3), NOON + SKEW)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(after, caller(3), NOON + SKEW + 1)).isEmpty();
    }

    @Test
    void aFenceInTheFutureKeepsTheServerUnreadyNoLongerThanTheSkew() {
        ReplayGuard before = open();
        clock.pass(Duration.ofSeconds(3));
        assertThat(use(before, ALICE, clock.epochNanos() + SKEW)).isEmpty();
        before.stop();

        assertThat(open().fenceLeft()).isEqualTo(Duration.ofNanos(SKEW + 1));
        clock.setWall(NOON - Duration.ofHours(1).toNanos());
        ReplayGuard afterStepBack = open();
        assertThat(afterStepBack.fenceLeft()).isEqualTo(Duration.ofNanos(SKEW + 1));
        clock.pass(Duration.ofNanos(SKEW + 1));
        assertThat(afterStepBack.fenceLeft()).isZero();
    }

    @Test
    void aMarkIsGoodForOneStart() {
        open().stop();
        open();

        assertThat(open().start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
    }

    @Test
    void callersThatStayedSilentKeepTheirFenceOverTwoCleanStops() {
        ReplayGuard first = open();
        clock.pass(Duration.ofSeconds(3));
        long used = clock.epochNanos();
        assertThat(use(first, ALICE, used)).isEmpty();
        first.stop();
        open().stop();

        assertThat(use(open(), ALICE, used)).contains(Refusal.TIME_BEFORE_FENCE);
    }

    @Test
    void aMarkOfAnotherHotkeyOrAlteredOrCutIsNotBelieved() throws IOException {
        Path mark = folder.resolve("replay.mark");
        open().stop();
        String text = Files.readString(mark);
        for (String wrong :
                List.of(
                        "",
                        "x",
                        text.substring(1),
                        text.substring(0, text.length() - 1),
                        text + "\n",
                        text.replace("floor 1", "floor 2"),
                        "sha256 ",
                        "\u0000".repeat(100))) {
            Files.writeString(mark, wrong);
            assertThat(open().start().kind()).as(wrong).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
            assertThat(mark).doesNotExist();
        }
        Files.writeString(mark, text);

        ReplayGuard other = ReplayGuard.open(folder, ALICE, false, Cast.limits(), clock);

        assertThat(other.start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
        assertThat(other.start().line()).contains("another hotkey");
    }

    @Test
    void theMarkIsReadableByItsOwnerOnly() throws IOException {
        open().stop();

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("replay.mark"))))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("replay.mark.tmp")).doesNotExist();
    }

    @Test
    void aMarkThatCannotBeWrittenIsReportedAndCountsAsUnclean() throws IOException {
        Path file = Files.writeString(folder.resolve("not-a-folder"), "");
        ReplayGuard guard = ReplayGuard.open(file, MINER, false, Cast.limits(), clock);

        assertThat(guard.start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
        assertThat(use(guard, ALICE, NOON)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(use(guard, ALICE, NOON + SKEW + 1)).isEmpty();
        assertThat(guard.stop()).hasValueSatisfying(line -> assertThat(line).contains("unclean"));
    }

    @Test
    void aMarkThatCannotBeRemovedStopsEverythingUntilItCan() throws IOException {
        // A folder in the mark's place: it can be neither emptied nor, while it holds something,
        // deleted.
        Path mark = Files.createDirectory(folder.resolve("replay.mark"));
        Path inside = Files.writeString(mark.resolve("x"), "");
        ReplayGuard guard = ReplayGuard.open(folder, MINER, true, Cast.limits(), clock);

        assertThat(guard.start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
        assertThat(guard.start().line()).contains("until it is gone");
        assertThat(use(guard, ALICE, NOON)).contains(Refusal.STORE_FAULT);
        assertThat(guard.fenceLeft()).isPositive();
        Files.delete(inside);
        clock.pass(Duration.ofSeconds(1));
        assertThat(use(guard, ALICE, NOON)).contains(Refusal.TIME_BEFORE_FENCE);
        assertThat(mark).doesNotExist();
        assertThat(use(guard, ALICE, NOON + SKEW + 1)).isEmpty();
    }

    @Test
    void aReadOnlyFolderCountsAsUncleanAndIsReported() throws IOException {
        assumeThat(System.getProperty("user.name"))
                .as("root may write anywhere")
                .isNotEqualTo("root");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            ReplayGuard guard = open();
            assertThat(guard.start().kind()).isEqualTo(ReplayGuard.Start.Kind.UNCLEAN);
            assertThat(guard.stop()).isPresent();
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void afterTheStopNothingIsAccepted() {
        ReplayGuard guard = fresh();
        guard.stop();

        assertThat(use(guard, ALICE, NOON)).contains(Refusal.SERVER_DRAINING);
    }

    @Test
    void theWaitEndsNoSoonerThanTheFenceHoweverSlowTheDisk() {
        var slow =
                new Time() {
                    private long passed;

                    @Override
                    public long epochNanos() {
                        passed += SKEW / 4;
                        return NOON + passed;
                    }

                    @Override
                    public long tick() {
                        return passed;
                    }
                };
        ReplayGuard guard = ReplayGuard.inMemory(false, Cast.limits(), slow);

        while (!guard.fenceLeft().isZero()) {
            assertThat(slow.tick()).isLessThan(10 * SKEW);
        }

        assertThat(use(guard, ALICE, NOON + slow.tick())).isEmpty();
    }
}
