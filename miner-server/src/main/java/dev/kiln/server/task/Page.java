package dev.kiln.server.task;

import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.List;

/// An answer that needs no model.
record Page(Reply reply) implements Task.Question {
    @Override
    public String model() {
        return "";
    }

    @Override
    public List<ModelInput> inputs() {
        return List.of();
    }

    @Override
    public Reply encode(List<ModelOutput> outputs) {
        return reply;
    }
}
