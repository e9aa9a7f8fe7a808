package dev.kiln.loadtest.report;

import dev.kiln.loadtest.traffic.Examination;
import java.util.List;
import java.util.OptionalInt;

/// Everything that a report tells.
///
/// @param rate intended questions per second
/// @param members in the order of the result's shares
/// @param exitCode of the miner, if it was ours to stop
public record Run(
        long seed,
        double rate,
        Target target,
        List<Member> members,
        Examination.Result result,
        OptionalInt exitCode) {

    /// Who was asked.
    ///
    /// @param sha256 of the model's weights as the miner's ready line names it; empty where there was none
    public record Target(String url, String hotkey, String model, String sha256) {}

    /// Who asked.
    ///
    /// @param label a short name
    /// @param stake in TAO; 0 where none is known
    /// @param sees `minimal`, `full`, or empty where it is not known
    public record Member(String label, String hotkey, String scheme, double stake, String sees) {}

    /// The same after its miner ended.
    public Run ended(int code) {
        return new Run(seed, rate, target, members, result, OptionalInt.of(code));
    }
}
