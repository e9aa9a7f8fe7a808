package dev.kiln.core;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// An immutable snapshot of who is registered and permitted with how much stake; replaced whole.
///
/// @param asOf when the snapshot was taken at its source
public record Roster(Map<Hotkey, Member> members, Instant asOf) {
    public Roster {
        members = Map.copyOf(members);
    }

    public Optional<Member> find(Hotkey hotkey) {
        return Optional.ofNullable(members.get(hotkey));
    }

    /// One permitted caller.
    ///
    /// @param scheme the scheme this caller signs with, never taken from a request
    /// @param stake in TAO
    /// @param permit whether it may ask at all
    /// @param sees how much of a receipt it is shown
    /// @param pay what it is worth to the operator, in any one unit
    public record Member(
            Hotkey hotkey, Scheme scheme, double stake, boolean permit, Sees sees, double pay) {
        /// One worth its stake.
        public Member(Hotkey hotkey, Scheme scheme, double stake, boolean permit, Sees sees) {
            this(hotkey, scheme, stake, permit, sees, stake);
        }
    }

    /// How much an answer's receipt asserts to a caller.
    public enum Sees {
        /// The model's name and no more.
        MINIMAL,
        /// Digests, devices, batch and timings.
        FULL
    }

    /// Where snapshots come from: a file today, the chain later.
    ///
    /// **Threads:** any; never blocks.
    public interface Source {
        /// The newest snapshot.
        ///
        /// @throws Refused with [Refusal#ROSTER_STALE] when the newest is older than its configured age
        Roster current() throws Refused;
    }
}
