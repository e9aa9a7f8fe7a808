package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.setting;
import static dev.kiln.server.task.Asking.to;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/// Requests of the Open Inference Protocol to models of every purpose.
final class Inferring {
    private static final Task TASK =
            new OpenInferenceTask(setting(ToyModel.ALL.toArray(new ModelInfo[0])));

    private Inferring() {}

    static final byte[] NOTHING = {};
    static final String GRID =
            "{\"name\":\"grid\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}";
    static final String IDS =
            "{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[7]}";
    static final String HALVES =
            "{\"name\":\"halves\",\"datatype\":\"FP16\",\"shape\":[1],\"data\":[0.5]}";

    static Task.Asked get(String path) {
        return to("GET", "/v2" + path, NOTHING);
    }

    static Task.Asked infer(String model, String body, Header... headers) {
        return to("POST", "/v2/models/" + model + "/infer", body.getBytes(UTF_8), headers);
    }

    /// JSON and bytes behind it, as the header says.
    static Task.Asked binary(String model, String json, byte[] bytes) {
        return binary(model, json, bytes, Integer.toString(json.length()));
    }

    static Task.Asked binary(String model, String json, byte[] bytes, String stated) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(UTF_8));
        body.writeBytes(bytes);
        return to(
                "POST",
                "/v2/models/" + model + "/infer",
                body.toByteArray(),
                new Header("inference-header-content-length", stated));
    }

    static byte[] little(int size, Consumer<ByteBuffer> put) {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        put.accept(bytes);
        return bytes.array();
    }

    static Reply reply(Task.Asked asked) throws Refused {
        Task.Question question = TASK.decode(asked);
        return question.encode(ToyModel.answers(question));
    }

    static JsonNode json(Task.Asked asked) throws Exception {
        return new JsonMapper().readTree(reply(asked).body());
    }

    static Refused refused(Task.Asked asked) {
        return Asking.refused(TASK, asked);
    }

    static String mirror(String... inputs) {
        return "{\"inputs\":[" + String.join(",", inputs) + "]}";
    }

    static String square(String datatype, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}"
                .formatted(datatype, shape, data);
    }
}
