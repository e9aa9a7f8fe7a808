package dev.kiln.core.model;

import java.lang.ScopedValue.CallableOp;
import org.jspecify.annotations.Nullable;

/// Asks a run to end early, since nobody waits for it any more. A run sees its own as [#ofThisRun], whatever wraps its
/// adapter; an engine that cannot be stopped does not look. A run that was stopped fails, or comes out after all.
///
/// **Threads:** any.
public final class Stop {
    private static final ScopedValue<Stop> RUN = ScopedValue.newInstance();

    // Guarded by this.
    private boolean asked;
    private boolean told;
    private @Nullable Runnable way;

    /// How a run can be stopped, for as long as that is open.
    public interface Way extends AutoCloseable {
        @Override
        void close();
    }

    /// Runs on this thread, with this as what may stop it.
    public <R, X extends Throwable> R over(CallableOp<? extends R, X> run) throws X {
        return ScopedValue.where(RUN, this).call(run);
    }

    /// What may stop the run that this thread is in; one that nobody asks where it is in none.
    public static Stop ofThisRun() {
        return RUN.isBound() ? RUN.get() : new Stop();
    }

    /// From here until it is closed the run can be stopped so.
    ///
    /// @param how called at most once, on any thread and at once where stopping was asked for already; it must neither
    ///     block nor throw, and is not under way any more once closing has returned
    public synchronized Way by(Runnable how) {
        way = how;
        if (asked) {
            tell(how);
        }
        return this::unstoppable;
    }

    private synchronized void unstoppable() {
        way = null;
    }

    /// Stops the run, as soon as it can be; once is enough.
    public synchronized void ask() {
        boolean again = asked;
        asked = true;
        if (!again && way != null) {
            tell(way);
        }
    }

    private void tell(Runnable how) {
        told = true;
        how.run();
    }

    /// Whether the engine was told, since it was asked for and there was a way.
    public synchronized boolean told() {
        return told;
    }
}
