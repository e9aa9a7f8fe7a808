package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.RawChild;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Question;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Every system in turn, started afresh, with every model; and again, as often as the plan says.
///
/// One system runs at a time, on a core of its own; this process has another. A system that is not installed or does not
/// start is named with its reason, and the run goes on.
public final class RivalBench {
    /// What there is to be served, in the order of a round.
    public static final List<String> MODELS = Exhibit.NAMES;

    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    private final Plan plan;
    private final Workshop workshop;
    private final Consumer<String> progress;
    private final List<Result> results = new ArrayList<>();
    private final Map<String, String> configurations = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();

    /// How to measure.
    ///
    /// @param systems names of [Contender]
    /// @param models names of exhibits: `minilm`, `minilm-mixed`, `identity`
    /// @param rounds starts of each system with each model; under pressure, starts or turns of which the middle one counts
    /// @param seconds of each measured stretch
    /// @param mostWarmUp seconds until a system is taken for warm, whatever its rates do
    /// @param serverCore core of the system, from 0
    /// @param generatorCore core of this process, from 0
    public record Plan(
            List<String> systems,
            List<String> models,
            int rounds,
            double seconds,
            int mostWarmUp,
            int callers,
            long seed,
            int serverCore,
            int generatorCore) {
        public Plan {
            systems = List.copyOf(systems);
            models = List.copyOf(models);
        }
    }

    /// @param root of the repository
    /// @param progress told what is being done, a line at a time
    public RivalBench(Plan plan, Path root, Consumer<String> progress) {
        this.plan = plan;
        this.workshop = new Workshop(root);
        this.progress = progress;
    }

    /// Threads that compute, in every system: one core, one thread.
    private static final int THREADS = 1;

