package dev.kiln.server.config;

import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.core.Patience;
import dev.kiln.core.Route.AnswerShape;
import dev.kiln.server.task.SynapseEmbeddingsTask.Form;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads one entry of `synapses`.
final class SynapseKeys {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    /// What every synapse has already.
    private static final Set<String> RESERVED =
            Set.of(
                    "name",
                    "timeout",
                    "total_size",
                    "header_size",
                    "dendrite",
                    "axon",
                    "computed_body_hash");

    private SynapseKeys() {}

    /// @param taken paths that are taken; the synapse's is added
    static Config.RouteEntry read(Section keys, Set<String> models, Set<String> taken) {
        String name = keys.text("name");
        String path = "/" + name;
        if (!NAME.matcher(name).matches() && !name.equals("?")) {
            keys.problem("name", "must be the name of a Python class");
        } else if (!taken.add(path)) {
            keys.problem("name", "its path is taken already: " + path);
        }
        String task = keys.text("task");
        if (!task.equals("embeddings") && !task.equals("?")) {
            keys.problem("task", "there is no such task for synapses; known: embeddings");
        }
        Optional<String> model = ConfigFile.model(keys, models);
        String texts = field(keys, "texts");
        String embeddings = field(keys, "embeddings");
        if (embeddings.equals(texts)) {
            keys.problem("embeddings", "must not be the field of the texts");
        }
        Form stream =
                keys.choice(
                        "stream",
                        Form.WHOLE,
                        Map.of("none", Form.WHOLE, "lines", Form.LINES, "events", Form.EVENTS));
        HashFields hashFields = keys.hashFields("hash-fields");
        Duration deadline = keys.span("deadline", Duration.ofSeconds(10));
        Patience patience = ConfigFile.patience(keys, true);
        AnswerShape answers = ConfigFile.answers(keys);
        boolean stepBack = keys.flag("allow-step-back", false);
        return new Config.RouteEntry(
                path,
                task,
                model,
                deadline,
                patience,
                true,
                answers,
                Optional.of(
                        new Config.Synapse(name, texts, embeddings, stream, hashFields, stepBack)));
    }

    private static String field(Section keys, String key) {
        String field = keys.text(key, key);
        if (!NAME.matcher(field).matches() || RESERVED.contains(field)) {
            keys.problem(key, "must be the name of one of the synapse's own fields");
        }
        return field;
    }
}
