package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.ApiKeys;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Admission;
import dev.kiln.core.Answered;
import dev.kiln.core.BatchPolicy;
import dev.kiln.core.CallPath;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Served;
import dev.kiln.core.Slot;
import dev.kiln.core.Task;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.server.http.CallObserver;
import dev.kiln.server.http.Endpoint;
import dev.kiln.server.http.ErrorReplies;
import dev.kiln.server.http.EventLoop;
import dev.kiln.server.http.HttpFront;
import dev.kiln.server.http.HttpSettings;
import dev.kiln.server.task.Setting;
import dev.kiln.server.task.SynapseEmbeddingsTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/// The server with the synapses of the recorded Axon, at a moment that a test sets: `TextEmbedding` is ours, over a model
/// that counts characters as the recorded one did; the others are registered here only.
final class SynapseRig implements AutoCloseable {
    static final Map<String, HashFields> SYNAPSES =
            Map.of(
                    "/TextEmbedding", HashFields.NONE,
                    "/IsAlive", HashFields.NONE,
                    "/Everything", HashFields.NONE,
                    "/Chat", HashFields.NONE,
                    "/HashedEmbedding",
                            HashFields.parse(
                                    "texts list[str], n int, scale float, options dict[any]"));

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofMinutes(1);

    final KeyPair miner = key("//Bob");
    final BlockingQueue<Optional<Refusal>> verdicts = new LinkedBlockingQueue<>();

    private final SetTime time;
    private final EventLoop loop;
    private final Lane lane;
    private final int port;

    SynapseRig(long epochNanos) throws IOException, InterruptedException {
        this.time = new SetTime(epochNanos);
        this.loop = EventLoop.start(time);
        this.lane =
                Lane.start(
                        new CharacterCounter(),
                        new LaneSettings(new BatchPolicy(8, 1024, 1, Duration.ZERO), 1, 100_000),
                        time);
        Map<String, Task> tasks = new HashMap<>();
        Map<String, Endpoint> endpoints = new HashMap<>();
        for (Task task : tasks()) {
            tasks.put(task.name(), task);
            var route =
                    new Route(
                            "/" + task.name(),
                            task.name(),
                            1 << 20,
                            LONG,
                            true,
                            Route.AnswerShape.KILN_1);
            endpoints.put(route.path(), new Endpoint.Calls(route, List.of("POST", "GET")));
        }
        var served = new Served(tasks, Map.of("counter", new Slot("counter", List.of(lane), time)));
        var calls = new CallPath(gates(), new Admission(8, 8), served, new ErrorReplies(), time);
        var waits = new HttpSettings.Waits(LONG, LONG, LONG);
        var settings =
                new HttpSettings(
                        "127.0.0.1",
                        0,
                        16 << 10,
                        waits,
                        1 << 24,
                        1 << 24,
                        64,
                        new HttpSettings.Refusals(2000, 500, 500));
        this.port = new HttpFront(settings, endpoints, calls, observer(), loop).start();
    }

    int port() {
        return port;
    }

    void setTime(long epochNanos) {
        time.epochNanos = epochNanos;
    }

    static KeyPair key(String uri) {
        try {
            return KeyPair.fromUri(uri, Scheme.SR25519);
        } catch (KeyFormatException e) {
            throw new IllegalArgumentException(uri, e);
        }
    }

