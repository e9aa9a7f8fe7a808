package dev.kiln.adapter.probe;

import dev.kiln.adapter.kind.Golden;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Refused;
import dev.kiln.core.Terms;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// What a want of memory costs the callers of a lane (G10): one asks for more and more at once, until the engine has no
/// memory for it, while others go on asking for little.
///
/// @param atItems of the call that was too much; 0 where none was
/// @param smallCalls that were answered right beside it
/// @param lost why a small call, or an ordinary one afterwards, was not; empty where none was lost
/// @param big what became of the call that was too much
/// @param cap of a batch's cost, as the lane learned it; 0 where it learned none
/// @param backMillis until an ordinary batch afterwards was answered
record MemoryTrial(int atItems, long smallCalls, String lost, Fate big, long cap, long backMillis) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long UNBOUNDED = Long.MAX_VALUE / 4;
    private static final int ITEMS = GpuCheckMain.BATCH;
    private static final int SMALL_CALLERS = 4;
    private static final long BACK_FLOOR_MILLIS = 5000;

    /// @param told whether it was answered, or its caller heard a reason that is one
    record Fate(String words, boolean told) {}

    private record Small(long answered, String lost) {}

    /// @param adapter closed afterwards
    /// @param most items of one call
    static MemoryTrial measure(ModelAdapter adapter, ModelInput input, int most)
            throws ModelFault, InterruptedException {
        var policy = new BatchPolicy(2 * ITEMS, UNBOUNDED, 1, Duration.ZERO);
        var settings = new LaneSettings(policy, adapter.shareable() ? 2 : 1, UNBOUNDED);
        try (Lane lane = Lane.start(new WideAdapter(adapter), settings, Time.SYSTEM)) {
            Prepared item = lane.prepare(List.of(input), terms("small")).getFirst();
            ModelOutput right =
                    lane.submit(List.of(item), terms("small")).await().outputs().getFirst();
            var trial = new MemoryTrial(0, 0, "", new Fate("never too much", true), 0, 0);
            for (int times = 1; trial.atItems == 0 && times * ITEMS <= most; times *= 2) {
                trial = ask(lane, item, right, times);
            }
            return trial;
        } catch (Refused | UnfitInput e) {
            throw new ModelFault("the first call of all failed", e);
        }
    }

    private static MemoryTrial ask(Lane lane, Prepared item, ModelOutput right, int times)
            throws InterruptedException {
        var over = new AtomicBoolean();
        long answered = 0;
        String lost = "";
        Fate big;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Small>> small = new ArrayList<>();
            for (int i = 0; i < SMALL_CALLERS; i++) {
                small.add(callers.submit(() -> small(lane, item, right, over)));
            }
            big = big(lane, Collections.nCopies(ITEMS, WideAdapter.times(item, times)));
            over.set(true);
            for (Future<Small> caller : small) {
                answered += caller.get().answered();
                lost = lost.isEmpty() ? caller.get().lost() : lost;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a caller threw", e);
        }
        boolean lacked = lane.facts().faults() > 0;
        long cap = lane.settings().policy().maxCost();
        long beganTick = System.nanoTime();
        Fate after = big(lane, Collections.nCopies(ITEMS, item));
        long back = (System.nanoTime() - beganTick) / 1_000_000;
        if (lost.isEmpty() && !after.words().equals("answered")) {
            lost = "an ordinary call afterwards: " + after.words();
        }
        return new MemoryTrial(
                lacked || !lost.isEmpty() ? times * ITEMS : 0,
                answered,
                lost,
                big,
                cap < UNBOUNDED ? cap : 0,
                back);
    }

    private static Small small(Lane lane, Prepared item, ModelOutput right, AtomicBoolean over)
            throws InterruptedException {
        long answered = 0;
        try {
            do {
                var outputs = lane.submit(List.of(item), terms("small")).await().outputs();
                double far = Golden.distance(right, outputs.getFirst());
                if (!(far <= GpuCheckMain.TOLERANCE)) {
                    return new Small(answered, "an answer is %.3g from the first".formatted(far));
                }
                answered++;
            } while (!over.get());
            return new Small(answered, "");
        } catch (Refused refused) {
            return new Small(answered, refused.reason() + ": " + refused.getMessage());
        } catch (ModelFault fault) {
            return new Small(answered, String.valueOf(fault.getMessage()));
        }
    }

    private static Fate big(Lane lane, List<Prepared> items) throws InterruptedException {
        try {
            lane.submit(items, terms("big")).await();
            return new Fate("answered", true);
        } catch (Refused refused) {
            return new Fate("refused: " + refused.reason(), true);
        } catch (ModelFault fault) {
            return fault.outOfMemory()
                    ? new Fate("failed: out of memory", true)
                    : new Fate("failed: " + fault.getMessage(), false);
        }
    }

    private static Terms terms(String caller) {
        return new Terms(
                new Caller.KeyHolder(caller), Deadline.after(Time.SYSTEM.tick(), PATIENCE));
    }

    /// Nobody else lost an answer, the one who asked for too much was told why, and the lane will not try that again.
    boolean right() {
        return atItems == 0 || (lost.isEmpty() && big.told() && cap > 0);
    }

    Section section(int most) {
        var section = new Section("out of memory");
        if (atItems == 0) {
            return section.with("not_reached_at_batch", most);
        }
        return section.with("at_batch", atItems)
                .with("told_as_such", cap > 0 && big.told() ? "yes" : "no")
                .with("big_call", big.words())
                .with("small_calls_answered", smallCalls)
                .with("lost", lost)
                .with("learned_cap", cap)
                .with("back_after_ms", backMillis)
                .with("back_floor_ms_g10", BACK_FLOOR_MILLIS)
                .with("holds", right() ? "yes" : "no");
    }
}
