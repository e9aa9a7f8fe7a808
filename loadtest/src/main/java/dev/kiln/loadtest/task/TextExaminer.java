package dev.kiln.loadtest.task;

import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.quality.Scorer;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Marker;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.PairDeck;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.VectorMarker;
import dev.kiln.loadtest.traffic.Wording;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Texts to vectors, judged by labelled pairs; or texts to anything, not judged.
public final class TextExaminer implements Examiner {
    /// Pairs whose texts are asked for alone; the others are compared with the first answer that held them.
    private static final int LEARNED = 32;

    private final String model;
    private final Wording wording;
    private final boolean judged;
    private final double sameText;
    private final List<Pair> pairs = Pairs.load();
    private final Map<String, float[]> references = new LinkedHashMap<>();

    /// @param model the name that answers must carry
    /// @param wording how texts become a body, unless a dialect has one of its own
    /// @param judged false takes any answer
    /// @param sameText least cosine between two answers to the same text
    public TextExaminer(String model, Wording wording, boolean judged, double sameText) {
        this.model = model;
        this.wording = wording;
        this.judged = judged;
        this.sameText = sameText;
    }

    /// Of a model in single precision.
    public TextExaminer(String model, Wording wording, boolean judged) {
        this(model, wording, judged, Judge.SAME_TEXT);
    }

    @Override
    public Optional<Subject> subject() {
        return judged ? Optional.of(Subject.EMBEDDING) : Optional.empty();
    }

    @Override
    public Deck deck(Lengths lengths) {
        return new PairDeck(pairs, lengths, wording);
    }

    @Override
    public Question first() {
        return asking(List.of("Is anybody there?", "A question before the load."));
    }

    @Override
    public List<Question> alone() {
        List<Question> alone = new ArrayList<>();
        if (judged) {
            for (Pair pair : pairs.subList(0, Math.min(LEARNED, pairs.size()))) {
                alone.add(asking(List.of(pair.first())));
                alone.add(asking(List.of(pair.second())));
            }
        }
        return alone;
    }

    private Question asking(List<String> texts) {
        return new Question(List.of(), texts, wording.body(texts));
    }

    @Override
    public void learn(Question question, Marks marks) {
        if (marks.numbers().size() == 1) {
            references.put(question.texts().getFirst(), marks.numbers().getFirst());
        }
    }

    @Override
    public Marker marker(boolean named) {
        if (!judged) {
            return Marker.ANYTHING;
        }
        var marker = new VectorMarker(new VectorMarker.Rules(model, 0, named, sameText));
        references.forEach(marker::learn);
        return marker;
    }

    @Override
    public Scorer scorer() {
        return Subject.EMBEDDING.scorer(0);
    }
}
