package dev.kiln.core;

/// How far a row may be filled by those who have had their share: what is lent to them leaves room for whoever asks for less.
///
/// A caller's only call is treated apart: where many ask, each one's share of a second or two is less than one long text, which
/// would otherwise never be let in while short ones fill every gap. A small one has more room, a large one is judged by what
/// came before it, as the order in the row is.
///
/// @param limit the part of the time until a call is due by which it must be done; 1 where nothing has to be lent
/// @param ownNanos of its caller's time, waiting or had beyond others, with this call
/// @param shareNanos its caller's part of the time until it is due
record Lending(double limit, double ownNanos, double shareNanos) {
    /// The part of the time until a call is due that callers beyond their share may fill.
    static final double LENT = 0.5;

    /// The same for the only call of its caller, where it is small.
    private static final double LENT_TO_ONLY = 0.75;

    /// A small call takes no more than this part of the time until it is due.
    private static final double SMALL = 0.125;

    /// @param leftNanos until it is due
    /// @param rate nanoseconds that one of work takes, on the safe side
    static Lending to(Place place, double leftNanos, double rate) {
        Flow flow = place.flow;
        double share = flow.share() * leftNanos;
        double itself = place.work * rate;
        double before = Math.max(flow.work, place.ahead * flow.weight()) * rate;
        return new Lending(
                limit(flow.places == 0, before, itself, share, SMALL * leftNanos),
                before + itself,
                share);
    }

    private static double limit(
            boolean only, double before, double itself, double share, double small) {
        if (!only) {
            return before + itself <= share ? 1 : LENT;
        }
        if (itself <= share) {
            return 1;
        }
        if (itself <= small) {
            return LENT_TO_ONLY;
        }
        return before <= share ? 1 : LENT;
    }
}
