package dev.kiln.core;

/// Who asks, once that is proved.
public sealed interface Caller {
    /// The name in logs and tables: an SS58 address, or `api:` and the key's label.
    String name();

    /// A neuron of the subnet, proved by its signature.
    ///
    /// @param stake in TAO
    /// @param pay what it is worth to the operator, in any one unit
    record Neuron(Hotkey hotkey, double stake, double pay, Roster.Sees sees) implements Caller {
        /// Worth its stake.
        public Neuron(Hotkey hotkey, double stake, Roster.Sees sees) {
            this(hotkey, stake, stake, sees);
        }

        @Override
        public String name() {
            return hotkey.ss58();
        }
    }

    /// Somebody with an API key. Answers to it are unsigned.
    ///
    /// @param name made of the label once, since a call's caller is looked up by it at every step
    record KeyHolder(String label, String name) implements Caller {
        public KeyHolder(String label) {
            this(label, "api:" + label);
        }
    }
}
