package dev.kiln.server.config;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Patience;
import dev.kiln.core.Patience.From;
import dev.kiln.core.Route.AnswerShape;
import dev.kiln.core.Terms.WhenLate;
import dev.kiln.natives.DeviceWish;
import dev.kiln.server.config.Config.Auth;
import dev.kiln.server.config.Config.Folders;
import dev.kiln.server.config.Config.Identity;
import dev.kiln.server.config.Config.Model;
import dev.kiln.server.config.Config.RouteEntry;
import dev.kiln.server.config.Config.Server;
import dev.kiln.server.task.Tasks;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads a configuration: a file or none, with `--set` laid over it. The order of keys here is the order everywhere.
public final class ConfigFile {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");
    private static final Set<String> RESERVED =
            Set.of("/v1/models", "/v1/capacity", "/livez", "/readyz", "/metrics");

    private ConfigFile() {}

    /// The configuration without a file.
    ///
    /// @param sets `key=value`, laid over the defaults
    public static Config defaults(List<String> sets) throws ConfigException {
        return parse("", "--set", Path.of(""), sets).config();
    }

    /// The configuration of a file.
    ///
    /// @param sets `key=value`, laid over the file
    public static Config read(Path file, List<String> sets) throws ConfigException {
        return settle(file, sets).config();
    }

    static Settled settle(ConfigSource source) throws ConfigException {
        return source.file().isPresent()
                ? settle(source.file().get(), source.sets())
                : parse("", "--set", Path.of(""), source.sets());
    }

    private static Settled settle(Path file, List<String> sets) throws ConfigException {
        String yaml;
        try {
            yaml = SmallFile.read(file);
        } catch (NoSuchFileException _) {
            throw new ConfigException(file.toString(), List.of("there is no such file"));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
        }
        Path folder = file.toAbsolutePath().getParent();
        return parse(
                yaml,
                String.valueOf(file.getFileName()),
                folder == null ? Path.of("") : folder,
                sets);
    }

    static Settled parse(String yaml, String source, Path folder, List<String> sets)
            throws ConfigException {
        Reading reading = new Reading(new Problems(), folder);
        Config config = read(yaml, sets, reading);
        reading.problems().orThrow(source);
        return new Settled(config, reading.settings());
    }

    /// Every key in its order, as asked for while the defaults are read.
    static List<Reading.Key> keys() {
        Reading reading = new Reading(new Problems(), Path.of(""));
        read("", List.of(), reading);
        return reading.keys();
    }

