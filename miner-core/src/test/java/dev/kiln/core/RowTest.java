package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A long row finds the same places as one that asks every call in it, and keeps its sums.
@Timeout(120)
class RowTest {
    private static final BatchPolicy POLICY = new BatchPolicy(8, 1_000, 0.2, Duration.ZERO);

    private record Cost(int cost) implements Prepared {}

    private final ManualTime time = new ManualTime();
    private final Lane lane = Lane.start(new GatedAdapter(0), new LaneSettings(POLICY, 1, 1), time);
    private final Margin margin = new Margin();
    private final Row row = new Row(new DeviceTime(Sharing.equal(), 1));

    @AfterEach
    void close() {
        lane.close();
    }

    private Place place(Random random) {
        Caller caller = new Caller.KeyHolder("caller" + random.nextInt(6));
        long due = time.tick() + random.nextInt(400_000);
        long deadline = due + random.nextInt(2) * random.nextLong(100_000);
        var terms =
                new Terms(caller, new Deadline(due), new Deadline(deadline), Terms.WhenLate.QUEUE);
        Ticket ticket = new Ticket(lane, terms.deadline(), 2);
        Place place = new Place(ticket, terms, row.flows().flow(caller, time.tick()), time.tick());
        for (int item = random.nextInt(2); item < 2; item++) {
            place.add(new Cost(1), 1 + random.nextInt(400));
        }
        place.promised = random.nextInt(10) > 0;
        place.extra = random.nextInt(100);
        return place;
    }

    private Outlook outlook() {
        return new Outlook(time.tick(), 500, 0.8, margin, Crowd.NONE);
    }

    /// Asks every place, from the last on.
    private int byAskingAll(Place newcomer, Outlook outlook) {
        List<Place> places = row.places();
        double until = row.work();
        int index = places.size();
        while (index > 0) {
            Place before = places.get(index - 1);
            boolean own = before.flow == newcomer.flow && before.dueTick > newcomer.dueTick;
            boolean yields =
                    before.promised == newcomer.promised
                            ? before.turn > newcomer.turn || own
                            : newcomer.promised;
            double left = before.dueTick - outlook.nowTick();
            double then = outlook.done(before, until + newcomer.work);
            boolean breaks =
                    before.promised
                            && then + Math.min(margin.spare(then), before.spare) > left
                            && outlook.done(before, until) <= left;
            if (!yields || breaks) {
                break;
            }
            until -= before.work;
            index--;
        }
        return index;
    }

    private int flat(Row.Spot spot) {
        int index = spot.index();
        for (int i = 0; i < spot.stretch(); i++) {
            index += row.stretches().get(i).size();
        }
        return index;
    }

    @Test
    void aNewcomerStandsWhereAskingEveryCallWouldHavePutIt() {
        Random random = new Random(1);
        int longest = 0;
        for (int step = 0; step < 20_000; step++) {
            time.set(time.tick() + random.nextInt(300));
            Place newcomer = place(random);
            Row.Spot spot = row.find(newcomer, outlook());
            assertThat(flat(spot)).isEqualTo(byAskingAll(newcomer, outlook()));
            row.insert(spot, newcomer, outlook());
            row.expired(time.tick()).forEach(place -> row.drop(place, outlook()));
            margin.learn(random.nextInt(400_000), random.nextInt(410_000));
            longest = Math.max(longest, row.places().size());
            if (step > 1_000 && random.nextInt(6) == 0) {
                takeSome(random);
            }
        }
        assertThat(longest).isGreaterThan(4 * Stretch.MOST);
    }

    private void takeSome(Random random) {
        List<Place> places = row.places();
        List<Place.Job> jobs = new ArrayList<>();
        for (int i = 0; i < places.size() && jobs.size() < 8; i += 1 + random.nextInt(9)) {
            jobs.add(places.get(i).jobs.getFirst());
        }
        row.take(jobs);
    }

    @Test
    void itsSumsAreThoseOfItsPlaces() {
        Random random = new Random(2);
        for (int step = 0; step < 5_000; step++) {
            time.set(time.tick() + random.nextInt(300));
            Place newcomer = place(random);
            row.insert(row.find(newcomer, outlook()), newcomer, outlook());
            if (step % 5 == 4) {
                takeSome(random);
                row.drop(row.places().get(random.nextInt(row.places().size())), outlook());
            }
            List<Place> places = row.places();
            double work = places.stream().mapToDouble(place -> place.work).sum();
            assertThat(row.work()).isCloseTo(work, within(1e-3));
            assertThat(row.stretches().stream().mapToDouble(Stretch::work).sum())
                    .isCloseTo(work, within(1e-3));
            assertThat(row.stretches()).allMatch(s -> s.size() > 0 && s.size() <= Stretch.MOST);
            assertThat(places).allMatch(place -> place.stretch().indexOf(place) >= 0);
        }
        row.places().forEach(place -> row.drop(place, outlook()));
        assertThat(row.isEmpty()).isTrue();
        assertThat(row.work()).isZero();
    }

    @Test
    void thoseBehindANewcomerExpectToBeDoneLater() {
        Random random = new Random(3);
        Place last = place(random);
        last.promised = false;
        row.insert(row.find(last, outlook()), last, outlook());
        double alone = last.expected;
        double more = 0;
        for (int i = 0; i < 3 * Stretch.MOST; i++) {
            Place before = place(random);
            before.promised = true;
            more += before.work;
            row.insert(row.find(before, outlook()), before, outlook());
        }
        last.stretch().settle();

        assertThat(row.places().getLast()).isSameAs(last);
        assertThat(last.expected).isCloseTo(alone + more * 0.8, within(1e-3));
    }
}
