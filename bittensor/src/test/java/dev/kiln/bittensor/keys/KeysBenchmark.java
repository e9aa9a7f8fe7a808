package dev.kiln.bittensor.keys;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjDoubleConsumer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.ListStatistics;

/// How long one signature and one verification take, beside the Ed25519 of the JDK and of BouncyCastle, and beside the
/// sr25519 of the Python SDK's native core where `interop/setup` was run.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeysBenchmark {
    private static final int ROUNDS = 3;
    private static final int SLICES = 300;

    private final byte[] message = new byte[200];

    private final KeyPair ours = KeyPair.fromSeed(new byte[32], Scheme.SR25519);
    private final Hotkey hotkey = ours.hotkey();
    private final byte[] ourSignature = ours.sign(message);

    private final KnownSigners known = new KnownSigners(1);

    private final byte[] seed = new byte[32];
    private final byte[] bcPublic = new byte[32];
    private final byte[] bcSignature = new byte[64];

    private java.security.@Nullable KeyPair jdk;
    private byte[] jdkSignature = new byte[0];

    @Setup
    public void prepare() throws GeneralSecurityException {
        Ed25519.generatePublicKey(seed, 0, bcPublic, 0);
        bcSign();
        jdk = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        jdkSignature = jdkSign();
    }

    @Benchmark
    public byte[] kilnSign() {
        return ours.sign(message);
    }

    @Benchmark
    public boolean kilnVerify() {
        return expect(Signatures.verify(Scheme.SR25519, hotkey, message, ourSignature));
    }

    @Benchmark
    public boolean kilnVerifyKnown() {
        return expect(known.verify(Scheme.SR25519, hotkey, message, ourSignature));
    }

    @Benchmark
    public byte[] jdkSign() throws GeneralSecurityException {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(jdkKeys().getPrivate());
        signer.update(message);
        return signer.sign();
    }

    @Benchmark
    public boolean jdkVerify() throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(jdkKeys().getPublic());
        verifier.update(message);
        return expect(verifier.verify(jdkSignature));
    }

    @Benchmark
    public byte[] bouncyCastleSign() {
        return bcSign();
    }

    @Benchmark
    public boolean bouncyCastleVerify() {
        return expect(Ed25519.verify(bcSignature, 0, bcPublic, 0, message, 0, message.length));
    }

    private byte[] bcSign() {
        Ed25519.sign(seed, 0, bcPublic, 0, message, 0, message.length, bcSignature, 0);
        return bcSignature;
    }

    private java.security.KeyPair jdkKeys() {
        if (jdk == null) {
            throw new IllegalStateException("prepare() comes first");
        }
        return jdk;
    }

    private static boolean expect(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("a good signature must verify");
        }
        return true;
    }

    /// Runs all in turn, one thread, a fresh process each, all on one core, [#ROUNDS] times over, and prints medians and
    /// ratios; with the word `slices`, only ours and BouncyCastle's in this JVM, for a machine that is not quiet; with
    /// `check`, no times: [KeysCheck].
    public static void main(String[] args) throws Exception {
        String what = args.length > 0 ? args[0] : "";
        switch (what) {
            case "slices" -> {
                KeysBenchmark bench = new KeysBenchmark();
                bench.prepare();
                new KeysSlices(bench, SLICES).print();
            }
            case "check" -> System.exit(KeysCheck.run(List.of(args).subList(1, args.length)));
            default -> jmh();
        }
    }

    private static void jmh() throws Exception {
        OptionalInt core = OneCore.pin();
        Map<String, ListStatistics> all = new TreeMap<>();
        ObjDoubleConsumer<String> into =
                (name, micros) ->
                        all.computeIfAbsent(name, _ -> new ListStatistics()).addValue(micros);
        boolean beside = true;
        for (int round = 0; round < ROUNDS; round++) {
            for (RunResult result : round()) {
                String name = result.getPrimaryResult().getLabel();
                result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .forEach(i -> into.accept(name, i.getPrimaryResult().getScore()));
            }
            beside = beside && nativeCore(into);
        }
        print(all);
        System.out.println(
                core.isPresent()
                        ? "all on core " + core.getAsInt()
                        : "no taskset here: each on any core");
        if (!beside) {
            System.out.println("not beside the SDK's native core: " + NativeCore.MISSING);
        }
    }

    /// The same message and key, signed and verified by the SDK's native core from Python's own loop.
    private static boolean nativeCore(ObjDoubleConsumer<String> into) throws IOException {
        var bench = new KeysBenchmark();
        return NativeCore.time(
                new NativeCore.Asked(bench.seed, bench.ourSignature, bench.message), into);
    }

    private static void print(Map<String, ListStatistics> all) {
        all.forEach((name, s) ->
                System.out.printf(
                        Locale.ROOT, "%-20s %7.1f us median%n", name, s.getPercentile(50)));
        for (String what : new String[] {"Verify", "Sign"}) {
            double kiln = median(all, "kiln" + what);
            System.out.printf(
                    Locale.ROOT,
                    "%-6s / JDK          %.2f%n",
                    what,
                    kiln / median(all, "jdk" + what));
            System.out.printf(
                    Locale.ROOT,
                    "%-6s / BouncyCastle %.2f%n",
                    what,
                    kiln / median(all, "bouncyCastle" + what));
            if (all.containsKey("native" + what)) {
                System.out.printf(
                        Locale.ROOT,
                        "%-6s / native core  %.2f%n",
                        what,
                        kiln / median(all, "native" + what));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "Verify, known key / BouncyCastle %.2f%n",
                median(all, "kilnVerifyKnown") / median(all, "bouncyCastleVerify"));
    }

    private static Collection<RunResult> round() throws RunnerException {
        return new Runner(
                        new OptionsBuilder()
                                .include(KeysBenchmark.class.getName())
                                .forks(1)
                                .threads(1)
                                .warmupIterations(3)
                                .warmupTime(TimeValue.seconds(1))
                                .measurementIterations(5)
                                .measurementTime(TimeValue.seconds(1))
                                .build())
                .run();
    }

    private static double median(Map<String, ListStatistics> all, String name) {
        ListStatistics statistics = all.get(name);
        return statistics == null ? Double.NaN : statistics.getPercentile(50);
    }
}
