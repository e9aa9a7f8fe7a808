package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.answer;
import static dev.kiln.server.task.Asking.setting;
import static dev.kiln.server.task.Asking.to;
import static dev.kiln.server.task.Asking.type;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceActivityTaskTest {
    private static final String PCM = "audio/pcm;rate=8000";
    private static final String RULES =
            "min_speech_duration_ms=0&min_silence_duration_ms=0&speech_pad_ms=0";

    private final HandTime time = new HandTime();
    private final Task task = new VoiceActivityTask(setting(time, ToyModel.SOUND));

    /// Frames of four samples, each as loud as said.
    private static byte[] pcm(ByteOrder order, double... frames) {
        ByteBuffer bytes = ByteBuffer.allocate(frames.length * 8).order(order);
        for (double frame : frames) {
            for (int i = 0; i < 4; i++) {
                bytes.putShort((short) (frame * 32_768));
            }
        }
        return bytes.array();
    }

    private static byte[] wav(byte[] pcm, int rate) {
        ByteBuffer file = ByteBuffer.allocate(44 + pcm.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(UTF_8)).putInt(36 + pcm.length).put("WAVEfmt ".getBytes(UTF_8));
        file.putInt(16).putShort((short) 1).putShort((short) 1).putInt(rate).putInt(rate * 2);
        file.putShort((short) 2).putShort((short) 16).put("data".getBytes(UTF_8));
        return file.putInt(pcm.length).put(pcm).array();
    }

    private static byte[] little(double... frames) {
        return pcm(ByteOrder.LITTLE_ENDIAN, frames);
    }

    private static JsonNode json(String text) throws Exception {
        return new JsonMapper().readTree(text);
    }

    private JsonNode piece(String caller, String stream, int piece, String more, double... frames)
            throws Exception {
        String target = "/?%s&stream=%s&piece=%d%s".formatted(RULES, stream, piece, more);
        return json(answer(task, Asking.by(caller, "POST", target, little(frames), type(PCM))));
    }

    private Refused refusedPiece(String caller, String stream, int piece, byte[] body) {
        String target = "/?stream=%s&piece=%d".formatted(stream, piece);
        return Asking.refused(task, Asking.by(caller, "POST", target, body, type(PCM)));
    }

    @Test
    void aClipIsAnsweredWithProbabilitiesAndSegments() throws Exception {
        String answer =
                answer(
                        task,
                        to(
                                "POST",
                                "/?" + RULES,
                                wav(little(0, 0.75, 0.75, 0, 0), 8000),
                                type("audio/wav")));

        assertThat(answer)
                .isEqualTo(
                        "{\"model\":\"ears\",\"rate\":8000,\"frame_seconds\":5.0E-4,\"seconds\":0.0025,"
                                + "\"probabilities\":[0.0,0.75,0.75,0.0,0.0],"
                                + "\"segments\":[{\"start\":5.0E-4,\"end\":0.0015}]}");
    }

    @Test
    void everyFormMeansTheSame() throws Exception {
        double[] frames = {0.75, 0, 0.5};
        byte[] wav = wav(little(frames), 8000);
        String base64 = Base64.getEncoder().encodeToString(wav);
        String raw = Base64.getEncoder().encodeToString(little(frames));
        String expected = answer(task, to("POST", "/", wav, type("audio/x-wav")));

        assertThat(answer(task, to("POST", "/", little(frames), type(PCM)))).isEqualTo(expected);
        assertThat(
                        answer(
                                task,
                                to(
                                        "POST",
                                        "/",
                                        pcm(ByteOrder.BIG_ENDIAN, frames),
                                        type("audio/L16; rate=8000; channels=1"))))
                .isEqualTo(expected);
        assertThat(
                        answer(
                                task,
                                Asking.with(
                                        "{\"inputs\":\"%s\"}".formatted(base64).getBytes(UTF_8))))
                .isEqualTo(expected);
        assertThat(
                        answer(
                                task,
                                Asking.with(
                                        "{\"inputs\":\"%s\",\"parameters\":{\"format\":\"pcm\",\"rate\":8000}}"
                                                .formatted(raw)
                                                .getBytes(UTF_8))))
                .isEqualTo(expected);
    }

    @Test
    void anotherRateIsRefusedWithWhatToDo() {
        assertThat(Asking.refused(task, to("POST", "/", wav(little(0), 44_100), type("audio/wav"))))
                .hasMessage(
                        "the sound has 44100 samples a second, the model hears 8000; resample it, e.g. ffmpeg -i IN -ar 8000 -ac 1 out.wav");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/?threshold=2",
                "/?threshold=NaN",
                "/?threshold=0",
                "/?min_speech_duration_ms=-1",
                "/?speech_pad_ms=1e3",
                "/?thresh=0.5",
                "/?stream=x",
                "/?piece=0",
                "/?stream=x&piece=-1",
                "/?stream=x&piece=0&final=yes",
                "/?stream=%20&piece=0",
                "/?format=pcm",
            })
    void optionsThatAreNotUnderstoodAreRefused(String target) {
        assertThat(Asking.refused(task, to("POST", target, little(0), type(PCM))).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audio/pcm",
                "audio/pcm;rate=0",
                "audio/pcm;rate=x",
                "audio/pcm;rate=8000;rate=8000",
                "audio/pcm;rate=8000;channels=0",
                "audio/pcm;rate=8000;channels=3",
                "audio/pcm;rate=8000;bits=8",
                "audio/pcm;rate",
            })
    void rawSamplesNeedARateAndNothingUnknown(String type) {
        assertThat(Asking.refused(task, to("POST", "/", little(0), type(type))).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void aListOfClipsIsRefused() {
        String one = Base64.getEncoder().encodeToString(wav(little(0), 8000));

        assertThat(
                        Asking.refused(
                                task,
                                Asking.with(
                                        "{\"inputs\":[\"%s\"]}".formatted(one).getBytes(UTF_8))))
                .hasMessage("inputs must be one clip, no list");
    }

    @Test
    void aStreamsPiecesGoOnFromEachOther() throws Exception {
        JsonNode first = piece("a", "x", 0, "", 0, 0.75);
        JsonNode second = piece("a", "x", 1, "", 0.75, 0, 0);
        JsonNode third = piece("a", "x", 2, "&final=true", 0.75);

        assertThat(first.at("/from").asDouble()).isZero();
        assertThat(first.at("/speaking").asBoolean()).isTrue();
        assertThat(first.at("/events").toString()).isEqualTo("[{\"start\":5.0E-4}]");
        assertThat(second.at("/from").asDouble()).isEqualTo(0.001);
        assertThat(second.at("/events").toString()).isEqualTo("[{\"end\":0.0015}]");
        assertThat(second.at("/speaking").asBoolean()).isFalse();
        assertThat(third.at("/events").toString())
                .isEqualTo("[{\"start\":0.0025},{\"end\":0.003}]");
        assertThat(refusedPiece("a", "x", 3, little(0)).reason()).isEqualTo(Refusal.TASK_STREAM);
    }

    @Test
    void theModelGetsTheStateOfThisVeryStream() throws Exception {
        piece("a", "x", 0, "", 0.25);
        piece("b", "x", 0, "", 0.5);
        piece("a", "y", 0, "", 0.125);

        assertThat(state("a", "x")).isEqualTo(4 * 0.25f);
        assertThat(state("b", "x")).isEqualTo(4 * 0.5f);
        assertThat(state("a", "y")).isEqualTo(4 * 0.125f);
    }

    private float state(String caller, String stream) throws Refused {
        Task.Question question =
                task.decode(
                        Asking.by(
                                caller,
                                "POST",
                                "/?piece=1&stream=" + stream,
                                little(0),
                                type(PCM)));
        var sound = (ModelInput.Sound) question.inputs().getFirst();
        return sound.state().orElseThrow()[0];
    }

    @Test
    void piecesOutOfOrderAndOfHalfFramesAreRefused() throws Exception {
        piece("a", "x", 0, "", 0);

        assertThat(refusedPiece("a", "x", 0, little(0)).reason()).isEqualTo(Refusal.TASK_STREAM);
        assertThat(refusedPiece("a", "x", 2, little(0)).reason()).isEqualTo(Refusal.TASK_STREAM);
        assertThat(refusedPiece("a", "x", 1, new byte[6]))
                .hasMessage(
                        "a piece that is not the final one must be whole frames of 4 samples, was 3 samples");
        assertThat(piece("a", "x", 1, "", 0).at("/piece").asInt()).isEqualTo(1);
    }

    @Test
    void aModelThatKeepsNothingBetweenPiecesIsAskedForWholeClips() throws Exception {
        Task.Question question =
                task.decode(to("POST", "/?stream=x&piece=0", little(0), type(PCM)));
        var stateless = List.<ModelOutput>of(new ModelOutput.Speech(new float[1], new float[0]));

        assertThat(catchThrowableOfType(Refused.class, () -> question.encode(stateless)))
                .hasMessage("this model keeps nothing between pieces: send whole clips");
        assertThat(refusedPiece("a", "x", 1, little(0)).reason()).isEqualTo(Refusal.TASK_STREAM);
    }

    @Test
    void aCallersStreamsAreBounded() throws Exception {
        piece("a", "x", 0, "", 0);
        piece("a", "y", 0, "", 0);

        assertThat(refusedPiece("a", "z", 0, little(0)).reason()).isEqualTo(Refusal.LIMIT_STREAMS);
    }

    @Test
    void aStateIsNeverGivenToAnotherModel() throws Exception {
        var models = new AtomicReference<>(List.of(ToyModel.SOUND));
        var limits = new Setting.Limits(4, 20, 4, 2, Duration.ofSeconds(10));
        Task swapped =
                new VoiceActivityTask(new Setting("v", "/v", models::get, _ -> true, limits, time));
        answer(swapped, to("POST", "/?stream=x&piece=0", little(0), type(PCM)));
        ModelInfo old = ToyModel.SOUND;
        models.set(
                List.of(
                        new ModelInfo(
                                old.name(),
                                "cd".repeat(32),
                                old.engine(),
                                old.purpose(),
                                old.device())));

        Refused refused =
                Asking.refused(swapped, to("POST", "/?stream=x&piece=1", little(0), type(PCM)));
        assertThat(refused.reason()).isEqualTo(Refusal.TASK_STREAM);
        assertThat(refused).hasMessageStartingWith("the model was exchanged since stream x began");
    }
}