    private Gates gates() {
        Map<Hotkey, Roster.Member> members = new HashMap<>();
        for (String uri : List.of("//Alice", "//Charlie")) {
            Hotkey hotkey = key(uri).hotkey();
            boolean permit = uri.equals("//Alice");
            members.put(
                    hotkey,
                    new Roster.Member(hotkey, Scheme.SR25519, 1000, permit, Roster.Sees.FULL));
        }
        var roster = new Roster(members, Instant.EPOCH);
        var window = ReplayGuard.Limits.of(Duration.ofSeconds(30), Duration.ofSeconds(2));
        var settings =
                new Gates.Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        0,
                        OptionalDouble.empty(),
                        2,
                        64,
                        Duration.ofSeconds(30));
        return new Gates(
                settings,
                new Gates.Parts(
                        miner,
                        () -> roster,
                        ApiKeys.NONE,
                        ReplayGuard.inMemory(true, window, time),
                        SYNAPSES),
                time);
    }

    private CallObserver observer() {
        return new CallObserver() {
            @Override
            public void answered(Route route, Answered answered, String source, long tookNanos) {
                verdicts.add(answered.refusal());
            }

            @Override
            public void refused(String route, Refused refused, String source) {
                verdicts.add(Optional.of(refused.reason()));
            }
        };
    }

    private static List<Task> tasks() {
        return List.of(
                new SynapseEmbeddingsTask(
                        new Setting(
                                "TextEmbedding",
                                "/TextEmbedding",
                                () -> List.of(new CharacterCounter().info()),
                                _ -> true,
                                new Setting.Limits(16, 1000, 1, 1, LONG),
                                Time.SYSTEM),
                        new SynapseEmbeddingsTask.Names("texts", "embeddings")),
                new Answering("IsAlive", fields -> fields.put("answer", "yes")),
                new Answering("Everything", SynapseRig::everything),
                new Answering("HashedEmbedding", SynapseRig::hashed),
                new Chat());
    }

    private static ObjectNode everything(ObjectNode fields) {
        var echo = fields.putObject("answer").putArray("echo");
        List.of("s", "i", "f", "b", "l", "d", "o", "defaulted")
                .forEach(name -> echo.add(fields.get(name)));
        return fields;
    }

    private static ObjectNode hashed(ObjectNode fields) {
        var all = fields.putArray("embeddings");
        for (JsonNode text : fields.get("texts")) {
            all.addArray()
                    .add((double) text.textValue().length())
                    .add(fields.get("scale").doubleValue());
        }
        return fields;
    }

    /// A synapse without a model.
    private record Answering(String name, UnaryOperator<ObjectNode> answer) implements Task {
        @Override
        public Question decode(Asked asked) {
            ObjectNode fields = answer.apply(object(asked.body()));
            fields.withObject("/axon").put("status_code", 200).put("status_message", "Success");
            return new Ready(new Reply(200, "application/json", fields.toString().getBytes(UTF_8)));
        }
    }

    /// The streamed synapse, token by token.
    private record Chat() implements Task {
        @Override
        public String name() {
            return "Chat";
        }

        @Override
        public Question decode(Asked asked) {
            return new Chatting();
        }
    }

    private record Chatting() implements Task.Question, Task.Pieces {
        private static final List<String> TOKENS = List.of("Hel", "lo ", "wörld", "😀");

        @Override
        public String model() {
            return "counter";
        }

        @Override
        public List<ModelInput> inputs() {
            return TOKENS.stream().<ModelInput>map(ModelInput.Text::new).toList();
        }

        @Override
        public Optional<Task.Pieces> pieces() {
            return Optional.of(this);
        }

        @Override
        public String contentType() {
            return "text/event-stream";
        }

        @Override
        public byte[] encode(int index, ModelOutput output) {
            return TOKENS.get(index).getBytes(UTF_8);
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) {
            throw new IllegalStateException("this is answered in pieces");
        }
    }

    private record Ready(Reply reply) implements Task.Question {
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

    private static ObjectNode object(byte[] body) {
        try {
            return (ObjectNode) JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        lane.close();
        loop.close();
    }

    /// A wall clock that stands still until it is set.
    private static final class SetTime implements Time {
        private volatile long epochNanos;

        SetTime(long epochNanos) {
            this.epochNanos = epochNanos;
        }

        @Override
        public long epochNanos() {
            return epochNanos;
        }

        @Override
        public long tick() {
            return 1_000;
        }
    }
}
