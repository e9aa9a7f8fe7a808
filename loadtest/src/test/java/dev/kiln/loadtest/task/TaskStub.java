package dev.kiln.loadtest.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.quality.LabelledFiles;
import dev.kiln.loadtest.quality.LabelledPictures;
import dev.kiln.loadtest.quality.LabelledSounds;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Question;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server that answers every task over real HTTP, unsigned: rightly, fast and wrongly, or with the answers of two
/// neighbours in each other's place.
public final class TaskStub implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double LOUD = 0.02;

    private final Subject subject;
    private final Manner manner;
    private final HttpServer server;
    private final Map<Integer, String> labels = new LinkedHashMap<>();
    private final int alone;
    private int count; // written by the server's only thread
    private byte[] before = new byte[0]; // written by the server's only thread

    /// How it answers.
    public enum Manner {
        RIGHT,
        /// The same to everybody, at once.
        CONSTANT,
        /// Right to whoever asks alone; later the one before's answer.
        MIXED_UP,
        /// NaN in place of every number.
        NO_NUMBERS
    }

    /// @param examiner whose things it is asked about: it knows what they are
    public TaskStub(Vertx vertx, Subject subject, Examiner examiner, Manner manner)
            throws Exception {
        this.subject = subject;
        this.manner = manner;
        List<Question> all = examiner.alone();
        this.alone = all.size() + 1;
        for (Question question : all) {
            labels.put(Arrays.hashCode(question.body()), question.thing().split(" ", 2)[0]);
        }
        this.server =
                vertx.createHttpServer()
                        .requestHandler(request -> {
                            if (request.method().name().equals("GET")) {
                                request.response().setStatusCode(404).end();
                                return;
                            }
                            request.body()
                                    .onSuccess(body ->
                                            request.response()
                                                    .putHeader("Content-Type", "application/json")
                                                    .end(Buffer.buffer(answer(body.getBytes()))));
                        })
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private byte[] answer(byte[] body) {
        byte[] asked = manner == Manner.MIXED_UP && count++ >= alone ? before : body;
        before = body;
        try {
            return JSON.writeValueAsBytes(
                    switch (subject) {
                        case IMAGE_CLASSIFICATION -> labelled(asked, LabelledPictures.LABELS);
                        case FILE_TYPE -> labelled(asked, LabelledFiles.TYPES);
                        case VOICE_ACTIVITY -> heard(asked);
                        case TENSORS -> doubled(asked);
                        case EMBEDDING -> throw new IllegalStateException("texts have a stub");
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sure of the true label, by a hair differently for each thing.
    private Object labelled(byte[] body, List<String> known) {
        String truth = manner == Manner.CONSTANT ? known.getFirst() : label(body);
        double sure =
                manner == Manner.CONSTANT
                        ? 0.9
                        : 0.8 + Math.floorMod(Arrays.hashCode(body), 199) / 1e3;
        List<Map<String, Object>> scores = new ArrayList<>();
        for (String label : known) {
            double score = label.equals(truth) ? sure : (1 - sure) / (known.size() - 1);
            scores.add(Map.of("label", label, "score", number(score)));
        }
        return scores;
    }

    private String label(byte[] body) {
        return labels.getOrDefault(Arrays.hashCode(body), "unheard of");
    }

    private Object number(double number) {
        return manner == Manner.NO_NUMBERS ? "NaN" : number;
    }

    /// Hears speech where it is loud.
    private Object heard(byte[] wav) {
        ByteBuffer samples = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).position(44);
        List<Object> probabilities = new ArrayList<>();
        while (samples.hasRemaining()) {
            double energy = 0;
            int in = 0;
            for (; in < LabelledSounds.FRAME && samples.hasRemaining(); in++) {
                double sample = samples.getShort() / 32768.0;
                energy += sample * sample;
            }
            double loud = Math.min(0.04, Math.sqrt(energy / in));
            double probability = loud > LOUD ? 0.9 + loud : 0.05 + loud;
            probabilities.add(number(manner == Manner.CONSTANT ? 0.7 : probability));
        }
        return Map.of(
                "frame_seconds",
                LabelledSounds.FRAME / (double) LabelledSounds.RATE,
                "probabilities",
                probabilities);
    }

    private Object doubled(byte[] body) throws IOException {
        List<Object> doubled = new ArrayList<>();
        for (JsonNode each : JSON.readTree(body).path("inputs").path(0).path("data")) {
            doubled.add(number(manner == Manner.CONSTANT ? 1 : 2 * each.asDouble()));
        }
        return Map.of("outputs", List.of(Map.of("name", "y", "data", doubled)));
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
