package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The models that a task may ask: those of its purpose, as they are served now.
final class Choice<P extends Purpose> {
    private final Supplier<List<ModelInfo>> models;
    private final Class<P> purpose;

    Choice(Supplier<List<ModelInfo>> models, Class<P> purpose) {
        this.models = models;
        this.purpose = purpose;
    }

    /// A model and what it is for.
    record Chosen<P extends Purpose>(ModelInfo model, P purpose) {
        String name() {
            return model.name();
        }
    }

    /// The model asked for; the only one need not be named.
    Chosen<P> of(Optional<String> named) throws Refused {
        List<Chosen<P>> fit = all();
        if (fit.isEmpty()) {
            throw new Refused(
                    Refusal.TASK_UNKNOWN_MODEL, "no model that this path could ask is served here");
        }
        if (named.isEmpty()) {
            if (fit.size() == 1) {
                return fit.getFirst();
            }
            throw bad("model is missing: several are served");
        }
        for (Chosen<P> each : fit) {
            if (each.name().equals(named.get())) {
                return each;
            }
        }
        throw new Refused(
                Refusal.TASK_UNKNOWN_MODEL,
                "no model of this name is served; GET /v1/models lists those that are");
    }

    /// The first of them.
    Chosen<P> first() throws Refused {
        List<Chosen<P>> fit = all();
        return fit.isEmpty() ? of(Optional.empty()) : fit.getFirst();
    }

    private List<Chosen<P>> all() {
        List<Chosen<P>> fit = new ArrayList<>();
        for (ModelInfo model : models.get()) {
            if (purpose.isInstance(model.purpose())) {
                fit.add(new Chosen<>(model, purpose.cast(model.purpose())));
            }
        }
        return fit;
    }
}
