package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.traffic.Ledger;
import java.util.Map;

/// What one measured stretch of serving showed.
///
/// @param perSecond answers per second while the clock ran
/// @param cpuMicros the server's processor time per answer; 0 where the system does not tell
/// @param generatorShare the generator's processor time as a share of one core
/// @param itemsPerBatch texts per batch
/// @param stageMicros mean wall-clock microseconds by stage, as the server's metrics have it
/// @param threadMicros processor time per answer by what the server's threads do; empty where the system does not tell
/// @param counts judgement of every answer
record Phase(
        double perSecond,
        double cpuMicros,
        double generatorShare,
        double itemsPerBatch,
        Map<String, Double> stageMicros,
        Map<String, Double> threadMicros,
        Ledger.Counts counts) {
    /// Share of a core that compiling took; 0 where the system does not tell.
    double compilingShare() {
        return threadMicros.getOrDefault(ThreadTimes.COMPILER, 0.0) * perSecond / 1e6;
    }

    /// Whether every answer was right, and proved where that is due.
    boolean sound() {
        return counts.answered() > 0
                && counts.failed() == 0
                && counts.lost() == 0
                && counts.refused() == 0;
    }
}
