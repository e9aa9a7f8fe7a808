package dev.kiln.server.task;

import dev.kiln.core.Caller;
import dev.kiln.core.Header;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Task;
import java.util.List;

/// Requests to a task.
final class Asking {
    private Asking() {}

    static Task.Asked with(byte[] body, Header... headers) {
        var head = new RequestHead("POST", "/", List.of(headers), "127.0.0.1", 0, 0);
        return new Task.Asked(new Caller.KeyHolder("test"), head, body);
    }
}
