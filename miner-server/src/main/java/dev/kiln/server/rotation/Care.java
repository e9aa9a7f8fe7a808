package dev.kiln.server.rotation;

import dev.kiln.core.Time;
import dev.kiln.server.config.Config;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Looks after one served name: each device that computes its model by itself, and the candidate beside.
///
/// **Threads:** [#look] by one thread; the rest by any.
final class Care {
    private final Post post;
    private final Departures departures;
    private final Config.Lanes bounds;
    private final Time time;
    private final TrialWatch trial;

    /// By the place of their device; grows with the most devices that a model of this name ever had.
    private final List<Recovery> sites = new CopyOnWriteArrayList<>();

    Care(Post post, Departures departures, Config.Lanes bounds, Time time) {
        this.post = post;
        this.departures = departures;
        this.bounds = bounds;
        this.time = time;
        this.trial = new TrialWatch(post, bounds.hungRun(), time);
    }

    /// To be called a few times a second.
    void look() {
        while (sites.size() < post.slot().sites().all().size()) {
            sites.add(new Recovery(post, sites.size(), departures, bounds, time));
        }
        sites.forEach(Recovery::look);
        trial.look();
    }

    /// How often rebuilt models came back.
    long recoveries() {
        return sites.stream().mapToLong(Recovery::recoveries).sum();
    }

    /// How many runs were found to hang.
    long hangs() {
        return sites.stream().mapToLong(Recovery::hangs).sum();
    }

    /// What the golden samples have shown of what answers, on all devices.
    Proof proof() {
        return sites.stream().map(Recovery::proof).reduce(Proof.NONE, Proof::with);
    }
}
