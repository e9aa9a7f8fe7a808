package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Findings;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.Timetable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// Writes down what became of every request: in all, by validator, and by the second in which it was to be asked.
///
/// A second's histogram is kept only until all of its requests have ended, so memory does not grow with a run's
/// length but by a few numbers a second.
///
/// **Threads:** any.
public final class Chronicle implements Findings {
    private static final double NANOS = 1e9;

    private final List<Payee> payees;
    private final Terms terms;
    private final Tally all = new Tally();
    private final List<Tally> byCaller = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final Latencies uncorrected = new Latencies();
    private final Latencies refusals = new Latencies();
    private double owed;

    /// What counts for one validator.
    ///
    /// @param stake its weight in pay, above 0
    /// @param patienceNanos what a loss costs it
    public record Payee(double stake, long patienceNanos) {}

    /// What makes an answer good.
    ///
    /// @param deadlineNanos answers later than this after their intended moment are late
    public record Terms(long deadlineNanos, PayCurve pay) {}

    /// One second.
    private static final class Row {
        private long offered;
        private long settled;
        private long answered;
        private long good;
        private long refused;
        private long completed;
        private double p50;
        private double p99;
        private Optional<Histogram> open = Optional.of(new Histogram(3));
        private byte[] encoded = new byte[0];

        private void freeze() {
            Histogram histogram = open.orElseThrow();
            if (histogram.getTotalCount() > 0) {
                p50 = histogram.getValueAtPercentile(50) / 1e3;
                p99 = histogram.getValueAtPercentile(99) / 1e3;
            }
            ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
            int length = histogram.encodeIntoCompressedByteBuffer(buffer);
            encoded = Arrays.copyOf(buffer.array(), length);
            open = Optional.empty();
        }
    }

    /// @param payees the validators, in the order that callers count
    public Chronicle(List<Payee> payees, Terms terms) {
        this.payees = List.copyOf(payees);
        this.terms = terms;
        payees.forEach(_ -> byCaller.add(new Tally()));
    }

    /// One request stands on the timetable.
    public synchronized void offered(Timetable.Send send) {
        all.offered++;
        byCaller.get(send.caller()).offered++;
        owed += payees.get(send.caller()).stake();
        row(second(send.offsetNanos())).offered++;
    }

    @Override
    public synchronized void record(Arrival arrival, Finding finding) {
        Tally caller = byCaller.get(arrival.send().caller());
        all.add(finding);
        caller.add(finding);
        int second = second(arrival.send().offsetNanos());
        Row row = row(second);
        row.settled++;
        switch (finding) {
            case Finding.Good(var _, Marks marks) -> good(arrival, marks.right(), caller, row);
            case Finding.Refused _ -> {
                row.refused++;
                refusals.record(arrival.correctedNanos());
            }
            case Finding.Wrong _, Finding.Unproved _ -> time(arrival, caller, row, 0);
            case Finding.Lost _, Finding.Unsent _ ->
                    time(arrival, caller, row, payees.get(arrival.send().caller()).patienceNanos());
        }
        // Later arrivals are known to be on the timetable once it has gone past this second.
        if (row.settled == row.offered && second < rows.size() - 1 && row.open.isPresent()) {
            row.freeze();
        }
    }

    /// @param right whether it is, by its task's own measure; what is not earns nothing
    private void good(Arrival arrival, boolean right, Tally caller, Row row) {
        long took = arrival.correctedNanos();
        time(arrival, caller, row, 0);
        row.answered++;
        row(second(arrival.send().offsetNanos() + took)).completed++;
        double pay =
                payees.get(arrival.send().caller()).stake() * (right ? terms.pay().score(took) : 0);
        all.paid += pay;
        caller.paid += pay;
        if (took > terms.deadlineNanos()) {
            all.late++;
            caller.late++;
        } else if (!right) {
            all.mistaken++;
            caller.mistaken++;
        } else {
            row.good++;
        }
    }

    /// @param least nanoseconds that count at least
    private void time(Arrival arrival, Tally caller, Row row, long least) {
        long took = Math.max(arrival.correctedNanos(), least);
        all.latencies.record(took);
        caller.latencies.record(took);
        uncorrected.record(Math.max(arrival.uncorrectedNanos(), least));
        row.open.ifPresent(histogram -> histogram.recordValue(Math.max(1, took / 1_000)));
    }

    private static int second(long offsetNanos) {
        return (int) Math.max(0, offsetNanos / (long) NANOS);
    }

    private Row row(int second) {
        while (rows.size() <= second) {
            rows.add(new Row());
        }
        return rows.get(second);
    }

    /// Nothing more comes: what has not ended is unsent.
    public synchronized void close() {
        long missing = all.offered - all.settled();
        all.unsent += missing;
        for (Tally tally : byCaller) {
            tally.unsent += tally.offered - tally.settled();
        }
        rows.stream().filter(row -> row.open.isPresent()).forEach(Row::freeze);
    }

    synchronized Tally all() {
        return all;
    }

    synchronized List<Tally> byCaller() {
        return List.copyOf(byCaller);
    }

    Latencies uncorrected() {
        return uncorrected;
    }

    Latencies refusals() {
        return refusals;
    }

    /// Share of what the callers would have paid for full scores.
    synchronized double payShare() {
        return owed == 0 ? 0 : all.paid / owed;
    }

    /// The same of one caller.
    synchronized double payShare(int caller) {
        Tally tally = byCaller.get(caller);
        double full = tally.offered * payees.get(caller).stake();
        return full == 0 ? 0 : tally.paid / full;
    }

    /// Scores times stake, stakes brought to a mean of 1.
    synchronized double paid() {
        double mean = payees.stream().mapToDouble(Payee::stake).average().orElse(1);
        return all.paid / mean;
    }

    /// One second's corrected latencies in HdrHistogram's compressed form.
    ///
    /// @param second from 0
    synchronized byte[] histogram(int second) {
        return rows.get(second).encoded.clone();
    }

    /// The seconds in which something was offered, without the server's side.
    ///
    /// @param seconds how many at least
    synchronized List<LoadRun.Second> series(int seconds) {
        List<LoadRun.Second> series = new ArrayList<>();
        int last = Math.min(rows.size(), Math.max(1, seconds));
        for (int s = 0; s < last; s++) {
            Row row = rows.get(s);
            series.add(
                    new LoadRun.Second(
                            s,
                            row.offered,
                            row.answered,
                            row.good,
                            row.refused,
                            row.completed,
                            Figures.round(row.p50, 3),
                            Figures.round(row.p99, 3),
                            null));
        }
        return series;
    }
}
