package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.swap.Canary;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigChange;
import dev.kiln.server.config.ConfigException;
import dev.kiln.server.rotation.Event;
import dev.kiln.server.rotation.Fleet;
import dev.kiln.server.rotation.History;
import dev.kiln.server.rotation.NotDone;
import dev.kiln.server.rotation.Post;
import dev.kiln.server.rotation.Reload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What an operator may ask, as JSON in and JSON out.
///
/// **Threads:** any; a change takes as long as its model takes to load.
public final class AdminApi {
    static final JsonMapper JSON = new JsonMapper();

    private static final double DEFAULT_SLOWDOWN = 2;
    private static final int MOST_LINES = 1_000;

    private final Fleet fleet;
    private final Reload reload;
    private final History history;
    private final CallersApi callers;

    public AdminApi(Fleet fleet, Reload reload, History history, CallersApi callers) {
        this.fleet = fleet;
        this.reload = reload;
        this.history = history;
        this.callers = callers;
    }

    /// Answers one question.
    ///
    /// @param path below the interface's root
    /// @return `ok` and what there is to tell; empty where there is no such path
    Optional<ObjectNode> answer(String path, JsonNode asked, Consumer<String> progress)
            throws InterruptedException {
        ObjectNode answer = JSON.createObjectNode();
        try {
            switch (path) {
                case "models" -> answer.set("models", models());
                case "callers" -> answer.set("callers", callers.callers());
                case "callers/cancel" -> answer.put("cancelled", callers.cancel(caller(asked)));
                case "history" -> answer.set("history", history(asked));
                case "config/diff" -> answer.set("changes", changes(reload.diff(file(asked))));
                case "config/apply" -> apply(asked, answer, progress);
                case "models/shadow" -> {
                    Post post = post(asked);
                    Optional<Path> labelled = text(asked, "labelled").map(Path::of);
                    done(post.shadow(candidate(post, asked), labelled, progress), answer);
                }
                case "models/canary" -> {
                    Post post = post(asked);
                    Canary.Rules rules = rules(asked);
                    done(post.canary(onTrialOrCandidate(post, asked), rules, progress), answer);
                }
                case "models/promote" -> done(post(asked).promote(), answer);
                case "models/rollback" -> done(post(asked).rollBack(progress), answer);
                default -> {
                    return Optional.empty();
                }
            }
            if (!answer.has("ok")) {
                answer.put("ok", true);
            }
        } catch (NotDone reason) {
            failed(answer, "refused", String.valueOf(reason.getMessage()));
        } catch (ConfigException wrong) {
            failed(answer, AdminClient.COULD_NOT, wrong.told("nothing was changed"));
        } catch (IOException | IllegalArgumentException wrong) {
            failed(answer, AdminClient.COULD_NOT, String.valueOf(wrong.getMessage()));
        }
        return Optional.of(answer);
    }

    /// @param cause `refused`, or that the question could not be used
    private static void failed(ObjectNode answer, String cause, String reason) {
        answer.put("ok", false);
        answer.put("cause", cause);
        answer.put("reason", reason);
    }

    private static Optional<Path> file(JsonNode asked) {
        return text(asked, "file").map(Path::of);
    }

    private static Optional<String> text(JsonNode asked, String field) {
        return asked.path(field).isTextual()
                ? Optional.of(asked.path(field).asText())
                : Optional.empty();
    }

    private static String caller(JsonNode asked) {
        return text(asked, "caller")
                .orElseThrow(() -> new IllegalArgumentException("name the caller"));
    }

    private static Canary.Rules rules(JsonNode asked) {
        return new Canary.Rules(
                asked.path("percent").asDouble(0),
                asked.path("slowdown").asDouble(DEFAULT_SLOWDOWN));
    }

    /// The model asked for; the only one need not be named.
    private Post post(JsonNode asked) {
        Optional<String> name = text(asked, "model");
        List<Post> posts = fleet.posts();
        if (name.isEmpty() && posts.size() == 1) {
            return posts.getFirst();
        }
        List<String> names = posts.stream().map(post -> post.slot().name()).toList();
        return name.flatMap(fleet::post)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                name.map("no model %s is served"::formatted)
                                                .orElse("name the model")
                                        + "; there are: "
                                        + String.join(", ", names)));
    }

    private Config.Model candidate(Post post, JsonNode asked) throws ConfigException, NotDone {
        return reload.candidate(post.slot().name(), text(asked, "source"));
    }

    private Config.Model onTrialOrCandidate(Post post, JsonNode asked)
            throws ConfigException, NotDone {
        Optional<Config.Model> onTrial = post.candidate();
        return onTrial.isPresent() && text(asked, "source").isEmpty()
                ? onTrial.get()
                : candidate(post, asked);
    }

    private void apply(JsonNode asked, ObjectNode answer, Consumer<String> progress)
            throws ConfigException, InterruptedException {
        Reload.Applied applied = reload.apply(file(asked), progress);
        ArrayNode done = answer.putArray("done");
        applied.done().forEach(event -> done.add(History.json(event)));
        answer.set("restart", changes(applied.restart()));
        ArrayNode refused = answer.putArray("refused");
        applied.refused()
                .ifPresent(reason -> {
                    refused.add(reason);
                    failed(answer, "refused", reason + "; nothing was changed");
                });
    }

    private static void done(Event event, ObjectNode answer) {
        answer.set("event", History.json(event));
    }

    private static ArrayNode changes(List<ConfigChange> changes) {
        ArrayNode all = JSON.createArrayNode();
        for (ConfigChange change : changes) {
            ObjectNode one = all.addObject();
            one.put("key", change.key());
            one.put("running", change.running());
            one.put("wanted", change.wanted());
            one.put("live", change.live());
            if (!change.what().isEmpty()) {
                one.put("what", change.what());
            }
        }
        return all;
    }

    private ArrayNode history(JsonNode asked) throws IOException {
        int most = Math.clamp(asked.path("most").asInt(50), 1, MOST_LINES);
        ArrayNode lines = JSON.createArrayNode();
        Optional<String> model = text(asked, "model");
        for (JsonNode line : history.last(most)) {
            if (model.map(line.path("model").asText()::equals).orElse(true)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private ArrayNode models() {
        ArrayNode models = JSON.createArrayNode();
        for (Post post : fleet.posts()) {
            models.add(ModelJson.of(post, fleet));
        }
        return models;
    }
}
