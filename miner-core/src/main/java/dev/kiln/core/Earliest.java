package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// Puts a newcomer before those of its own caller's calls that are due later: they move up one by one to each other's
/// places, so that for other callers nothing changes but by the difference of the calls' work.
final class Earliest {
    private Earliest() {}

    /// @param index where the newcomer stands by its caller's share
    static void first(List<Place> places, int index, Outlook outlook) {
        Place newcomer = places.get(index);
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < index; i++) {
            Place place = places.get(i);
            boolean later = place.terms.due().left(newcomer.terms.due().tick()) > 0;
            if (place.promised && place.flow == newcomer.flow && later) {
                slots.add(i);
            }
        }
        if (slots.isEmpty()) {
            return;
        }
        slots.add(index);
        rotate(places, slots, 1);
        if (breaksAPromise(places, slots.getFirst(), outlook)) {
            rotate(places, slots, -1);
            return;
        }
        double until = 0;
        for (Place place : places) {
            until += place.work;
            if (place == newcomer) {
                place.expected = outlook.done(place, until);
                return;
            }
            if (place.flow == newcomer.flow) {
                place.expected = 0;
            }
        }
    }

    /// Moves what stands in these slots on by one, round; tags stay with their slots.
    private static void rotate(List<Place> places, List<Integer> slots, int by) {
        int count = slots.size();
        List<Place> moved = slots.stream().map(places::get).toList();
        double[] tags = moved.stream().mapToDouble(place -> place.tag).toArray();
        for (int i = 0; i < count; i++) {
            Place place = moved.get(Math.floorMod(i - by, count));
            place.tag = tags[i];
            places.set(slots.get(i), place);
        }
    }

    private static boolean breaksAPromise(List<Place> places, int from, Outlook outlook) {
        double until = 0;
        for (int i = 0; i < places.size(); i++) {
            until += places.get(i).work;
            if (i >= from
                    && places.get(i).late(outlook.done(places.get(i), until), outlook.nowTick())) {
                return true;
            }
        }
        return false;
    }
}
