package dev.kiln.loadtest.traffic;

import java.util.LinkedHashMap;
import java.util.Map;

/// What receipts assert about batches and stages, summed up. The miner's word, shown and not judged.
///
/// **Threads:** guarded by the ledger that owns it.
final class Batches {
    private long receipts;
    private long items;
    private int largest;
    private final Map<String, Long> stageMicros = new LinkedHashMap<>();
    private Provenance.Facts last = Provenance.Facts.NONE;

    void add(Provenance.Facts facts) {
        if (facts.batch() == 0) {
            return;
        }
        receipts++;
        items += facts.batch();
        largest = Math.max(largest, facts.batch());
        facts.stageMicros().forEach((stage, micros) -> stageMicros.merge(stage, micros, Long::sum));
        last = facts;
    }

    BatchFacts summary() {
        Map<String, Double> means = new LinkedHashMap<>();
        stageMicros.forEach((stage, sum) -> means.put(stage, sum / (double) receipts));
        return new BatchFacts(
                receipts, receipts == 0 ? 0 : items / (double) receipts, largest, means, last);
    }
}
