package dev.kiln.loadtest.task;

import dev.kiln.loadtest.quality.Canaries;
import dev.kiln.loadtest.quality.Judged;
import dev.kiln.loadtest.quality.Scorer;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Marker;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.ThingDeck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Things whose truth is known: pictures, files, sounds, tensors. Each is asked for alone before the load; under load
/// its answer must be its own again, and right.
final class ThingExaminer implements Examiner {
    private final Course course;
    private final Map<String, Thing> things = new LinkedHashMap<>();
    private final Map<String, float[]> alone = new LinkedHashMap<>();

    /// What is asked and how its answers are read.
    ///
    /// @param model the name that receipts must carry; empty takes any
    /// @param tolerance largest difference of any number that company in a batch may bring
    /// @param things at least 3, with names of their own
    /// @param labels of a classifier, once an answer was read
    record Course(
            Subject subject,
            String model,
            Reading reading,
            double tolerance,
            List<Thing> things,
            Optional<LabelReading> labels) {}

    /// One thing.
    ///
    /// @param size 0 small, 1 middling, 2 large
    /// @param truth makes of its answer what the scorer takes
    record Thing(Question question, int size, String label, Truth truth) {}

    /// What is known of a thing.
    @FunctionalInterface
    interface Truth {
        Judged of(float[] numbers);
    }

    ThingExaminer(Course course) {
        this.course = course;
        course.things().forEach(thing -> things.put(thing.question().thing(), thing));
    }

    @Override
    public Optional<Subject> subject() {
        return Optional.of(course.subject());
    }

    @Override
    public Deck deck(Lengths lengths) {
        List<List<Question>> sizes = new ArrayList<>();
        for (int size = 0; size < 3; size++) {
            List<Question> here = new ArrayList<>();
            for (Thing thing : course.things()) {
                if (thing.size() == size) {
                    here.add(thing.question());
                }
            }
            if (!here.isEmpty()) {
                sizes.add(here);
            }
        }
        return new ThingDeck(sizes, lengths);
    }

    @Override
    public Question first() {
        return course.things().getFirst().question();
    }

    @Override
    public List<Question> alone() {
        return course.things().stream().map(Thing::question).toList();
    }

    @Override
    public void learn(Question question, Marks marks) {
        alone.put(question.thing(), marks.numbers().getFirst());
    }

    @Override
    public Optional<String> objection() {
        if (course.labels().isEmpty()) {
            return Optional.empty();
        }
        LabelReading labels = course.labels().get();
        if (labels.size() == 0) {
            return Optional.of("it was too busy to say its labels; try again");
        }
        return course.things().stream()
                .map(Thing::label)
                .filter(label -> labels.index(label) < 0)
                .findFirst()
                .map(label ->
                        "its model knows no label %s (it knows %s …); give things of its own labels with --inputs FOLDER"
                                .formatted(label, labels.some()));
    }

    @Override
    public Scorer scorer() {
        return course.subject().scorer(course.labels().map(each -> each.size()).orElse(0));
    }

    @Override
    public Marker marker(boolean named) {
        var canaries = new Canaries(course.tolerance());
        alone.forEach(canaries::learn);
        return (question, provenance, body) -> mark(canaries, named, question, provenance, body);
    }

    private Marks mark(
            Canaries canaries, boolean named, Question question, Provenance provenance, byte[] body)
            throws IOException {
        if (named && otherModel(provenance)) {
            return Marks.flawed("another model's name");
        }
        float[] numbers = course.reading().read(body);
        Optional<Canaries.Origin> origin = canaries.check(question.thing(), numbers);
        if (origin.isPresent()) {
            switch (origin.get()) {
                case Canaries.Origin.Own _ -> {}
                case Canaries.Origin.Another _ -> {
                    return Marks.flawed(Judge.MIXED_UP);
                }
                case Canaries.Origin.Unknown _ -> {
                    return Marks.flawed("another answer than the one alone");
                }
            }
        }
        Thing thing = things.get(question.thing());
        return thing == null
                ? Marks.of(List.of(), List.of(numbers))
                : Marks.of(List.of(thing.truth().of(numbers)), List.of(numbers));
    }

    private boolean otherModel(Provenance provenance) {
        return !course.model().isEmpty()
                && provenance instanceof Provenance.Proved(Provenance.Facts facts)
                && !facts.model().equals(course.model());
    }
}
