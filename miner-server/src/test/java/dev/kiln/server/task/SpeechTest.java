package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Against silero-vad 6.2.3's own `get_speech_timestamps_from_probs` and `VADIterator`; see `silero_golden.py`.
class SpeechTest {
    private static final Path RECORDED = Path.of("src/test/resources/tasks/silero-vad-6.2.3.json");

    private static JsonNode recorded() throws IOException {
        return new JsonMapper().readTree(RECORDED.toFile());
    }

    private static Speech speech(JsonNode test) {
        JsonNode options = test.get("options");
        double perMilli = test.get("rate").asInt() / 1000.0;
        return new Speech(
                options.get("threshold").asDouble(),
                perMilli * options.get("min_speech_duration_ms").asInt(),
                perMilli * options.get("min_silence_duration_ms").asInt(),
                perMilli * options.get("speech_pad_ms").asInt());
    }

    private static float[] probabilities(JsonNode test) {
        float[] values = new float[test.get("probabilities").size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = test.get("probabilities").get(i).floatValue();
        }
        return values;
    }

    @Test
    void segmentsAreSilerosOwn() throws Exception {
        int segments = 0;
        for (JsonNode test : recorded()) {
            List<Speech.Segment> expected = new ArrayList<>();
            for (JsonNode segment : test.get("segments")) {
                expected.add(new Speech.Segment(segment.get(0).asLong(), segment.get(1).asLong()));
            }
            segments += expected.size();

            assertThat(
                            speech(test)
                                    .segments(
                                            probabilities(test),
                                            test.get("frame").asInt(),
                                            test.get("length").asLong()))
                    .as(test.get("options").toString())
                    .isEqualTo(expected);
        }
        assertThat(segments).isEqualTo(101);
    }

    @Test
    void eventsOfStreamsAreSilerosOwnHoweverTheyAreCut() throws Exception {
        for (JsonNode test : recorded()) {
            List<Speech.Event> expected = new ArrayList<>();
            for (JsonNode event : test.get("events")) {
                boolean starts = event.get(0).asText().equals("start");
                expected.add(new Speech.Event(starts, event.get(1).asLong()));
            }
            int frame = test.get("frame").asInt();
            float[] all = probabilities(test);
            for (int piece : new int[] {1, 3, all.length}) {
                List<Speech.Event> events = new ArrayList<>();
                var mood = Speech.Mood.SILENT;
                for (int from = 0; from < all.length; from += piece) {
                    float[] part =
                            Arrays.copyOfRange(all, from, Math.min(all.length, from + piece));
                    mood = speech(test).hear(mood, part, frame, (long) from * frame, events);
                }
                assertThat(events).as(test.get("options").toString()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aClipWithoutFramesHasNoSpeech() {
        assertThat(new Speech(0.5, 0, 0, 0).segments(new float[0], 512, 0)).isEmpty();
    }
}
