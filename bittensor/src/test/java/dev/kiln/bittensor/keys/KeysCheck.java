package dev.kiln.bittensor.keys;

import dev.kiln.bittensor.keys.KeyCases.Case;
import dev.kiln.bittensor.keys.KeyCases.Kind;
import dev.kiln.bittensor.keys.KeyCases.Verdict;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Whether our sr25519 says what the SDK's native core says, on as many inputs as one likes: `./kiln bench keys check`.
///
/// Every signature is judged three times: here, here by the table of a key that is known, and there. The arithmetic below
/// is checked against [SlowGroup] and [java.math.BigInteger] by [SlowCheck].
final class KeysCheck {
    private static final int BATCH = 2_000;
    private static final int KNOWN = 1_000;
    private static final int SHOWN = 5;
    private static final long REPORT_NANOS = 10_000_000_000L;

    /// What was said of one kind.
    ///
    /// @param inputs how many
    /// @param here of which held here
    /// @param there of which held there
    /// @param wrong of which somebody said something else than expected
    record Tally(long inputs, long here, long there, long wrong) {
        static final Tally NONE = new Tally(0, 0, 0, 0);

        Tally with(boolean heldHere, boolean heldThere, boolean asExpected) {
            return new Tally(
                    inputs + 1,
                    here + (heldHere ? 1 : 0),
                    there + (heldThere ? 1 : 0),
                    wrong + (asExpected ? 0 : 1));
        }
    }

    /// What is said of one input.
    private record Said(boolean here, boolean knownHere, boolean there) {
        boolean as(Verdict verdict) {
            return here == (verdict == Verdict.HOLDS)
                    && knownHere == here
                    && there == (verdict != Verdict.FAILS);
        }
    }

    private final NativeCore core;
    private final KeyCases cases;
    private final KnownSigners known = new KnownSigners(KNOWN);
    private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
    private final List<String> wrong = new ArrayList<>();

    KeysCheck(NativeCore core, Random random) {
        this.core = core;
        this.cases = new KeyCases(random);
    }

    /// Checks and prints.
    ///
    /// @param args `--inputs N` and `--seed N`
    /// @return exit code: 0 if all agree, 1 if not, 2 for wrong arguments or without the SDK
    static int run(List<String> args) throws IOException {
        long inputs = 1_000_000;
        long seed = System.nanoTime();
        for (int i = 0; i < args.size(); i += 2) {
            Optional<Long> value = i + 1 < args.size() ? number(args.get(i + 1)) : Optional.empty();
            boolean ofInputs = args.get(i).equals("--inputs");
            if (value.isEmpty() || !(ofInputs || args.get(i).equals("--seed"))) {
                System.err.println("kiln bench keys check: there is --inputs N and --seed N");
                return 2;
            }
            inputs = ofInputs ? value.get() : inputs;
            seed = ofInputs ? seed : value.get();
        }
        Optional<NativeCore> core = NativeCore.start();
        if (core.isEmpty()) {
            System.err.println("kiln bench keys check: " + NativeCore.MISSING);
            return 2;
        }
        System.out.printf(Locale.ROOT, "seed %d%n", seed);
        boolean slow = new SlowCheck(new Random(seed)).run(inputs);
        try (NativeCore native_ = core.get()) {
            var check = new KeysCheck(native_, new Random(seed));
            check.judge(inputs);
            check.print();
            return slow && check.wrong.isEmpty() ? 0 : 1;
        }
    }

    private static Optional<Long> number(String text) {
        try {
            long number = Long.parseLong(text);
            return number > 0 ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Judges so many inputs.
    Map<Kind, Tally> judge(long inputs) throws IOException {
        long began = System.nanoTime();
        long reported = began;
        for (long done = 0; done < inputs; ) {
            List<Case> batch = cases.next((int) Math.min(BATCH, inputs - done));
            core.send(batch.stream().map(Case::asked).toList());
            // Both are at it at the same time.
            List<boolean[]> here = batch.stream().map(this::here).toList();
            for (int i = 0; i < batch.size(); i++) {
                compare(batch.get(i), here.get(i));
            }
            done += batch.size();
            long now = System.nanoTime();
            if (done == inputs || now - reported > REPORT_NANOS) {
                reported = now;
                System.out.printf(
                        Locale.ROOT, "%,d inputs, %,.0f/s%n", done, done / ((now - began) / 1e9));
            }
        }
        return tallies;
    }

    /// What is said here, with and without a table; nothing yet of what is to be signed there.
    private boolean[] here(Case one) {
        return one.kind() == Kind.SIGNED_THERE ? new boolean[2] : here(one.asked());
    }

    private boolean[] here(NativeCore.Asked asked) {
        Hotkey signer = Ss58.hotkey(asked.key());
        byte[] signature = asked.signature();
        return new boolean[] {
            Signatures.verify(Scheme.SR25519, signer, asked.message(), signature),
            known.verify(Scheme.SR25519, signer, asked.message(), signature)
        };
    }

    private void compare(Case one, boolean[] here) throws IOException {
        if (one.kind() == Kind.SIGNED_THERE) {
            byte[][] signed = core.readSigned();
            byte[] seed = one.asked().key();
            byte[] ours = KeyPair.fromSeed(seed, Scheme.SR25519).hotkey().accountId();
            var asked = new NativeCore.Asked(signed[0], signed[1], one.asked().message());
            boolean[] of = here(asked);
            boolean sameKey = Arrays.equals(ours, signed[0]);
            note(one.kind(), asked, new Said(of[0] && sameKey, of[1] && sameKey, true));
        } else {
            note(one.kind(), one.asked(), new Said(here[0], here[1], core.readVerdict()));
        }
    }

    private void note(Kind kind, NativeCore.Asked asked, Said said) {
        boolean asExpected = said.as(kind.verdict);
        tallies.merge(
                kind,
                Tally.NONE.with(said.here(), said.there(), asExpected),
                (sum, _) -> sum.with(said.here(), said.there(), asExpected));
        if (!asExpected) {
            HexFormat hex = HexFormat.of();
            wrong.add(
                    "%s: %s key=%s signature=%s message=%s"
                            .formatted(
                                    kind.words,
                                    said,
                                    hex.formatHex(asked.key()),
                                    hex.formatHex(asked.signature()),
                                    hex.formatHex(asked.message())));
        }
    }

    /// A line for each kind, and the first inputs of which something else was said than expected.
    void print() {
        System.out.printf(
                Locale.ROOT,
                "%-48s %9s %10s %10s %6s%n",
                "",
                "inputs",
                "held here",
                "there",
                "wrong");
        tallies.forEach((kind, tally) ->
                System.out.printf(
                        Locale.ROOT,
                        "%-48s %,9d %,10d %,10d %6d%n",
                        kind.words,
                        tally.inputs(),
                        tally.here(),
                        tally.there(),
                        tally.wrong()));
        wrong.stream().limit(SHOWN).forEach(System.out::println);
        System.out.println(
                wrong.isEmpty()
                        ? "all as expected: refused here alone are the neutral key and the wrapped message"
                        : wrong.size() + " inputs of which something else was said than expected");
    }
}
