package dev.kiln.loadtest.task;

import dev.kiln.loadtest.quality.Scorer;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Marker;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.Question;
import java.util.List;
import java.util.Optional;

/// Asks in one kind of task: makes its questions, learns what each answer is when it is asked for alone, and marks what
/// comes under load.
///
/// **Threads:** confined to one; its markers may be used on another once all is learned.
public interface Examiner {
    /// What is judged; empty where any answer is taken as it is.
    Optional<Subject> subject();

    /// Questions in an order that a random decides.
    Deck deck(Lengths lengths);

    /// A question to find out whether asking makes sense.
    Question first();

    /// Questions to be asked one after the other before any load.
    List<Question> alone();

    /// Takes the answer to one of these.
    void learn(Question question, Marks marks);

    /// Why its questions make no sense to this miner, once all is learned; empty if they do.
    default Optional<String> objection() {
        return Optional.empty();
    }

    /// A marker of one run.
    ///
    /// @param named whether an answer must name its model
    Marker marker(boolean named);

    /// A scorer of one run, with nothing in it.
    Scorer scorer();
}
