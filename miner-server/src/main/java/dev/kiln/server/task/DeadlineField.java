package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A task whose callers may say in a field of the body how long they wait: seconds, at the top of a JSON object. Bodies
/// that are no JSON say nothing.
///
/// @param openInference whether JSON may be followed by bytes, as in the Open Inference Protocol
public record DeadlineField(Task task, String field, boolean openInference) implements Task {
    /// Seconds; nobody waits longer, and every route's deadline is shorter.
    private static final double LONGEST = 1e6;

    @Override
    public String name() {
        return task.name();
    }

    @Override
    public Set<String> media() {
        return task.media();
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        Question question = task.decode(asked);
        Optional<Duration> said = said(asked);
        return said.isEmpty() ? question : new Timed(question, said);
    }

    private Optional<Duration> said(Asked asked) throws Refused {
        int size = jsonSize(asked);
        if (size == 0) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(asked.body(), 0, size);
        try (JsonParser json = StrictJson.parser(StrictJson.text(bytes, "the body"))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (name.equals(field)) {
                    return Optional.of(seconds(value, json));
                }
                json.skipChildren();
            }
            return Optional.empty();
        } catch (JacksonException e) {
            throw StrictJson.notJson(e);
        } catch (IOException e) {
            throw new IllegalStateException("this is a bug: an array cannot fail to be read", e);
        }
    }

    private int jsonSize(Asked asked) throws Refused {
        if (openInference) {
            return InferRequest.jsonSize(asked.head(), asked.body());
        }
        String media = Options.media(asked.head());
        return media.isEmpty() || media.equals("application/json") ? asked.body().length : 0;
    }

    private Duration seconds(JsonToken value, JsonParser json) throws IOException, Refused {
        double seconds = value.isNumeric() ? json.getDoubleValue() : 0;
        if (!(seconds > 0)) {
            throw bad("%s must be a number of seconds above 0".formatted(field));
        }
        return Duration.ofNanos(Math.max(1, (long) (Math.min(seconds, LONGEST) * 1e9)));
    }

    /// The same question, of somebody who waits so long.
    private record Timed(Question question, Optional<Duration> patience) implements Question {
        @Override
        public String model() {
            return question.model();
        }

        @Override
        public List<ModelInput> inputs() {
            return question.inputs();
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) throws Refused {
            return question.encode(outputs);
        }

        @Override
        public Optional<Pieces> pieces() {
            return question.pieces();
        }
    }
}
