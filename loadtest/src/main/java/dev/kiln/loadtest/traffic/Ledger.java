package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Score;
import dev.kiln.loadtest.quality.Scorer;
import dev.kiln.loadtest.quality.Subject;
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
    private static final int MOST_CAUSES = 100;

    private final long lateNanos;
    private final List<Row> rows = new ArrayList<>();
    private final Latencies corrected = new Latencies();
    private final Latencies uncorrected = new Latencies();
    private final Map<String, Long> refusals = new TreeMap<>();
    private final Map<String, Long> losses = new TreeMap<>();
    private final Map<String, Long> wrongs = new TreeMap<>();
    private final Map<String, Long> unproved = new TreeMap<>();
    private final Scorer scorer;
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
        this(validators, lateNanos, Subject.EMBEDDING.scorer(0));
    }

    /// @param scorer of the task that is asked, with nothing in it
    public Ledger(int validators, long lateNanos, Scorer scorer) {
        this.lateNanos = lateNanos;
        this.scorer = scorer;
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
                good.marks().judged().forEach(scorer::add);
                if (good.provenance() instanceof Provenance.Proved(Provenance.Facts facts)) {
                    batches.add(facts);
                }
            }
            case Finding.Wrong(String what) -> {
                row.failed++;
                count(wrongs, what);
            }
            case Finding.Unproved(String what) -> {
                row.failed++;
                count(unproved, what);
            }
            case Finding.Refused(int _, String code) -> {
                row.refused++;
                count(refusals, code);
            }
            case Finding.Lost(String cause) -> {
                row.lost++;
                count(losses, cause);
            }
            case Finding.Unsent(String cause) -> {
                row.lost++;
                count(losses, cause);
            }
        }
    }

    /// Causes are words of strangers, so there is a bound on how many are told apart.
    private static void count(Map<String, Long> causes, String cause) {
        boolean room = causes.size() < MOST_CAUSES || causes.containsKey(cause);
        causes.merge(room ? cause : "others", 1L, Long::sum);
    }

    private void time(Arrival arrival, Row row) {
        row.latencies.record(arrival.correctedNanos());
        corrected.record(arrival.correctedNanos());
        uncorrected.record(arrival.uncorrectedNanos());
        row.late += arrival.correctedNanos() > lateNanos ? 1 : 0;
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
        return new Counts(shares, reasons, scorer.score(), batches.summary());
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
    /// @param score in the task's own measures
    public record Counts(List<Share> shares, Reasons reasons, Score score, BatchFacts batches) {
        /// The first measure; empty while too little was answered.
        public OptionalDouble quality() {
            return score.headline().value();
        }

        /// How many items the score rests on.
        public long scored() {
            return score.scored();
        }

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
