package dev.kiln.bittensor.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.bittensor.keys.KeyCases.Kind;
import dev.kiln.bittensor.keys.KeysCheck.Tally;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A little of `./kiln bench keys check`. Needs `.venv` at the repository's root, made by `interop/setup`; without it
/// this is skipped, or fails where `KILN_REQUIRE_INTEROP=1`.
@Timeout(300)
class KeysCheckIT {
    @Test
    void theNativeCoreSaysOfEverySignatureWhatWeSay() throws Exception {
        Optional<NativeCore> started = NativeCore.start();
        if (started.isEmpty()) {
            if ("1".equals(System.getenv("KILN_REQUIRE_INTEROP"))) {
                fail(NativeCore.MISSING);
            }
            assumeTrue(false, NativeCore.MISSING);
        }
        try (NativeCore core = started.orElseThrow()) {
            Map<Kind, Tally> tallies = new KeysCheck(core, new Random(8)).judge(10_000);

            assertThat(tallies).containsOnlyKeys(Kind.values());
            assertThat(tallies.values()).allMatch(tally -> tally.wrong() == 0);
            assertThat(tallies.getOrDefault(Kind.SIGNED_HERE, Tally.NONE).there()).isEqualTo(2_200);
            assertThat(tallies.getOrDefault(Kind.SIGNED_THERE, Tally.NONE).here()).isEqualTo(2_200);
            assertThat(tallies.getOrDefault(Kind.FLIPPED_BIT, Tally.NONE).there()).isZero();
        }
    }

    @Test
    void theArithmeticIsThatOfTheIntegers() {
        assertThat(new SlowCheck(new Random(8)).run(10_000)).isTrue();
    }
}
