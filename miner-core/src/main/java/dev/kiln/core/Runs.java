package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ObjDoubleConsumer;

/// The batches that a lane computes at this moment.
///
/// **Threads:** guarded by the device's lock.
final class Runs {
    /// A run that takes so many times what was expected, and this long beside, keeps no other lane from running.
    private static final double OVERDUE = 4;

    private static final long OVERDUE_NANOS = 10_000_000;

    private final int loops;
    private final List<Run> runs = new ArrayList<>();

    private static final class Run {
        final Batch batch;

        /// Nanoseconds; 0 while nothing is known of the engine.
        final double expected;

        /// Nanoseconds of it that its callers have paid, or that passed before they had to; nothing while other lanes do not
        /// want its time.
        OptionalDouble paid = OptionalDouble.empty();

        Run(Batch batch, double expected) {
            this.batch = batch;
            this.expected = expected;
        }

        double left(long nowTick) {
            return Math.max(0, expected - (nowTick - batch.takenTick()));
        }

        double had() {
            double weights = 0;
            double had = 0;
            for (Job job : batch.jobs()) {
                Account account = job.place().flow.account;
                weights += account.weight;
                had += account.weight * account.had;
            }
            return had / weights;
        }

        boolean overdue(long nowTick) {
            return nowTick - batch.takenTick() > OVERDUE * expected + OVERDUE_NANOS;
        }
    }

    Runs(int loops) {
        this.loops = loops;
    }

    boolean none() {
        return runs.isEmpty();
    }

    int freeLoops() {
        return Math.max(0, loops - runs.size());
    }

    /// How many there are, but for those that take longer than reason.
    int count(long nowTick) {
        int count = 0;
        for (Run run : runs) {
            count += run.overdue(nowTick) ? 0 : 1;
        }
        return count;
    }

    /// Nanoseconds that they should still take, all together.
    double left(long nowTick) {
        double left = 0;
        for (Run run : runs) {
            left += run.left(nowTick);
        }
        return left;
    }

    /// What the callers of a run within reason have had, over weight, all together, of the run where that is least;
    /// infinite where there is none.
    double had(long nowTick) {
        double least = Double.POSITIVE_INFINITY;
        for (Run run : runs) {
            least = run.overdue(nowTick) ? least : Math.min(least, run.had());
        }
        return least;
    }

    /// Adds those for whom something runs within reason.
    void addCallers(Set<Account> accounts, long nowTick) {
        for (Run run : runs) {
            if (!run.overdue(nowTick)) {
                run.batch.jobs().forEach(job -> accounts.add(job.place().flow.account));
            }
        }
    }

    /// Names the runs that nobody pays for yet, and the nanoseconds that they should still take; they are paid for then.
    void charge(long nowTick, ObjDoubleConsumer<Batch> told) {
        for (Run run : runs) {
            if (run.paid.isEmpty()) {
                double ran = nowTick - run.batch.takenTick();
                run.paid = OptionalDouble.of(Math.max(ran, run.expected));
                told.accept(run.batch, run.left(nowTick));
            }
        }
    }

    /// A batch begins.
    ///
    /// @param expected nanoseconds, 0 while nothing is known of the engine
    void began(Batch batch, double expected) {
        runs.add(new Run(batch, expected));
    }

    /// A batch has ended.
    ///
    /// @param spentNanos what the device spent on it
    /// @return nanoseconds of that beyond what was paid, where its callers pay for it; less than 0 too
    OptionalDouble ended(Batch batch, long spentNanos) {
        for (Run run : runs) {
            if (run.batch.equals(batch)) {
                runs.remove(run);
                return run.paid.isPresent()
                        ? OptionalDouble.of(spentNanos - run.paid.getAsDouble())
                        : OptionalDouble.empty();
            }
        }
        throw new IllegalStateException("this is a bug: a batch ended that did not begin");
    }
}
