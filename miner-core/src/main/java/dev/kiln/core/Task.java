package dev.kiln.core;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One kind of question a subnet asks: decode the body, name the model, encode the answer. Pure functions.
///
/// **Threads:** any.
public interface Task {
    /// The name that routes and metrics use.
    String name();

    /// Media types of the bodies it reads, lower case and without parameters; of a body that names none, it decides.
    default Set<String> media() {
        return Set.of("application/json");
    }

    /// Reads a request.
    ///
    /// @throws Refused with a `TASK_` reason; no other exception whatever the bytes
    Question decode(Asked asked) throws Refused;

    /// What a task may look at.
    ///
    /// @param head line and headers; no dialect's signature covers headers other than its own
    /// @param body every byte of it, not to be changed
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Asked(Caller caller, RequestHead head, byte[] body) {}

    /// A body that was understood.
    interface Question {
        /// The name of the model asked for.
        String model();

        /// What the model is to eat, in order; none when the answer needs no model.
        List<ModelInput> inputs();

        /// The answer's bytes.
        ///
        /// @param outputs one for each input, same order
        /// @throws Refused with a `TASK_` reason if what was asked has become moot meanwhile
        Reply encode(List<ModelOutput> outputs) throws Refused;

        /// How long the body says that its caller waits; empty where it says nothing.
        default Optional<Duration> patience() {
            return Optional.empty();
        }

        /// How the same answer goes out piece by piece; empty where it goes out whole.
        default Optional<Pieces> pieces() {
            return Optional.empty();
        }
    }

    /// An answer in as many pieces as there are inputs, each sent once it and all before it are ready. Joined they are
    /// the body that [Question#encode] makes.
    interface Pieces {
        /// The content type of the whole.
        String contentType();

        /// One piece.
        byte[] encode(int index, ModelOutput output);
    }
}
