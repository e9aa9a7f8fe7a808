package dev.kiln.adapter.onnx;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Times the two interfaces of ONNX Runtime against each other on the shipped embedder: one thread, alternating slices of
/// the same batches, processor time. From the repository: `mvn -pl model-adapters -am test -Dtest=RunSlices
/// -Dsurefire.failIfNoSpecifiedTests=false -Dkiln.slices=40`
class RunSlices {
    private static final int RUNS = 200;

    @org.junit.jupiter.api.Test
    void compare() throws Exception {
        int slices = Integer.getInteger("kiln.slices", 2);
        for (int words : List.of(1, 8, 60)) {
            try (var c = EmbeddedMinilm.open(128, List.of(), RunBy.C, PoolAt.HOST);
                    var java = EmbeddedMinilm.open(128, List.of(), RunBy.JAVA, PoolAt.HOST)) {
                List<Double> ratios = new ArrayList<>();
                double cNanos = 0;
                double javaNanos = 0;
                for (int slice = 0; slice < slices; slice++) {
                    boolean cFirst = slice % 2 == 0;
                    double first = nanos(cFirst ? c : java, words);
                    double second = nanos(cFirst ? java : c, words);
                    if (slice >= slices / 4) {
                        cNanos += cFirst ? first : second;
                        javaNanos += cFirst ? second : first;
                        ratios.add(cFirst ? first / second : second / first);
                    }
                }
                ratios.sort(null);
                System.out.printf(
                        Locale.ROOT,
                        "words %d: C %.1f us, Java %.1f us a run, median of C/Java %.4f (%.4f .. %.4f)%n",
                        words,
                        cNanos / ratios.size() / 1e3,
                        javaNanos / ratios.size() / 1e3,
                        ratios.get(ratios.size() / 2),
                        ratios.get(ratios.size() / 4),
                        ratios.get(ratios.size() * 3 / 4));
            }
        }
    }

    private static double nanos(OnnxEmbedder model, int words) throws Exception {
        var threads = ManagementFactory.getThreadMXBean();
        List<Prepared> batch = List.of(model.prepare(new ModelInput.Text("clay ".repeat(words))));
        long began = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < RUNS; i++) {
            model.run(batch);
        }
        return (double) (threads.getCurrentThreadCpuTime() - began) / RUNS;
    }
}
