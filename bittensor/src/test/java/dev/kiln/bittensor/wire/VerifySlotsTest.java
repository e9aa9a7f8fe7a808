package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Deadline;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VerifySlotsTest {
    private static final String FLOOD = "203.0.113.9";
    private static final String GOOD = "192.0.2.1";

    private final HandClock clock = new HandClock(Cast.NOON);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> entered = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        threads.close();
    }

    private Future<VerifySlots.Slot> later(VerifySlots slots, String address, int waitingThen) {
        Future<VerifySlots.Slot> slot =
                threads.submit(() -> {
                    VerifySlots.Slot taken = slots.enter(address);
                    entered.add(address);
                    return taken;
                });
        while (slots.waiting() < waitingThen) {
            Thread.onSpinWait();
        }
        return slot;
    }

    @Test
    void onlyAFullQueueRefuses() throws Exception {
        var slots = new VerifySlots(1, 1, clock);
        VerifySlots.Slot first = slots.enter(GOOD);
        Future<VerifySlots.Slot> second = later(slots, GOOD, 1);

        var refused = catchThrowableOfType(Refused.class, () -> slots.enter(GOOD));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_VERIFY_QUEUE);
        assertThat(refused.retryAfter()).isPresent();
        first.close();
        second.get().close();
        slots.enter(GOOD).close();
    }

    @Test
    void aFloodFromOneAddressLeavesASlotToAKnownOne() throws Exception {
        var slots = new VerifySlots(4, 16, clock);
        slots.passed(GOOD);
        List<Future<VerifySlots.Slot>> flood = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            slots.enter(FLOOD);
        }
        for (int i = 1; i <= 8; i++) {
            flood.add(later(slots, FLOOD, i));
        }
        assertThatThrownBy(() -> slots.enter(FLOOD)).isInstanceOf(Refused.class);

        slots.enter(GOOD).close();
        assertThat(flood).allMatch(each -> each.state() == Future.State.RUNNING);
    }

    @Test
    void aFloodFromManyAddressesLeavesQueueAndSlotToAKnownOne() throws Exception {
        var slots = new VerifySlots(4, 16, clock);
        slots.passed(GOOD);
        List<Future<VerifySlots.Slot>> flood = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            slots.enter("203.0.113." + i);
        }
        for (int i = 1; i <= 12; i++) {
            flood.add(later(slots, "198.51.100." + i, i));
        }
        assertThatThrownBy(() -> slots.enter("198.51.100.99")).isInstanceOf(Refused.class);

        VerifySlots.Slot kept = slots.enter(GOOD);
        Future<VerifySlots.Slot> queued = later(slots, GOOD, 12);
        kept.close();
        queued.get().close();
        assertThat(flood).allMatch(each -> each.state() == Future.State.RUNNING);
    }

    @Test
    void aFloodFromOneAddressDoesNotKeepAnotherStrangerWaitingForItsWholeQueue() throws Exception {
        var slots = new VerifySlots(1, 100, clock);
        VerifySlots.Slot running = slots.enter(FLOOD);
        List<Future<VerifySlots.Slot>> flood = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            flood.add(later(slots, FLOOD, i));
        }
        Future<VerifySlots.Slot> other = later(slots, GOOD, 51);

        running.close();
        assertThat(entered.take()).isEqualTo(FLOOD);
        flood.getFirst().get().close();

        assertThat(entered.take()).isEqualTo(GOOD);
        other.get().close();
    }

    @Test
    void aQueueThatOutlastsARequestsTimeRefusesItAtOnce() throws Exception {
        var slots = new VerifySlots(1, 100, clock);
        VerifySlots.Slot slow = slots.enter(GOOD);
        clock.pass(Duration.ofMillis(10));
        slow.close();
        VerifySlots.Slot running = slots.enter(GOOD);
        Future<VerifySlots.Slot> second = later(slots, GOOD, 1);

        var refused = catchThrowableOfType(Refused.class, () -> slots.enter(GOOD, within(15, 0)));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_VERIFY_QUEUE);
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(5));
        running.close();
        second.get().close();
    }

    /// @param behind milliseconds foretold for what comes behind
    private VerifySlots.Haste within(long millis, long behind) {
        Deadline due = Deadline.after(clock.tick(), Duration.ofMillis(millis));
        return new VerifySlots.Haste(due, due, () -> behind * 1_000_000);
    }

    @Test
    void theQueueAndWhatComesBehindItCountTogether() throws Exception {
        var slots = new VerifySlots(1, 100, clock);
        VerifySlots.Slot slow = slots.enter(GOOD);
        clock.pass(Duration.ofMillis(10));
        slow.close();
        VerifySlots.Slot running = slots.enter(GOOD);

        var refused = catchThrowableOfType(Refused.class, () -> slots.enter(GOOD, within(30, 23)));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_WOULD_MISS_DEADLINE);
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(3));
        assertThat(slots.waiting()).isZero();
        Future<VerifySlots.Slot> fits = threads.submit(() -> slots.enter(GOOD, within(30, 20)));
        while (slots.waiting() < 1) {
            Thread.onSpinWait();
        }
        running.close();
        fits.get().close();
    }

    @Test
    void whatComesBehindIsNotAskedWhileASlotIsFree() throws Exception {
        var slots = new VerifySlots(1, 100, clock);
        Deadline due = Deadline.after(clock.tick(), Duration.ofMillis(1));

        slots.enter(
                        GOOD,
                        new VerifySlots.Haste(
                                due,
                                due,
                                () -> {
                                    throw new AssertionError("asked");
                                }))
                .close();

        assertThat(slots.waiting()).isZero();
    }

    @Test
    void whatExpiresWhileItWaitsIsRefusedAndHoldsNoSlot() throws Exception {
        var slots = new VerifySlots(1, 100, clock);
        VerifySlots.Slot running = slots.enter(GOOD);
        Future<VerifySlots.Slot> expiring = threads.submit(() -> slots.enter(GOOD, within(50, 0)));
        while (slots.waiting() < 1) {
            Thread.onSpinWait();
        }
        Future<VerifySlots.Slot> patient = later(slots, GOOD, 2);

        clock.pass(Duration.ofMillis(51));
        running.close();

        assertThatThrownBy(expiring::get)
                .cause()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_VERIFY_QUEUE));
        patient.get().close();
        slots.enter(GOOD).close();
    }

    @Test
    void whatExpiresLeavesTheQueueThoughNoSlotComesFree() throws Exception {
        var slots = new VerifySlots(1, 1, Time.SYSTEM);
        VerifySlots.Slot running = slots.enter(GOOD);
        Deadline due = Deadline.after(Time.SYSTEM.tick(), Duration.ofMillis(20));

        var refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> slots.enter(GOOD, new VerifySlots.Haste(due, due, () -> 0)));

        assertThat(refused.reason()).isEqualTo(Refusal.LIMIT_VERIFY_QUEUE);
        assertThat(due.passed(Time.SYSTEM.tick())).isTrue();
        assertThat(slots.waiting()).isZero();
        running.close();
    }

    @Test
    void whoLeavesTheQueueGivesItsPlaceUp() throws Exception {
        var slots = new VerifySlots(1, 1, clock);
        VerifySlots.Slot running = slots.enter(GOOD);
        Future<VerifySlots.Slot> leaving = later(slots, GOOD, 1);

        leaving.cancel(true);
        while (slots.waiting() > 0) {
            Thread.onSpinWait();
        }
        Future<VerifySlots.Slot> next = later(slots, GOOD, 1);
        running.close();

        next.get().close();
        slots.enter(GOOD).close();
    }

    @Test
    void closingASlotTwiceFreesItOnce() throws Exception {
        var slots = new VerifySlots(1, 1, clock);
        VerifySlots.Slot slot = slots.enter(GOOD);
        slot.close();
        slot.close();
        slots.enter(GOOD);

        assertThat(later(slots, GOOD, 1).state()).isEqualTo(Future.State.RUNNING);
    }

    @Test
    void neverMoreThanTheBoundRunAtOnceAndNoneIsLost() throws Exception {
        var slots = new VerifySlots(3, 1000, clock);
        slots.passed("10.0.0.1");
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            String address = "10.0.0." + i % 7;
            boolean leaves = i % 5 == 0;
            Future<?> one =
                    threads.submit(() -> {
                        try (VerifySlots.Slot _ = slots.enter(address)) {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            Thread.onSpinWait();
                            running.decrementAndGet();
                            done.incrementAndGet();
                        }
                        return null;
                    });
            if (leaves) {
                one.cancel(true);
            }
            all.add(one);
        }
        for (Future<?> one : all) {
            if (!one.isCancelled()) {
                one.get();
            }
        }
        while (running.get() > 0 || slots.waiting() > 0) {
            Thread.onSpinWait();
        }

        assertThat(most.get()).isBetween(1, 3);
        assertThat(done.get()).isGreaterThanOrEqualTo(560);
        slots.enter(GOOD).close();
    }

    @Test
    void theTableOfKnownAddressesIsBoundedAndForgets() {
        var known = new KnownSources(clock);
        for (int i = 0; i < 3 * KnownSources.MOST; i++) {
            known.add("a" + i);
        }
        known.add(GOOD);

        assertThat(known.size()).isEqualTo(KnownSources.MOST);
        assertThat(known.contains(GOOD)).isTrue();
        assertThat(known.contains("a0")).isFalse();
        clock.pass(Duration.ofMinutes(11));
        assertThat(known.contains(GOOD)).isFalse();
    }

    @Test
    void addressesOfOneIpv6NetworkCountAsOne() {
        assertThat(KnownSources.nameOf("2001:db8::1"))
                .isEqualTo(KnownSources.nameOf("2001:db8:0:0:ffff::2"))
                .isNotEqualTo(KnownSources.nameOf("2001:db8:0:1::1"));
        assertThat(KnownSources.nameOf("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(KnownSources.nameOf("no:address")).isEqualTo("no:address");
    }
}
