package dev.kiln.loadtest.attack;

import dev.kiln.core.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes rows of one family down, one after the other.
///
/// **Threads:** confined to one.
final class Row {
    private final Family family;
    private final List<Case> rows = new ArrayList<>();
    private Optional<Spoken> spoken = Optional.empty();
    private Case.Stage stage = Case.Stage.ANY;

    Row(Family family) {
        this.family = family;
    }

    /// The rows that follow are about one dialect.
    Row in(Spoken dialect) {
        spoken = Optional.of(dialect);
        return this;
    }

    /// The rows that follow are about whichever dialect the target speaks.
    Row inAny() {
        spoken = Optional.empty();
        return this;
    }

    /// The rows that follow need such a target.
    Row on(Case.Stage needed) {
        stage = needed;
        return this;
    }

    /// Adds a row that must be refused with this reason.
    Row add(String name, Refusal reason, String sent, String why, Case.Attempt attempt) {
        return row(name, Expected.refused(reason), sent, why, attempt);
    }

    /// Adds a row.
    Row row(String name, Expected expected, String sent, String why, Case.Attempt attempt) {
        rows.add(new Case(name, family, spoken, stage, sent, expected, why, attempt));
        return this;
    }

    List<Case> rows() {
        return List.copyOf(rows);
    }
}
