package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.wire.BadAnswer.Fault;
import dev.kiln.core.Refusal;
import java.util.Arrays;
import java.util.List;

/// What Kiln must do with an attack: exactly one of these.
public sealed interface Expected {
    /// Whether this is what happened, code and status and all.
    boolean metBy(Outcome outcome);

    /// For a table.
    String words();

    /// A refusal with one of these codes, each under its own status.
    record Refused(List<Refusal> reasons) implements Expected {
        @Override
        public boolean metBy(Outcome outcome) {
            return outcome instanceof Outcome.Answered(int status, String code)
                    && reasons.stream()
                            .anyMatch(reason ->
                                    reason.name().equals(code) && Statuses.of(reason) == status);
        }

        @Override
        public String words() {
            return String.join(
                    " or ",
                    reasons.stream()
                            .map(reason -> Statuses.of(reason) + " " + reason.name())
                            .toList());
        }
    }

    /// A status without a code: the library under the server says no before the server is asked.
    record Bare(int status) implements Expected {
        @Override
        public boolean metBy(Outcome outcome) {
            return outcome.equals(new Outcome.Answered(status, ""));
        }

        @Override
        public String words() {
            return Integer.toString(status);
        }
    }

    /// No word, only the end of the connection.
    record HangUp() implements Expected {
        @Override
        public boolean metBy(Outcome outcome) {
            return outcome instanceof Outcome.Closed;
        }

        @Override
        public String words() {
            return "hung up";
        }
    }

    /// Our own client finds this fault in the answer.
    record Noticed(Fault fault) implements Expected {
        @Override
        public boolean metBy(Outcome outcome) {
            return outcome instanceof Outcome.Judged(String found) && found.equals(fault.name());
        }

        @Override
        public String words() {
            return fault.name();
        }
    }

    /// An answer: the request is honest.
    record Answer() implements Expected {
        @Override
        public boolean metBy(Outcome outcome) {
            return outcome.equals(new Outcome.Answered(200, ""))
                    || outcome.equals(new Outcome.Judged(""));
        }

        @Override
        public String words() {
            return "200";
        }
    }

    /// Any of these refusals.
    static Expected refused(Refusal... reasons) {
        return new Refused(Arrays.asList(reasons));
    }

    /// This status and no code.
    static Expected bare(int status) {
        return new Bare(status);
    }

    /// Only the end of the connection.
    static Expected hangUp() {
        return new HangUp();
    }

    /// This fault, found by our own client.
    static Expected noticed(Fault fault) {
        return new Noticed(fault);
    }

    /// An answer.
    static Expected answer() {
        return new Answer();
    }
}
