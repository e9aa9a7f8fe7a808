package dev.kiln.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which of a model's lanes a call goes to: the one that expects to be done with it first.
///
/// What its items cost is known only once they are made ready for one of them, so they are taken for what the model's
/// items cost until now. A slow device's lane gets what it is done with as soon as the others would be.
final class Nearest {
    private Nearest() {}

    /// One of these, empty of none.
    ///
    /// @param lanes of one model; costs are in one unit
    static Optional<Lane> of(List<Lane> lanes, int items) {
        if (lanes.size() < 2) {
            return lanes.stream().findFirst();
        }
        long ran = 0;
        long cost = 0;
        for (Lane lane : lanes) {
            ran += lane.counts().items();
            cost += lane.counts().cost();
        }
        int each = Math.clamp(ran == 0 ? 1 : cost / ran, 1, Integer.MAX_VALUE);
        return lanes.stream()
                .map(lane -> new Expected(lane, lane.foretell(items, each)))
                .min(Comparator.comparingDouble(Expected::nanos))
                .map(Expected::lane);
    }

    /// Asked once: what a lane expects changes while others are asked.
    private record Expected(Lane lane, double nanos) {}
}
