package dev.kiln.core;

import java.util.List;
import java.util.Optional;

/// Where a name's model answers now: one site for each device that computes it, and what is tried beside.
///
/// @param all at least one, in the order of their devices
public record Sites(List<Site> all, Optional<Trial> trial) {
    /// One device's place under a name.
    public sealed interface Site {
        /// The lane that answers there, or did last.
        Lane lane();

        /// It answers.
        record Serving(Lane lane) implements Site {}

        /// It is being rebuilt.
        ///
        /// @param why the operator's words
        /// @param againTick when the next attempt is made
        record Down(Lane lane, String why, long againTick) implements Site {}
    }

    public Sites {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a model answers on one device at least");
        }
    }

    /// All of them answer, and nothing is tried.
    static Sites serving(List<Lane> lanes) {
        return new Sites(lanes.stream().<Site>map(Site.Serving::new).toList(), Optional.empty());
    }

    /// Those that answer.
    public List<Lane> lanes() {
        return all.stream().filter(site -> site instanceof Site.Serving).map(Site::lane).toList();
    }

    /// Whether one computes elsewhere than was promised.
    public boolean fellBack() {
        return all.stream().anyMatch(site -> site.lane().info().device().fellBack());
    }

    /// Whether less computes than was promised: one fell back, or is being rebuilt.
    public boolean degraded() {
        return fellBack() || lanes().size() < all.size();
    }

    /// The site of a lane that answers or did last; empty where another has its place.
    Optional<Site> of(Lane lane) {
        return all.stream().filter(site -> site.lane() == lane).findFirst();
    }

    /// The same with another site in the place of this lane's. Nothing is tried while nobody answers.
    Sites with(Lane lane, Site next) {
        Sites then =
                new Sites(
                        all.stream().map(site -> site.lane() == lane ? next : site).toList(),
                        trial);
        return then.lanes().isEmpty() ? then.trying(Optional.empty()) : then;
    }

    /// Whether something may be tried: somebody answers, and nothing is tried yet.
    boolean free() {
        return trial.isEmpty() && !lanes().isEmpty();
    }

    Sites trying(Optional<Trial> next) {
        return new Sites(all, next);
    }
}
