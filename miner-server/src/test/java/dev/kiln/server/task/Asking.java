package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Caller;
import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Requests to a task, and what tasks are made of.
final class Asking {
    private Asking() {}

    static Task.Asked with(byte[] body, Header... headers) {
        return to("POST", "/", body, headers);
    }

    static Task.Asked to(String method, String target, byte[] body, Header... headers) {
        return by("test", method, target, body, headers);
    }

    static Task.Asked by(
            String caller, String method, String target, byte[] body, Header... headers) {
        var head = new RequestHead(method, target, List.of(headers), "127.0.0.1", 0, 0);
        return new Task.Asked(new Caller.KeyHolder(caller), head, body);
    }

    static Header type(String type) {
        return new Header("Content-Type", type);
    }

    /// Four items, 20 characters, 4 streams, 2 of a caller, ten seconds.
    static Setting setting(ModelInfo... models) {
        return setting(Time.SYSTEM, models);
    }

    static Setting setting(Time time, ModelInfo... models) {
        var limits = new Setting.Limits(4, 20, 4, 2, Duration.ofSeconds(10));
        return new Setting("test", "/v2", () -> List.of(models), _ -> true, limits, time);
    }

    /// The refusal of a request that must be refused.
    static Refused refused(Task task, Task.Asked asked) {
        Refused refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> {
                            Task.Question question = task.decode(asked);
                            question.encode(ToyModel.answers(question));
                        });
        assertThat(refused).as("nothing was refused").isNotNull();
        return refused;
    }

    /// The body of an answer.
    static String answer(Task task, Task.Asked asked) throws Refused {
        Task.Question question = task.decode(asked);
        return new String(
                question.encode(ToyModel.answers(question)).body(), StandardCharsets.ISO_8859_1);
    }
}
