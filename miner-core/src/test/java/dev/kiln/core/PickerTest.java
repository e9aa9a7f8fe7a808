package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Place.Job;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who leads a batch, and what is noted of those it passes.
@Timeout(60)
class PickerTest {
    private static final BatchPolicy POLICY = Simulation.POLICY;
    private static final int BRIEF = 10;
    private static final int LONG = 60;

    private record Cost(int cost) implements Prepared {}

    private final ManualTime time = new ManualTime();
    private final Lane lane = Lane.start(new GatedAdapter(0), new LaneSettings(POLICY, 1, 1), time);
    private final Outlook outlook = new Outlook(time.tick(), 0, 1, new Margin(), Crowd.NONE);
    private final Row row = new Row(new DeviceTime(Sharing.equal(), 1));
    private final ServiceCurve curve = taught();

    @AfterEach
    void close() {
        lane.close();
    }

    private static ServiceCurve taught() {
        var curve = new ServiceCurve();
        for (int items = 1; items <= POLICY.maxItems(); items *= 2) {
            for (int cost = BRIEF; cost <= LONG; cost += BRIEF) {
                long padded = (long) items * cost;
                curve.learn(items, padded, (long) Simulation.truth(items, padded));
            }
        }
        return curve;
    }

    /// A call of one item at the end of the row.
    private Place stands(String caller, int cost) {
        var terms =
                new Terms(
                        new Caller.KeyHolder(caller),
                        Deadline.after(time.tick(), Duration.ofMinutes(1)));
        Ticket ticket = new Ticket(lane, terms.deadline(), 1);
        Flow flow = row.flows().flow(terms.caller(), time.tick());
        Place place = new Place(ticket, terms, flow, time.tick());
        place.add(new Cost(cost), curve.work(cost, POLICY));
        place.promised = true;
        row.insert(row.find(place, outlook), place, outlook);
        return place;
    }

    private Picker picker() {
        return new Picker(row, POLICY, curve, outlook, Double.POSITIVE_INFINITY);
    }

    private static List<Integer> costs(List<Job> jobs) {
        return jobs.stream().map(job -> job.item().cost()).toList();
    }

    @Test
    void theHeadLeadsWithCompanyOfItsLikeAndWhoIsPassedIsNoted() {
        stands("a", BRIEF);
        Place passed = stands("b", LONG);
        Place behind = stands("c", BRIEF);
        Picker picker = picker();

        assertThat(costs(picker.pick())).containsExactly(BRIEF, BRIEF);
        picker.notePassing();

        assertThat(passed.passedOver).isEqualTo(behind.work);
    }

    @Test
    void whoWasPassedOftenEnoughLeadsThoughOthersStandBeforeIt() {
        stands("a", BRIEF);
        Place passed = stands("b", LONG);
        double full = POLICY.fill(BRIEF) * curve.work(BRIEF, POLICY);

        passed.passedOver = Picker.MOST_PASSING * full;
        assertThat(costs(picker().pick())).containsExactly(BRIEF);

        passed.passedOver += 1;
        assertThat(costs(picker().pick())).containsExactly(LONG);
    }
}