    private static Config read(String yaml, List<String> sets, Reading reading) {
        Map<String, Object> root = new LinkedHashMap<>();
        if (Tree.parse(yaml, reading.problems()) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> root.put(String.valueOf(key), value));
        } else {
            reading.problems().add("", "must be a mapping of keys at its top");
        }
        new Overrides(root, reading.problems()).apply(sets);
        Section section = new Section(root, "", reading);
        Config config = config(section);
        section.refuseUnknown();
        return config;
    }

    private static Config config(Section root) {
        Server server = ServerKeys.read(root);
        Own hotkey = root.section("hotkey", ConfigFile::hotkey);
        Identity identity = identity(root, hotkey);
        Folders folders =
                new Folders(
                        root.section("state", keys -> keys.path("folder")),
                        root.section("cache", keys -> keys.path("folder")),
                        root.section("capacity", keys -> keys.path("file")));
        Auth auth = root.section("auth", ConfigFile::auth);
        LimitKeys.Limits limits = LimitKeys.read(root);
        Duration grace = root.section("drain", keys -> keys.duration("grace", Duration.ZERO));
        List<Model> models = root.list("models", ConfigFile::model);
        Set<String> names = new HashSet<>();
        for (Model model : models) {
            if (!names.add(model.name())) {
                root.problem("models", "two are named " + model.name());
            }
        }
        Set<String> paths = new HashSet<>(RESERVED);
        List<RouteEntry> routes =
                new ArrayList<>(root.list("routes", keys -> route(keys, names, paths)));
        routes.addAll(root.listOrNone("synapses", keys -> SynapseKeys.read(keys, names, paths)));
        return new Config(
                server,
                identity,
                folders,
                auth,
                limits.http(),
                limits.calls(),
                grace,
                models,
                List.copyOf(routes));
    }

    private record Own(Optional<Path> file, Optional<Path> passwordFile, Duration grace) {}

    private static Own hotkey(Section keys) {
        Own own =
                new Own(
                        keys.path("file"),
                        keys.path("password-file"),
                        keys.duration("grace", Duration.ofMinutes(30)));
        if (own.passwordFile().isPresent() && own.file().isEmpty()) {
            keys.problem("password-file", "needs hotkey.file");
        }
        return own;
    }

    private static Identity identity(Section root, Own hotkey) {
        return root.section(
                "roster",
                roster -> {
                    Optional<Path> file = roster.path("file");
                    Optional<Duration> maxAge = roster.optionalDuration("max-age");
                    if (maxAge.isPresent() && file.isEmpty()) {
                        roster.problem("max-age", "needs roster.file");
                    }
                    return new Identity(
                            hotkey.file(),
                            hotkey.passwordFile(),
                            hotkey.grace(),
                            file,
                            maxAge,
                            root.section("api-keys", keys -> keys.path("file")));
                });
    }

    private static Auth auth(Section keys) {
        Duration maxAge = keys.span("max-age", Duration.ofSeconds(10));
        Duration skew = keys.duration("skew", Duration.ofSeconds(2));
        if (skew.compareTo(maxAge) > 0) {
            keys.problem(
                    "skew",
                    "must not exceed auth.max-age = %s: a restart waits this long"
                            .formatted(Units.text(maxAge)));
        }
        return new Auth(
                maxAge,
                skew,
                keys.span("axon-max-age", Duration.ofSeconds(30)),
                keys.amount("min-stake", 0, "TAO, 0 or more"),
                keys.section("shared", ServerKeys::shared));
    }

    private static Model model(Section keys) {
        String name = keys.text("name");
        if (!NAME.matcher(name).matches() && !name.equals("?")) {
            keys.problem("name", "must be letters, digits, dots and dashes, at most 64");
        }
        return new Model(
                name,
                keys.source("source"),
                keys.whole("max-tokens", 128, 2, 8192),
                device(keys),
                keys.flag("require-gpu", false),
                keys.cores("engine-threads"),
                keys.section(
                        "batch",
                        batch ->
                                new BatchPolicy(
                                        batch.whole("max-items", 32, 1, 4096),
                                        batch.whole("max-cost", 1024, 1, 100_000_000),
                                        batch.share("max-padding", 0.1),
                                        batch.duration("max-linger", Duration.ZERO))));
    }

    private static String device(Section keys) {
        String device = keys.text("device", "auto");
        if (DeviceWish.parse(device).isEmpty()) {
            keys.problem("device", "must be " + DeviceWish.SPELLINGS);
        }
        return device;
    }

    private static RouteEntry route(Section keys, Set<String> models, Set<String> taken) {
        String path = keys.text("path");
        if (!PATH.matcher(path).matches()) {
            keys.problem("path", "must be a plain path like /v1/embeddings");
        } else if (!taken.add(path)) {
            keys.problem("path", "is taken already: " + path);
        }
        String task = task(keys);
        if (task.equals("open-inference") && !path.endsWith("/v2")) {
            keys.problem("path", "must end with /v2, where clients of this protocol look");
        }
        return new RouteEntry(
                path,
                task,
                model(keys, models),
                keys.span("deadline", Duration.ofSeconds(10)),
                patience(keys, false),
                keys.flag("require-receiver", true),
                answers(keys),
                Optional.empty());
    }

    static String task(Section keys) {
        String task = keys.text("task");
        if (Tasks.named(task).isEmpty() && !task.equals("?")) {
            keys.problem(
                    "task",
                    "there is no task of this name; known: " + String.join(", ", Tasks.names()));
        }
        return task;
    }

    static Optional<String> model(Section keys, Set<String> models) {
        Optional<String> model = keys.optional("model");
        if (model.isPresent() && !models.contains(model.get())) {
            keys.problem("model", "no model is named so; known: " + String.join(", ", models));
        }
        return model;
    }

    static AnswerShape answers(Section keys) {
        return keys.choice(
                "answers",
                AnswerShape.KILN_1,
                Map.of("kiln-1", AnswerShape.KILN_1, "off", AnswerShape.OFF));
    }

    /// @param body whether callers may say in the body how long they wait
    static Patience patience(Section keys, boolean body) {
        Map<String, From> sources = new HashMap<>();
        sources.put("config", From.CONFIG);
        sources.put("dialect", From.DIALECT);
        sources.put("header", From.HEADER);
        if (body) {
            sources.put("body", From.BODY);
        }
        From from = keys.choice("deadline-from", Patience.DEFAULT.from(), sources);
        String header = keys.text("deadline-header", Patience.DEFAULT.header());
        if (!HEADER.matcher(header).matches()) {
            keys.problem("deadline-header", "must be the name of a header");
        }
        Optional<String> field = body ? Optional.empty() : keys.optional("deadline-field");
        if (field.isPresent() && !FIELD.matcher(field.get()).matches()) {
            keys.problem("deadline-field", "must be the name of a field of the body, or none");
        }
        WhenLate whenLate =
                keys.choice(
                        "when-late",
                        WhenLate.REFUSE,
                        Map.of(
                                "refuse", WhenLate.REFUSE,
                                "queue", WhenLate.QUEUE,
                                "answer", WhenLate.ANSWER));
        return new Patience(from, header, field, whenLate);
    }
}
