package dev.kiln.loadtest.traffic;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Judges arrivals on a thread of its own, so that neither sending nor receiving waits for it, and enters what it
/// finds where it is told.
///
/// **Threads:** [#accept] from any; the judge itself runs on the thread `judge`.
public final class JudgeThread implements Consumer<Arrival>, AutoCloseable {
    private final BlockingQueue<Optional<Arrival>> waiting = new LinkedBlockingQueue<>();
    private final Judge judge;
    private final Findings findings;
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Thread thread;

    public JudgeThread(Judge judge, Findings findings) {
        this.judge = judge;
        this.findings = findings;
        this.thread = Thread.ofPlatform().name("judge").daemon().start(this::judgeAll);
    }

    @Override
    public void accept(Arrival arrival) {
        waiting.add(Optional.of(arrival));
        bytes.addAndGet(size(arrival));
        most.accumulateAndGet(waiting.size(), Math::max);
    }

    /// Arrivals that wait to be judged.
    public int backlog() {
        return waiting.size();
    }

    /// Bytes of answers that wait to be judged.
    long waitingBytes() {
        return bytes.get();
    }

    /// The body, and about as much as the rest of an arrival takes.
    private static long size(Arrival arrival) {
        int beside = 2_000 + arrival.signed().body().length;
        return arrival.end() instanceof Arrival.Came(Received received)
                ? beside + received.body().length
                : beside;
    }

    /// Most arrivals that ever waited at once.
    public int mostBacklog() {
        return most.get();
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // yielding shortens waits on a shared core; nothing relies on it
    private void judgeAll() {
        try {
            for (Optional<Arrival> next = waiting.take(); next.isPresent(); next = waiting.take()) {
                findings.record(next.get(), judgeOne(next.get()));
                bytes.addAndGet(-size(next.get()));
                // On a core that it shares, whoever has to send waits for one judgement and no
                // longer.
                Thread.yield();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A response that trips the judge itself counts against the miner: it must never go unjudged.
    private Finding judgeOne(Arrival arrival) {
        try {
            return judge.judge(arrival);
        } catch (RuntimeException e) {
            return new Finding.Wrong("unjudgeable: " + e.getClass().getSimpleName());
        }
    }

    /// Waits until everything handed over so far is judged, then ends the thread.
    @Override
    public void close() {
        waiting.add(Optional.empty());
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
