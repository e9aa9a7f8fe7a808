package dev.kiln.core;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// One model on one device: its queue, its batcher and its engine loops, each on a named platform thread.
///
/// A loop takes the oldest item with company of like cost, drops what expired or was abandoned, runs the adapter and
/// completes tickets. The lane owns its adapter: the last loop to end closes it, once nobody prepares with it.
///
/// **Threads:** every method from any thread; none but [#close] and [#prove] blocks.
public final class Lane implements AutoCloseable {
    /// Whether a lane's engine can be trusted.
    public enum Health {
        WELL,
        /// It proves itself and yet fails on whatever comes: it serves on, and a fresh one should take its place.
        SUSPECT,
        /// It failed repeatedly and on its golden samples too: it takes nothing any more.
        SICK
    }

    /// A run that takes longer than reason.
    ///
    /// @param thread its loop
    /// @param took until now
    /// @param stack where it is, outermost call last
    public record Stuck(String thread, Duration took, List<StackTraceElement> stack) {
        public Stuck {
            stack = List.copyOf(stack);
        }
    }

    /// What callers of a lane that is out of rotation are told to wait.
    static final Duration REBUILD_TIME = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(Lane.class.getName());

    private final ModelAdapter adapter;
    private final LaneSettings settings;
    private final Time time;
    private final LaneQueue queue;
    private final LaneCounts counts = new LaneCounts();
    private final ServiceCurve curve = new ServiceCurve();
    private final LaneHealth health;
    private final Preparation preparation;
    private final List<LaneLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger loopsLeft;

    /// Items of calls that were sent here and are not in the row yet.
    private final AtomicInteger coming = new AtomicInteger();

    private Lane(ModelAdapter adapter, LaneSettings settings, DeviceTime device, Time time) {
        this.adapter = adapter;
        this.settings = settings;
        this.time = time;
        this.queue = new LaneQueue(settings, curve, device, time);
        this.health = new LaneHealth(adapter);
        this.preparation = new Preparation(adapter, time);
        this.loopsLeft = new AtomicInteger(settings.loops());
    }

    /// Starts a lane that has its device to itself and all callers equal.
    ///
    /// @throws IllegalArgumentException as the other does
    public static Lane start(ModelAdapter adapter, LaneSettings settings, Time time) {
        return start(adapter, settings, new DeviceTime(Sharing.equal(), settings.loops()), time);
    }

    /// Starts a lane's loops. The lane owns the adapter from here on.
    ///
    /// @param device whose time its callers share with those of other lanes there
    /// @throws IllegalArgumentException if several loops are asked for and the adapter may not be shared
    public static Lane start(
            ModelAdapter adapter, LaneSettings settings, DeviceTime device, Time time) {
        if (settings.loops() > 1 && !adapter.shareable()) {
            throw new IllegalArgumentException(
                    "%s may not be shared by %d loops"
                            .formatted(adapter.info().name(), settings.loops()));
        }
        Lane lane = new Lane(adapter, settings, device, time);
        var parts =
                new LaneLoop.Parts(adapter, lane.queue, lane.counts, lane.curve, lane.health, time);
        String name =
                "lane-%s-%s-".formatted(adapter.info().name(), adapter.info().device().active());
        for (int n = 0; n < settings.loops(); n++) {
            LaneLoop loop = new LaneLoop(parts);
            lane.loops.add(loop);
            lane.threads.add(
                    Thread.ofPlatform().daemon().name(name + n).unstarted(() -> lane.work(loop)));
        }
        lane.threads.forEach(Thread::start);
        return lane;
    }

    /// What this lane runs.
    public ModelInfo info() {
        return adapter.info();
    }

    /// How this lane runs, with what it has learned of the engine's memory.
    public LaneSettings settings() {
        return settings.with(queue.policy());
    }

    /// Makes a call's inputs ready for this lane. A call with much to prepare lets others go on meanwhile.
    ///
    /// @throws UnfitInput if the model cannot eat one of them
    /// @throws Refused if the lane has closed, with [Refusal#RUN_EXPIRED] once the deadline has passed, and as
    ///     [#submit] does where it is plain already, before anything is prepared
    /// @throws InterruptedException if the client left meanwhile
    public List<Prepared> prepare(List<ModelInput> inputs, Terms terms)
            throws UnfitInput, Refused, InterruptedException {
        return preparation.prepare(
                inputs,
                terms,
                () ->
                        queue.refuseHopeless(
                                new Ticket(this, terms.deadline(), inputs.size()),
                                terms,
                                () -> least(inputs)));
    }

