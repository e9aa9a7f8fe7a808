package dev.kiln.core;

/// How callers share an engine's time while they want more than there is. Whoever wants less leaves the rest to others.
///
/// All neurons that came lately weigh 1 together, all holders of API keys together [#apiKeyWeight].
///
/// @param policy how the neurons' part is split
/// @param floor under [Policy#FLOOR], the part of it that is split equally, 0 to 1; the rest goes by stake
/// @param apiKeyWeight what all holders of API keys weigh together beside all neurons, above 0
/// @param usage counts who got how much
public record Sharing(Policy policy, double floor, double apiKeyWeight, Usage usage) {
    /// How the neurons' part is split.
    public enum Policy {
        /// A floor equally, the rest by stake.
        FLOOR,
        /// By stake.
        STAKE,
        /// Equally.
        EQUAL,
        /// By what the operator's roster says that each pays.
        PAY
    }

    /// The least part of the neurons' that any of them has, so that none weighs nothing.
    private static final double LEAST = 1e-4;

    public Sharing {
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("floor must be from 0 to 1, was " + floor);
        }
        if (!(apiKeyWeight > 0)) {
            throw new IllegalArgumentException("apiKeyWeight must be above 0, was " + apiKeyWeight);
        }
    }

    /// Everybody equal, nothing counted elsewhere.
    public static Sharing equal() {
        return new Sharing(Policy.EQUAL, 1, 1, new Usage());
    }

    /// Who came lately, taken together.
    ///
    /// @param neurons how many
    /// @param stake of all of them, in TAO
    /// @param pay of all of them
    /// @param keyHolders how many holders of API keys
    record Known(int neurons, double stake, double pay, int keyHolders) {
        static final Known NOBODY = new Known(0, 0, 0, 0);

        Known with(Caller caller) {
            return switch (caller) {
                case Caller.Neuron neuron ->
                        new Known(
                                neurons + 1,
                                stake + neuron.stake(),
                                pay + neuron.pay(),
                                keyHolders);
                case Caller.KeyHolder _ -> new Known(neurons, stake, pay, keyHolders + 1);
            };
        }
    }

    /// What one of the known weighs.
    double weight(Caller caller, Known known) {
        return switch (caller) {
            case Caller.Neuron neuron -> {
                double equal = 1.0 / Math.max(1, known.neurons());
                yield Math.max(
                        LEAST * equal,
                        switch (policy) {
                            case EQUAL -> equal;
                            case STAKE -> part(neuron.stake(), known.stake(), equal);
                            case PAY -> part(neuron.pay(), known.pay(), equal);
                            case FLOOR ->
                                    floor * equal
                                            + (1 - floor)
                                                    * part(neuron.stake(), known.stake(), equal);
                        });
            }
            case Caller.KeyHolder _ -> apiKeyWeight / Math.max(1, known.keyHolders());
        };
    }

    /// The part of all time that is one caller's own while everybody wants some. One more than the known is reckoned
    /// with, of their mean weight, so that whoever comes next finds room.
    double share(Caller caller, Known known) {
        double all = (known.neurons() > 0 ? 1 : 0) + (known.keyHolders() > 0 ? apiKeyWeight : 0);
        int count = Math.max(1, known.neurons() + known.keyHolders());
        return weight(caller, known) / (all + all / count);
    }

    private static double part(double own, double all, double equal) {
        return all > 0 ? own / all : equal;
    }
}
