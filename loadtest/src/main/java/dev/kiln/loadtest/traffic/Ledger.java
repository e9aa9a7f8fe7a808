package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.quality.RocAuc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// Counts what became of every request; nothing is dropped.
///
/// **Threads:** any.
public final class Ledger implements Findings {
    private final long lateNanos;
    private final List<Row> rows = new ArrayList<>();
    private final Latencies corrected = new Latencies();
    private final Latencies uncorrected = new Latencies();
    private final Map<String, Long> refusals = new TreeMap<>();
    private final Map<String, Long> losses = new TreeMap<>();
    private final Map<String, Long> wrongs = new TreeMap<>();
    private final Map<String, Long> unproved = new TreeMap<>();
    private final RocAuc auc = new RocAuc();
    private final Batches batches = new Batches();

    /// One validator's share.
    private static final class Row {
        private long answered;
        private long refused;
        private long lost;
        private long failed;
        private long late;
        private final Latencies latencies = new Latencies();
    }

    /// @param validators how many rows
    /// @param lateNanos an answer later than this after its intended moment counts as late as well
    public Ledger(int validators, long lateNanos) {
        this.lateNanos = lateNanos;
        for (int i = 0; i < validators; i++) {
            rows.add(new Row());
        }
    }

    /// Takes one judged request.
    @Override
    public synchronized void record(Arrival arrival, Finding finding) {
        Row row = rows.get(arrival.send().caller());
        switch (finding) {
            case Finding.Good good -> {
                row.answered++;
                time(arrival, row);
                score(arrival.send().question(), good);
                if (good.provenance() instanceof Provenance.Proved(Provenance.Facts facts)) {
                    batches.add(facts);
                }
            }
            case Finding.Wrong(String what) -> {
                row.failed++;
                wrongs.merge(what, 1L, Long::sum);
            }
            case Finding.Unproved(String what) -> {
                row.failed++;
                unproved.merge(what, 1L, Long::sum);
            }
            case Finding.Refused(int _, String code) -> {
                row.refused++;
                refusals.merge(code, 1L, Long::sum);
            }
            case Finding.Lost(String cause) -> {
                row.lost++;
                losses.merge(cause, 1L, Long::sum);
            }
            case Finding.Unsent(String cause) -> {
                row.lost++;
                losses.merge(cause, 1L, Long::sum);
            }
        }
    }

    private void time(Arrival arrival, Row row) {
        row.latencies.record(arrival.correctedNanos());
        corrected.record(arrival.correctedNanos());
        uncorrected.record(arrival.uncorrectedNanos());
        row.late += arrival.correctedNanos() > lateNanos ? 1 : 0;
    }

    private void score(Question question, Finding.Good good) {
        List<float[]> vectors = good.answer().vectors();
        if (vectors.isEmpty()) {
            return;
        }
        for (int i = 0; i < question.pairs().size(); i++) {
            Pair pair = question.pairs().get(i);
            auc.add(Cosine.between(vectors.get(2 * i), vectors.get(2 * i + 1)), pair.paraphrase());
        }
    }

    /// How many requests came to an end.
    public synchronized long settled() {
        return rows.stream()
                .mapToLong(row -> row.answered + row.refused + row.lost + row.failed)
                .sum();
    }

    /// Everything counted up to now.
    public synchronized Counts counts() {
        List<Share> shares =
                rows.stream()
                        .map(row ->
                                new Share(
                                        row.answered,
                                        row.refused,
                                        row.lost,
                                        row.failed,
                                        row.late,
                                        row.latencies.millisAt(50),
                                        row.latencies.millisAt(99)))
                        .toList();
        var reasons = new Reasons(copy(refusals), copy(losses), copy(wrongs), copy(unproved));
        return new Counts(shares, reasons, auc.area(), auc.size(), batches.summary());
    }

    /// Latency from the intended moment.
    public Latencies corrected() {
        return corrected;
    }

    /// Latency from the moment of sending, to show the difference.
    public Latencies uncorrected() {
        return uncorrected;
    }

    private static Map<String, Long> copy(Map<String, Long> counts) {
        return new LinkedHashMap<>(counts);
    }

    /// One validator's counts.
    ///
    /// @param failed answers that are wrong or not proved
    /// @param late of the answered
    public record Share(
            long answered,
            long refused,
            long lost,
            long failed,
            long late,
            double p50Millis,
            double p99Millis) {
        /// Requests of this validator that came to an end.
        public long settled() {
            return answered + refused + lost + failed;
        }
    }

    /// How often each cause was met, by cause.
    ///
    /// @param unproved answers without a valid signature or receipt
    public record Reasons(
            Map<String, Long> refused,
            Map<String, Long> lost,
            Map<String, Long> wrong,
            Map<String, Long> unproved) {}

    /// Everything counted.
    ///
    /// @param quality ROC AUC; empty while too few pairs were answered
    /// @param scored how many pairs it rests on
    public record Counts(
            List<Share> shares,
            Reasons reasons,
            OptionalDouble quality,
            int scored,
            BatchFacts batches) {
        public long answered() {
            return shares.stream().mapToLong(Share::answered).sum();
        }

        public long refused() {
            return shares.stream().mapToLong(Share::refused).sum();
        }

        public long lost() {
            return shares.stream().mapToLong(Share::lost).sum();
        }

        public long failed() {
            return shares.stream().mapToLong(Share::failed).sum();
        }

        public long late() {
            return shares.stream().mapToLong(Share::late).sum();
        }
    }
}