    /// Inputs as they are at a glance.
    private List<Prepared> least(List<ModelInput> inputs) {
        List<Prepared> least = new ArrayList<>(inputs.size());
        for (ModelInput input : inputs) {
            int cost = adapter.leastCost(input);
            least.add(() -> cost);
        }
        return least;
    }

    /// Puts a call's items in the row, all or none. From then on its answer is promised for when it is due, unless its
    /// terms let it wait without.
    ///
    /// @param prepared items from this lane's adapter, at least one
    /// @throws Refused with [Refusal#LIMIT_WOULD_MISS_DEADLINE] when it is predicted to be done later than it is due,
    ///     [Refusal#LIMIT_QUEUE_FULL] when a bound on waiting work is reached, its caller's or that of all,
    ///     [Refusal#SERVER_DRAINING] when the lane is closing, [Refusal#RUN_MODEL_DOWN] when its engine failed for good
    public Ticket submit(List<Prepared> prepared, Terms terms) throws Refused {
        if (prepared.isEmpty()) {
            throw new IllegalArgumentException("a call has at least one item");
        }
        Ticket ticket = new Ticket(this, terms.deadline(), prepared.size());
        queue.offer(ticket, terms, prepared);
        return ticket;
    }

    /// So many items more, or fewer, are on their way here.
    void coming(int items) {
        coming.addAndGet(items);
    }

    /// Nanoseconds until so many more items would be done, behind all that waits or is on its way.
    ///
    /// @param cost of each, as far as that is known
    double foretell(int items, int cost) {
        return queue.foretell(coming.get() + items, cost);
    }

    /// Nanoseconds until the smallest call would be done that came on these terms now; nothing is noted of it.
    double foretell(Terms terms) {
        return queue.foretell(new Ticket(this, terms.deadline(), 1), terms);
    }

    LaneCounts counts() {
        return counts;
    }

    public LaneFacts facts() {
        return counts.facts(queue);
    }

    public Health health() {
        return health.now();
    }

    /// Whether its device was lost; it is sick then.
    public boolean deviceLost() {
        return health.deviceLost();
    }

    /// Loops whose run under way takes longer than reason: than the floor, and than many times what was learned.
    public List<Stuck> stuck(Duration floor) {
        List<Stuck> stuck = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            Optional<Duration> took = loops.get(i).stuck(floor);
            if (took.isPresent()) {
                Thread thread = threads.get(i);
                stuck.add(new Stuck(thread.getName(), took.get(), List.of(thread.getStackTrace())));
            }
        }
        return stuck;
    }

    /// Has the adapter prove itself on a loop of this lane, before what waits, and waits for it.
    ///
    /// @throws ModelFault if it does not, or not in time, or if the lane closes
    public void prove(Duration atMost) throws ModelFault, InterruptedException {
        FutureTask<Void> proof =
                new FutureTask<>(() -> {
                    adapter.prove();
                    return null;
                });
        queue.send(proof);
        try {
            proof.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            ModelFault wrong =
                    e.getCause() instanceof ModelFault fault
                            ? fault
                            : new ModelFault("the adapter threw", e);
            if (wrong.deviceLost()) {
                health.faulted(wrong);
            }
            throw wrong;
        } catch (CancellationException e) {
            throw new ModelFault("the lane is closing", e);
        } catch (TimeoutException e) {
            proof.cancel(false);
            throw new ModelFault("no golden sample came back within " + atMost, e);
        }
    }

    /// Refuses what comes from now on, runs what waits, closes the adapter, and waits until that is done.
    @Override
    public void close() {
        queue.close();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Answers what waits with a refusal and takes nothing more. Loops end by themselves, and the last closes the
    /// adapter; a loop that hangs may never do so. Waits for nothing.
    ///
    /// @param why carries when to come again
    public void abandon(Refused why) {
        queue.abandon(why);
    }

    /// Whether every loop has ended, and the adapter is closed.
    public boolean ended() {
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /// Whether anything waits or runs.
    boolean busy() {
        return queue.busy();
    }

    long tick() {
        return time.tick();
    }

    boolean forget(Ticket ticket) {
        return queue.forget(ticket);
    }

    /// Stops runs that nobody waits for any more, where the engine can be stopped.
    void stopTheUnwanted() {
        loops.forEach(LaneLoop::stopIfUnwanted);
    }

    private void work(LaneLoop loop) {
        try {
            loop.work();
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.WARNING, "lane loop interrupted; it ends");
        } finally {
            if (loopsLeft.decrementAndGet() == 0) {
                queue.leave();
                preparation.close();
                adapter.close();
            }
        }
    }
}
