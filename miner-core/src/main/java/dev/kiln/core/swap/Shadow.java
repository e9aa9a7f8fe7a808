package dev.kiln.core.swap;

import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Lane;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Terms;
import dev.kiln.core.Ticket;
import dev.kiln.core.Time;
import dev.kiln.core.Trial;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Runs what was answered once more on a candidate and compares, and labelled samples on both. Callers never wait for
/// it: what does not fit into a short queue, or comes while the lane that answers has work waiting, is dropped and
/// counted; a labelled sample waits for a better moment.
///
/// **Threads:** one of its own, `shadow-<model>`, with one call in hand at a time.
public final class Shadow implements Trial, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Shadow.class.getName());
    private static final Caller NOBODY = new Caller.KeyHolder("shadow");
    private static final int QUEUE = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long IDLE_MILLIS = 50;

    private final Lane answering;
    private final Lane candidate;
    private final Time time;
    private final ArrayBlockingQueue<Seen> waiting = new ArrayBlockingQueue<>(QUEUE);
    private final Agreement agreement = new Agreement();
    private final Spread.Sum answeringMicros = new Spread.Sum();
    private final Spread.Sum candidateMicros = new Spread.Sum();
    private final Spread.Sum difference = new Spread.Sum();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder notFinite = new LongAdder();
    private final Quality quality = new Quality();
    private final Thread thread;

    /// Those not judged yet; confined to the thread.
    private final Deque<Quality.Sample> labelled;

    /// What was seen until now.
    ///
    /// @param dropped calls not compared because there was no room for it
    /// @param failed calls that the candidate did not answer
    /// @param notFinite calls whose answer held a NaN or an infinity
    /// @param worst the largest difference of any one number
    /// @param answeringMicros engine time for one item of a batch, where callers got their answer
    /// @param candidateMicros the same of the candidate, which mostly runs a call alone
    /// @param differenceMicros candidate less answering, call by call
    /// @param quality on labelled samples, as far as they were run
    public record Report(
            long dropped,
            long failed,
            long notFinite,
            Map<String, Spread> agreement,
            double worst,
            Spread answeringMicros,
            Spread candidateMicros,
            Spread differenceMicros,
            Quality.Report quality) {}

    private Shadow(Lane answering, Lane candidate, List<Quality.Sample> labelled, Time time) {
        this.labelled = new ArrayDeque<>(labelled);
        this.answering = answering;
        this.candidate = candidate;
        this.time = time;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("shadow-" + candidate.info().name())
                        .unstarted(this::work);
    }

    /// Starts comparing one lane of each, of like devices. The candidate's lane stays the caller's to close.
    ///
    /// @param labelled samples by which both are judged; may be none
    public static Shadow start(
            Lane answering, Lane candidate, List<Quality.Sample> labelled, Time time) {
        Shadow shadow = new Shadow(answering, candidate, labelled, time);
        shadow.thread.start();
        return shadow;
    }

    @Override
    public List<Lane> instead(long call) {
        return List.of();
    }

    @Override
    public boolean usable(Seen seen) {
        if (seen.ran().isPresent() && (busy() || !waiting.offer(seen))) {
            dropped.increment();
        }
        return true;
    }

    /// What was seen until now.
    public Report report() {
        return new Report(
                dropped.sum(),
                failed.sum(),
                notFinite.sum(),
                agreement.measures(),
                agreement.worst(),
                answeringMicros.spread(),
                candidateMicros.spread(),
                difference.spread(),
                quality.report());
    }

    /// Ends its thread; nothing is compared any more.
    @Override
    public void close() {
        thread.interrupt();
    }

    private boolean busy() {
        return answering.facts().queuedItems() > 0;
    }

    private void work() {
        try {
            while (true) {
                Seen seen = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (seen != null && busy()) {
                    dropped.increment();
                } else if (seen != null) {
                    compare(seen, seen.ran().orElseThrow());
                }
                if (!labelled.isEmpty() && !busy()) {
                    judge(labelled.removeFirst());
                }
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "the shadow ends");
        }
    }

    private void compare(Seen seen, Ticket.Ran answered) throws InterruptedException {
        attempt(() -> compare(answered, run(candidate, seen.inputs())));
    }

    private void judge(Quality.Sample sample) throws InterruptedException {
        attempt(() ->
                quality.add(
                        sample,
                        run(answering, sample.inputs()).outputs(),
                        run(candidate, sample.inputs()).outputs()));
    }

    private Ticket.Ran run(Lane lane, List<ModelInput> inputs)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        var terms = new Terms(NOBODY, Deadline.after(time.tick(), PATIENCE));
        return lane.submit(lane.prepare(inputs, terms), terms).await();
    }

    private void compare(Ticket.Ran answered, Ticket.Ran ran) {
        if (!Outputs.finite(ran.outputs())) {
            notFinite.increment();
            return;
        }
        agreement.add(answered.outputs(), ran.outputs());
        double mine = microsPerItem(answered);
        double theirs = microsPerItem(ran);
        answeringMicros.add(mine);
        candidateMicros.add(theirs);
        difference.add(theirs - mine);
    }

    private interface Step {
        void take() throws Refused, UnfitInput, ModelFault, InterruptedException;
    }

    private void attempt(Step step) throws InterruptedException {
        try {
            step.take();
        } catch (Refused refused) {
            if (refused.reason() != Refusal.SERVER_DRAINING) {
                failed.increment();
            }
        } catch (UnfitInput | ModelFault _) {
            failed.increment();
        } catch (RuntimeException bug) {
            failed.increment();
            LOG.log(System.Logger.Level.WARNING, "a shadow run could not be compared", bug);
        }
    }

    private static double microsPerItem(Ticket.Ran ran) {
        return (double) ran.stages().compute() / ran.batchSize();
    }
}
