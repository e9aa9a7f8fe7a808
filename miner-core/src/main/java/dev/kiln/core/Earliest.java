package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// Puts a newcomer before those of its own caller's calls that are due later: they move up one by one to each other's
/// places, so that for other callers nothing changes but by the difference of the calls' work.
///
/// @param newcomer where it stands by its caller's share
record Earliest(List<Stretch> stretches, Place newcomer, Outlook outlook) {
    /// One of its caller's places.
    private record Spot(Stretch stretch, int index) {
        Place place() {
            return stretch.get(index);
        }
    }

    void first() {
        List<Spot> spots = dueLater();
        if (spots.isEmpty()) {
            return;
        }
        Stretch last = newcomer.stretch();
        spots.add(new Spot(last, last.indexOf(newcomer)));
        spots.forEach(spot -> spot.stretch().settle());
        rotate(spots, 1);
        if (breaksAPromise(spots.getFirst().stretch(), last)) {
            rotate(spots, -1);
            return;
        }
        newcomer.expected = outlook.done(newcomer, untilNewcomer());
        // What was told of those that moved says nothing any more.
        spots.subList(1, spots.size()).forEach(spot -> spot.place().expected = 0);
    }

    /// Those before the newcomer, in their order.
    private List<Spot> dueLater() {
        List<Spot> spots = new ArrayList<>();
        for (Stretch stretch : stretches) {
            boolean any = stretch.anyDueAfter(newcomer.dueTick);
            for (int i = 0; i < stretch.size() && (any || stretch == newcomer.stretch()); i++) {
                Place place = stretch.get(i);
                if (place == newcomer) {
                    return spots;
                }
                boolean own = place.promised && place.flow == newcomer.flow;
                if (own && place.dueTick - newcomer.dueTick > 0) {
                    spots.add(new Spot(stretch, i));
                }
            }
        }
        return spots;
    }

    /// Moves what stands at these spots on by one, round; starts and turns stay with their spots.
    private static void rotate(List<Spot> spots, int by) {
        int count = spots.size();
        List<Place> moved = spots.stream().map(Spot::place).toList();
        double[] starts = moved.stream().mapToDouble(place -> place.start).toArray();
        double[] turns = moved.stream().mapToDouble(place -> place.turn).toArray();
        for (int i = 0; i < count; i++) {
            Place place = moved.get(Math.floorMod(i - by, count));
            place.start = starts[i];
            place.turn = turns[i];
            spots.get(i).stretch().set(spots.get(i).index(), place);
        }
    }

    private boolean breaksAPromise(Stretch from, Stretch to) {
        double until = 0;
        boolean moved = false;
        for (Stretch stretch : stretches) {
            moved |= stretch == from;
            double before = until;
            until += stretch.work();
            if (moved && !stretch.inTime(until, outlook) && anyLate(stretch, before)) {
                return true;
            }
            if (stretch == to) {
                return false;
            }
        }
        return false;
    }

    private boolean anyLate(Stretch stretch, double before) {
        double until = before;
        for (int i = 0; i < stretch.size(); i++) {
            Place place = stretch.get(i);
            until += place.work;
            if (place.late(outlook.done(place, until), outlook.nowTick())) {
                return true;
            }
        }
        return false;
    }

    private double untilNewcomer() {
        double until = 0;
        for (Stretch stretch : stretches) {
            if (stretch == newcomer.stretch()) {
                for (int i = 0; i <= stretch.indexOf(newcomer); i++) {
                    until += stretch.get(i).work;
                }
                return until;
            }
            until += stretch.work();
        }
        throw new IllegalStateException("this is a bug: a newcomer does not stand in its row");
    }
}
