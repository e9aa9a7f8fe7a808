package dev.kiln.core;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;

/// Whether a lane's engine can be trusted.
///
/// Faults in a row are counted. Every [#FAULTS_BEFORE_PROOF] of them the engine has to prove itself, so that one
/// caller's bad items take no model from the others: a passed proof keeps the lane going, a failed one makes it sick.
/// An engine that proves itself and yet fails on whatever comes is suspect. One whose device is lost is sick at once.
///
/// **Threads:** any; the proof runs on the loop that saw the fault.
final class LaneHealth {
    static final int FAULTS_BEFORE_PROOF = 3;
    static final int FAULTS_BEFORE_SUSPICION = 32;

    private static final System.Logger LOG = System.getLogger(LaneHealth.class.getName());

    private final ModelAdapter adapter;

    // Guarded by this.
    private int faultsInRow;

    private volatile Lane.Health now = Lane.Health.WELL;
    private volatile boolean deviceLost;

    LaneHealth(ModelAdapter adapter) {
        this.adapter = adapter;
    }

    Lane.Health now() {
        return now;
    }

    /// A run came out well.
    synchronized void ran() {
        faultsInRow = 0;
    }

    /// Whether the device was lost under the engine.
    boolean deviceLost() {
        return deviceLost;
    }

    /// A run failed, or a proof. Runs the golden samples where that is due.
    void faulted(ModelFault fault) {
        if (fault.deviceLost()) {
            deviceLost = true;
            now = Lane.Health.SICK;
            return;
        }
        int count;
        synchronized (this) {
            count = ++faultsInRow;
        }
        if (now == Lane.Health.SICK) {
            return;
        }
        if (count % FAULTS_BEFORE_PROOF == 0 && !proves()) {
            now = Lane.Health.SICK;
        } else if (count >= FAULTS_BEFORE_SUSPICION) {
            now = Lane.Health.SUSPECT;
        }
    }

    private boolean proves() {
        try {
            adapter.prove();
            return true;
        } catch (ModelFault | RuntimeException | Error wrong) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "lane %s: its golden samples fail too, it leaves rotation"
                            .formatted(adapter.info().name()),
                    wrong);
            return false;
        }
    }
}
