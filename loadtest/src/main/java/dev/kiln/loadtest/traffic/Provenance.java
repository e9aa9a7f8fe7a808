package dev.kiln.loadtest.traffic;

import java.util.Map;

/// Who answered, as far as it is proved.
public sealed interface Provenance {
    /// The expected miner signed this very answer to this very request.
    record Proved(Facts facts) implements Provenance {}

    /// Nothing on the response claims a signature.
    record Unsigned() implements Provenance {}

    /// A signature was claimed, and does not hold.
    ///
    /// @param what failed, the same words for the same cause
    record Broken(String what) implements Provenance {}

    /// Nobody asked for a proof: answers to API keys.
    record NotAsked() implements Provenance {}

    /// What a receipt asserts: the miner's word. Texts are empty and numbers 0 where it says nothing.
    ///
    /// @param device that computed a known sample rightly
    /// @param batch items in the batch that ran
    /// @param requested the device that was configured
    /// @param active the device that the session reports
    /// @param stageMicros microseconds by stage, in the order of the stages; empty where the caller sees little
    record Facts(
            String model,
            String sha256,
            String engine,
            String device,
            int batch,
            Map<String, Long> stageMicros,
            String requested,
            String active) {
        /// Says nothing of other devices.
        public Facts(
                String model,
                String sha256,
                String engine,
                String device,
                int batch,
                Map<String, Long> stageMicros) {
            this(model, sha256, engine, device, batch, stageMicros, "", "");
        }

        /// Says nothing at all.
        public static final Facts NONE = new Facts("", "", "", "", 0, Map.of());
    }
}
