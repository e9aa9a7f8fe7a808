package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Provenance;
import java.util.Set;

/// Counts of some requests' ends.
///
/// **Threads:** guarded by the chronicle that owns it.
final class Tally {
    /// Refusals that say: the time was over before the work was done.
    private static final Set<String> EXPIRIES = Set.of("RUN_EXPIRED_IN_QUEUE", "RUN_EXPIRED");

    long offered;
    long answered;
    long late;
    long mistaken;
    long refused;
    long expired;
    long wrong;
    long unproved;
    long lost;
    long unsent;
    long unsigned;
    double paid;
    final Latencies latencies = new Latencies();

    /// Takes one.
    void add(Finding finding) {
        switch (finding) {
            case Finding.Good good -> {
                answered++;
                if (good.provenance() instanceof Provenance.Unsigned
                        || good.provenance() instanceof Provenance.NotAsked) {
                    unsigned++;
                }
            }
            case Finding.Wrong _ -> wrong++;
            case Finding.Unproved _ -> unproved++;
            case Finding.Refused(int _, String code) -> {
                if (EXPIRIES.contains(code)) {
                    expired++;
                } else {
                    refused++;
                }
            }
            case Finding.Lost _ -> lost++;
            case Finding.Unsent _ -> unsent++;
        }
    }

    long good() {
        return answered - late - mistaken;
    }

    long failed() {
        return wrong + unproved + lost + unsent;
    }

    long settled() {
        return answered + refused + expired + failed();
    }
}
