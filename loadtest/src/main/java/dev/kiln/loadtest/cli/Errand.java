package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.load.Caller;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.task.Examiner;
import dev.kiln.loadtest.task.Examiners;
import dev.kiln.loadtest.task.TextExaminer;
import dev.kiln.loadtest.traffic.Validator;
import dev.kiln.loadtest.traffic.Wording;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What is asked of a miner: which model, where, and what its answers must be.
///
/// @param model the name that answers must carry; empty where any will do
/// @param path and query to ask
record Errand(String model, String path, Examiner examiner) {
    /// To a miner of our own.
    static Errand own(LoadOptions options) throws Failure {
        Subject subject = options.task.subject().orElse(Subject.EMBEDDING);
        return of(options, Optional.of(options.task.served(subject)), subject, Optional.empty());
    }

    /// To a miner that runs; it is asked what it serves where that was not said.
    static Errand running(LoadOptions options, URI url, Hotkey miner, KeyPair caller, Screen screen)
            throws Failure, InterruptedException {
        Optional<Subject> named = options.task.subject();
        Optional<String> model = options.task.model();
        if (named.isEmpty() && options.mayLook()) {
            Optional<Look.Seen> seen = Look.at(url, miner, caller, model);
            if (seen.isPresent()) {
                screen.say(
                        "  task       %s, what the server says its model %s is for%s"
                                .formatted(
                                        seen.get().subject().task(),
                                        seen.get().model(),
                                        seen.get().others() == 0
                                                ? ""
                                                : "; another of its models: --model"));
                named = Optional.of(seen.get().subject());
                model = Optional.of(seen.get().model());
            }
        }
        if (named.equals(Optional.of(Subject.TENSORS)) && options.task.golden == null) {
            throw LoadOptions.cannot(
                    "its model eats tensors: give --golden FILE, inputs with the outputs they must have");
        }
        return of(options, model, named.orElse(Subject.EMBEDDING), Optional.of(url.getRawPath()));
    }

    private static Errand of(
            LoadOptions options, Optional<String> model, Subject subject, Optional<String> given)
            throws Failure {
        String asked = options.path;
        boolean bare = given.isEmpty() || given.get().isEmpty() || given.get().equals("/");
        try {
            if (subject == Subject.EMBEDDING) {
                String name = model.orElse(TaskOptions.USUAL_MODEL);
                boolean judged = !options.expect.equals("anything");
                String path = asked != null ? asked : bare ? Validator.TARGET : given.orElseThrow();
                var texts =
                        new TextExaminer(
                                name, wording(options, name), judged, options.task.sameText());
                return new Errand(name, path, texts);
            }
            requireThings(options);
            String name = model.orElse("");
            if (subject == Subject.TENSORS && name.isEmpty()) {
                throw LoadOptions.cannot("--task tensors needs --model NAME");
            }
            String path =
                    asked != null
                            ? asked
                            : bare ? Examiners.path(subject, name) : given.orElseThrow();
            return new Errand(name, path, things(options, subject, name));
        } catch (IOException e) {
            throw LoadOptions.cannot(String.valueOf(e.getMessage()));
        }
    }

    private static void requireThings(LoadOptions options) throws Failure {
        if (options.spoken().contains(Caller.Dialect.AXON)) {
            throw LoadOptions.cannot("a synapse takes texts only; ask in btauth or epistula");
        }
        if (options.body != null || options.expect.equals("anything")) {
            throw LoadOptions.cannot("--body and --expect anything are for texts only");
        }
    }

    private static Examiner things(LoadOptions options, Subject subject, String model)
            throws IOException, Failure {
        Path folder = options.task.inputs;
        if (folder != null) {
            return Examiners.folder(subject, folder, model);
        }
        return switch (subject) {
            case IMAGE_CLASSIFICATION -> Examiners.pictures(options.seed, model);
            case FILE_TYPE -> Examiners.files(options.seed, model);
            case VOICE_ACTIVITY -> Examiners.sounds(options.seed, model);
            case TENSORS -> {
                Path golden = options.task.golden;
                if (golden == null) {
                    throw LoadOptions.cannot("--task tensors needs --golden FILE");
                }
                yield Examiners.tensors(golden, model);
            }
            case EMBEDDING -> throw new IllegalArgumentException("texts are no things");
        };
    }

    private static Wording wording(LoadOptions options, String model) throws Failure {
        Path body = options.body;
        if (body == null) {
            return Wording.embeddings(model);
        }
        try {
            return Wording.template(Files.readString(body), model);
        } catch (IOException e) {
            throw LoadOptions.cannot(
                    "--body %s cannot be read (%s)".formatted(body, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw LoadOptions.cannot("--body %s: %s".formatted(body, e.getMessage()));
        }
    }
}
