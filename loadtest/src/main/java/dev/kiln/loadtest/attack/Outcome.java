package dev.kiln.loadtest.attack;

import dev.kiln.loadtest.traffic.EmbeddingJson;
import dev.kiln.loadtest.traffic.Received;

/// What became of a hostile message.
public sealed interface Outcome {
    /// One word for it that any server can be judged by.
    Effect effect();

    /// What was seen, in a few words for a table.
    String words();

    /// How a target bore an attack, whatever its codes.
    enum Effect {
        /// Answered as if it were honest.
        ACCEPTED,
        /// Told no, or hung up on.
        REFUSED,
        /// Its own code failed: status 500, or the process is gone.
        CRASHED,
        /// Nothing within the patience of the suite.
        HUNG
    }

    /// An HTTP response.
    ///
    /// @param code the reason code in the body, empty where there is none
    record Answered(int status, String code) implements Outcome {
        @Override
        public Effect effect() {
            if (status < 300) {
                return Effect.ACCEPTED;
            }
            return status == 500 || status == 502 ? Effect.CRASHED : Effect.REFUSED;
        }

        @Override
        public String words() {
            return (status + " " + code).strip();
        }
    }

    /// The server hung up without a response.
    record Closed() implements Outcome {
        @Override
        public Effect effect() {
            return Effect.REFUSED;
        }

        @Override
        public String words() {
            return "hung up";
        }
    }

    /// Neither a response nor an end.
    record Silent() implements Outcome {
        @Override
        public Effect effect() {
            return Effect.HUNG;
        }

        @Override
        public String words() {
            return "nothing came";
        }
    }

    /// No connection, or an honest request before it that was not answered.
    record Gone(String cause) implements Outcome {
        @Override
        public Effect effect() {
            return Effect.CRASHED;
        }

        @Override
        public String words() {
            return "not to be tried: " + cause;
        }
    }

    /// What our own client made of an answer.
    ///
    /// @param fault the name of what it found, empty if it believed the answer
    record Judged(String fault) implements Outcome {
        @Override
        public Effect effect() {
            return fault.isEmpty() ? Effect.ACCEPTED : Effect.REFUSED;
        }

        @Override
        public String words() {
            return fault.isEmpty() ? "believed" : fault;
        }
    }

    /// Reads a response.
    static Outcome of(Received received) {
        return new Answered(
                received.status(),
                EmbeddingJson.refusal(received.body()).map(EmbeddingJson.Said::code).orElse(""));
    }
}