    /// Measures.
    public RivalRun run() throws MinerException, IOException, InterruptedException {
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        List<Contender> systems = present();
        Map<Exhibit, Map<String, float[]>> exhibits = new LinkedHashMap<>();
        for (String name : plan.models()) {
            Exhibit exhibit = Exhibit.of(name, workshop.models(), plan.seed());
            progress.accept("the reference's vectors of %s".formatted(name));
            exhibits.put(exhibit, Reference.vectors(exhibit, workshop));
        }
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            for (int start = 1; start <= plan.rounds(); start++) {
                for (var each : exhibits.entrySet()) {
                    for (Contender system : systems) {
                        progress.accept(
                                "start %d of %d, %s, %s"
                                        .formatted(
                                                start,
                                                plan.rounds(),
                                                each.getKey().name(),
                                                system.id()));
                        var turn = new Turn(vertx, pinning, system, each.getKey(), start);
                        attempt(turn, each.getValue());
                    }
                }
            }
        } finally {
            vertx.close();
        }
        String date = LocalDate.now(ZoneOffset.UTC).toString();
        return new RivalRun(
                date, Machine.words(pinning.works()), plan, configurations, absent, results);
    }

    private List<Contender> present() {
        List<Contender> present = new ArrayList<>();
        for (String id : plan.systems()) {
            Contender system = Contender.named(id).orElseThrow();
            String missing =
                    system == Contender.RAW || system.isKiln()
                            ? ""
                            : PythonStand.missing(system, workshop);
            if (missing.isEmpty()) {
                present.add(system);
            } else {
                absent.put(id, missing);
                progress.accept("%s: %s".formatted(id, missing));
            }
        }
        return present;
    }

    /// One start of one system with one model.
    private record Turn(
            Vertx vertx, Pinning pinning, Contender system, Exhibit exhibit, int start) {}

    private void attempt(Turn turn, Map<String, float[]> reference)
            throws IOException, InterruptedException {
        String id = turn.system().id();
        try {
            Result result = turn.system() == Contender.RAW ? raw(turn) : served(turn, reference);
            results.add(result);
            progress.accept("  " + RivalText.line(result));
        } catch (MinerException e) {
            String why = Optional.ofNullable(e.getMessage()).orElse("it did not run");
            absent.put(id, "%s, start %d: %s".formatted(turn.exhibit().name(), turn.start(), why));
            progress.accept("%s: %s".formatted(id, why));
        }
    }

    private Result raw(Turn turn) throws MinerException, IOException, InterruptedException {
        Exhibit exhibit = turn.exhibit();
        Path texts = Files.createTempFile("kiln-texts-", ".txt");
        try {
            Files.write(texts, exhibit.texts());
            // With as much to choose from as the served have, either time.
            Map<String, Double> figures = raw(turn, texts, plan.callers());
            Map<String, Double> deep = raw(turn, texts, Trial.DEEPER * plan.callers());
            if (deep.getOrDefault("items_per_s", 0.0) > figures.getOrDefault("items_per_s", 0.0)) {
                figures = deep;
            }
            configurations.putIfAbsent(
                    Contender.RAW.id(),
                    "tokenise, batch by the rule of Kiln's lanes, run; one thread, intra-op 1; texts wait as callers would");
            return new Result(
                    Contender.RAW.id(),
                    exhibit.name(),
                    turn.start(),
                    Math.min(plan.seconds(), Math.max(5, plan.seconds() / 5)),
                    new Result.Peak(
                            figures.getOrDefault("items_per_s", 0.0),
                            Math.round(figures.getOrDefault("items", 0.0)),
                            0,
                            0),
                    null,
                    null,
                    null);
        } finally {
            Files.delete(texts);
        }
    }

    private Map<String, Double> raw(Turn turn, Path texts, int waiting)
            throws MinerException, IOException, InterruptedException {
        var work =
                new RawChild.Work(
                        turn.exhibit().folder().toAbsolutePath().toString(),
                        texts,
                        RawChild.BatchRule.TEXTS,
                        waiting);
        return new RawChild(turn.pinning(), plan.serverCore(), work).run(plan.seconds());
    }

    private Result served(Turn turn, Map<String, float[]> reference)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(plan.callers());
        Stand stand = start(turn, callers);
        try {
            return measured(turn, stand, callers, reference);
        } finally {
            stand.stop();
        }
    }

    private Stand start(Turn turn, Callers callers)
            throws MinerException, IOException, InterruptedException {
        List<String> prefix = turn.pinning().on(plan.serverCore());
        return turn.system().isKiln()
                ? KilnStand.start(
                        KilnStand.Menu.of(turn.exhibit()), callers, KilnStand.Setting.usual(prefix))
                : spoken(
                        PythonStand.start(
                                turn.system(), turn.exhibit(), workshop, prefix, THREADS));
    }

    /// Waits until it has told whom to sign for.
    private static Stand spoken(PythonStand stand)
            throws MinerException, IOException, InterruptedException {
        boolean spoke = false;
        try {
            long end = System.nanoTime() + LONGEST_START.toNanos();
            while (!stand.spoke()) {
                if (System.nanoTime() > end) {
                    throw new MinerException("it said nothing", stand.tail());
                }
                Thread.sleep(50);
            }
            spoke = true;
            return stand;
        } finally {
            if (!spoke) {
                stand.stop();
            }
        }
    }

    private Result measured(Turn turn, Stand stand, Callers callers, Map<String, float[]> reference)
            throws MinerException, InterruptedException {
        Exhibit exhibit = turn.exhibit();
        var jury = new Jury(turn.system() == Contender.KILN_SIGNED, reference);
        var trial = new Trial(turn.vertx(), stand, callers.at(turn.system(), stand), jury, plan);
        List<Question> brief =
                Pairs.load().stream().limit(20).map(p -> ask(p.first(), exhibit)).toList();
        List<Question> questions =
                exhibit.texts().stream().map(text -> ask(text, exhibit)).toList();
        trial.awaitAnswer(brief.getFirst(), LONGEST_START);
        configurations.putIfAbsent(turn.system().id(), stand.configuration());
        double warm = trial.warmUp(exhibit.name().equals(Exhibit.MIXED) ? brief : questions);
        Result.Peak usual = trial.peak(questions);
        Result.Peak peak = trial.capacity(questions, usual);
        if (!(peak.perSecond() > 0)) {
            throw new MinerException("no answer was right: " + jury.verdict().flaw(), stand.tail());
        }
        Result.Steady steady = trial.steady(questions, Trial.SHARE * usual.perSecond());
        double beyond = Trial.OVERLOAD * peak.perSecond();
        trial.settle(questions, beyond, Trial.DEADLINE);
        return new Result(
                turn.system().id(),
                exhibit.name(),
                turn.start(),
                warm,
                peak,
                steady,
                trial.overload(questions, beyond),
                jury.verdict());
    }

    private static Question ask(String text, Exhibit exhibit) {
        return Question.of(List.of(text), exhibit.name());
    }
}
