package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Judge;
import java.util.List;
import java.util.Map;

/// Looks at every answer after the clock has stopped: against the reference's vectors, and where the system is Kiln with
/// signatures, against its receipt.
///
/// **Threads:** confined to one.
final class Jury {
    private final Judge judge;
    private final Map<String, float[]> reference;
    private double leastCosine = 1;
    private long judged;
    private long bad;
    private String flaw = "";

    Jury(Contender contender, Exhibit exhibit, Map<String, float[]> reference) {
        this.reference = reference;
        this.judge =
                new Judge(
                        new Judge.Rules(
                                exhibit.name(),
                                exhibit.dimension(),
                                contender == Contender.KILN_SIGNED,
                                Judge.Content.EMBEDDINGS));
        reference.forEach(judge::learn);
    }

    Finding look(Arrival arrival) {
        Finding finding = judge.judge(arrival);
        switch (finding) {
            case Finding.Good(_, var answer) -> {
                judged++;
                compare(arrival.send().question().texts(), answer.vectors());
            }
            case Finding.Wrong(String what) -> wrong(what);
            case Finding.Unproved(String what) -> wrong("not proved: " + what);
            case Finding.Refused _, Finding.Lost _, Finding.Unsent _ -> {}
        }
        return finding;
    }

    private void compare(List<String> texts, List<float[]> vectors) {
        for (int i = 0; i < texts.size(); i++) {
            float[] known = reference.get(texts.get(i));
            if (known != null) {
                leastCosine = Math.min(leastCosine, Cosine.between(known, vectors.get(i)));
            }
        }
    }

    private void wrong(String what) {
        judged++;
        bad++;
        flaw = flaw.isEmpty() ? what : flaw;
    }

    Result.Quality verdict() {
        return new Result.Quality(leastCosine, judged, bad, flaw);
    }
}
