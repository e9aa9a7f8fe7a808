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
    /// @param batch items in the batch that ran
    /// @param stageMicros microseconds by stage, in the order of the stages; empty where the caller sees little
    record Facts(
            String model,
            String sha256,
            String engine,
            String device,
            int batch,
            Map<String, Long> stageMicros) {}
}
