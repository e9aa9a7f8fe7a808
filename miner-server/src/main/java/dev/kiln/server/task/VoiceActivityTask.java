package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Sound to where somebody speaks: WAV or raw PCM as the body, or base64 in JSON. A whole clip in one call, or a stream
/// in numbered pieces, whose state is kept here between them.
public final class VoiceActivityTask implements Task {
    private static final Set<String> MEDIA =
            Set.of(
                    "application/json",
                    "audio/wav",
                    "audio/wave",
                    "audio/x-wav",
                    "audio/vnd.wave",
                    "audio/pcm",
                    "audio/l16");

    private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Setting setting;
    private final Choice<Purpose.VoiceActivity> models;
    private final Streams<Heard> streams;

    public VoiceActivityTask(Setting setting) {
        this.setting = setting;
        this.models = new Choice<>(setting.models(), Purpose.VoiceActivity.class);
        this.streams =
                new Streams<>(
                        setting.limits().streams(),
                        setting.limits().streamsPerCaller(),
                        setting.limits().streamIdle(),
                        setting.time());
    }

    /// What is kept of a stream.
    ///
    /// @param sha256 of the model whose state it is
    /// @param samples heard so far
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Heard(String sha256, long samples, float[] state, Speech.Mood mood) {}

    @Override
    public String name() {
        return setting.name();
    }

    @Override
    public Set<String> media() {
        return MEDIA;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        BlobRequest request = BlobRequest.read(asked, 1);
        var chosen = models.of(request.model());
        Purpose.VoiceActivity purpose = chosen.purpose();
        Options options = request.options();
        float[] samples = samples(asked, request, purpose.rate());
        double perMilli = purpose.rate() / 1000.0;
        var speech =
                new Speech(
                        options.number("threshold", 0.5, 0.01, 1),
                        perMilli * options.whole("min_speech_duration_ms", 250, 0, 60_000),
                        perMilli * options.whole("min_silence_duration_ms", 100, 0, 60_000),
                        perMilli * options.whole("speech_pad_ms", 30, 0, 10_000));
        Optional<String> stream = options.text("stream");
        if (stream.isEmpty()) {
            options.refuseUnknown();
            var input = new ModelInput.Sound(samples, Optional.empty());
            return new Clip(chosen.name(), purpose, speech, input);
        }
        if (!STREAM.matcher(stream.get()).matches()) {
            throw bad("stream must be 1 to 64 letters, digits, dots, dashes and underscores");
        }
        int number = options.whole("piece", -1, 0, Integer.MAX_VALUE - 1);
        if (number < 0) {
            throw bad("a stream's pieces are numbered from 0: piece is missing");
        }
        boolean last = options.flag("final");
        options.refuseUnknown();
        return piece(
                chosen,
                speech,
                samples,
                streams.next(asked.caller().name(), stream.get(), number),
                last);
    }

    private Piece piece(
            Choice.Chosen<Purpose.VoiceActivity> chosen,
            Speech speech,
            float[] samples,
            Streams.Piece<Heard> at,
            boolean last)
            throws Refused {
        Purpose.VoiceActivity purpose = chosen.purpose();
        if (!last && samples.length % purpose.frame() != 0) {
            throw bad(
                    "a piece that is not the final one must be whole frames of %d samples, was %d samples"
                            .formatted(purpose.frame(), samples.length));
        }
        String sha256 = chosen.model().sha256();
        if (at.state().isPresent() && !at.state().get().sha256().equals(sha256)) {
            throw new Refused(
                    Refusal.TASK_STREAM,
                    "the model was exchanged since stream %s began; begin another with piece 0"
                            .formatted(at.id()));
        }
        var input = new ModelInput.Sound(samples, at.state().map(Heard::state));
        Heard before = at.state().orElse(new Heard(sha256, 0, new float[0], Speech.Mood.SILENT));
        return new Piece(
                new Clip(chosen.name(), purpose, speech, input), streams, at, before, last);
    }

    private static float[] samples(Asked asked, BlobRequest request, int rate) throws Refused {
        if (request.blobs().size() != 1 || request.list()) {
            throw bad("inputs must be one clip, no list");
        }
        byte[] bytes = request.blobs().getFirst();
        Sound sound =
                switch (Options.media(asked.head())) {
                    case "audio/pcm" -> raw(bytes, "pcm", Options.ofMedia(asked.head()), true);
                    case "audio/l16" -> raw(bytes, "l16", Options.ofMedia(asked.head()), true);
                    case "", "application/json" -> {
                        String format = request.options().text("format").orElse("wav");
                        yield format.equals("wav")
                                ? Wav.read(bytes)
                                : raw(bytes, format, request.options(), false);
                    }
                    default -> Wav.read(bytes);
                };
        if (sound.rate() != rate) {
            throw bad(
                    "the sound has %d samples a second, the model hears %d; resample it, e.g. ffmpeg -i IN -ar %d -ac 1 out.wav"
                            .formatted(sound.rate(), rate, rate));
        }
        return sound.samples();
    }

    /// Samples of 16 bits without a head: `pcm` has the low byte first, `l16` the high one, as RFC 2586 says.
    ///
    /// @param alone whether the options hold nothing else
    private static Sound raw(byte[] bytes, String format, Options options, boolean alone)
            throws Refused {
        ByteOrder order =
                switch (format) {
                    case "pcm" -> ByteOrder.LITTLE_ENDIAN;
                    case "l16" -> ByteOrder.BIG_ENDIAN;
                    default -> throw bad("format must be wav, pcm or l16");
                };
        int rate = options.whole("rate", 0, 1, Sound.HIGHEST_RATE);
        int channels = options.whole("channels", 1, 1, Sound.MOST_CHANNELS);
        if (rate == 0) {
            throw bad("raw samples need their rate: audio/pcm;rate=16000");
        }
        if (alone) {
            options.refuseUnknown();
        }
        return Sound.of(
                ByteBuffer.wrap(bytes).order(order), Sound.Coding.SIGNED_16, channels, rate);
    }

    /// One whole clip.
    private record Clip(
            String model, Purpose.VoiceActivity purpose, Speech speech, ModelInput.Sound sound)
            implements Question {
        @Override
        public List<ModelInput> inputs() {
            return List.of(sound);
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) {
            float[] probabilities = outputs.getFirst().as(ModelOutput.Speech.class).probabilities();
            int length = sound.samples().length;
            return reply(
                    probabilities,
                    json -> {
                        json.writeArrayFieldStart("segments");
                        for (var each : speech.segments(probabilities, purpose.frame(), length)) {
                            json.writeStartObject();
                            json.writeNumberField("start", seconds(each.start()));
                            json.writeNumberField("end", seconds(each.end()));
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                    });
        }

        Reply reply(float[] probabilities, Rest rest) {
            var bytes = new ByteArrayOutputStream(256 + probabilities.length * 13);
            try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeStringField("model", model);
                json.writeNumberField("rate", purpose.rate());
                json.writeNumberField("frame_seconds", seconds(purpose.frame()));
                json.writeNumberField("seconds", seconds(sound.samples().length));
                json.writeArrayFieldStart("probabilities");
                for (float probability : probabilities) {
                    json.writeNumber(probability);
                }
                json.writeEndArray();
                rest.write(json);
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Reply(200, "application/json", bytes.toByteArray());
        }

        double seconds(long samples) {
            return samples / (double) purpose.rate();
        }
    }

    /// What an answer has behind the probabilities.
    @FunctionalInterface
    private interface Rest {
        void write(JsonGenerator json) throws IOException;
    }

    /// One piece of a stream.
    private record Piece(
            Clip clip, Streams<Heard> streams, Streams.Piece<Heard> at, Heard before, boolean last)
            implements Question {
        @Override
        public String model() {
            return clip.model();
        }

        @Override
        public List<ModelInput> inputs() {
            return clip.inputs();
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) throws Refused {
            var heard = outputs.getFirst().as(ModelOutput.Speech.class);
            if (heard.state().length == 0 && !last) {
                throw bad("this model keeps nothing between pieces: send whole clips");
            }
            float[] probabilities = heard.probabilities();
            List<Speech.Event> events = new ArrayList<>();
            int frame = clip.purpose().frame();
            long from = before.samples();
            var mood = clip.speech().hear(before.mood(), probabilities, frame, from, events);
            long to = from + clip.sound().samples().length;
            if (last && mood.speaking()) {
                events.add(new Speech.Event(false, to));
            }
            streams.keep(at, new Heard(before.sha256(), to, heard.state(), mood), last);
            return clip.reply(
                    probabilities,
                    json -> {
                        json.writeStringField("stream", at.id());
                        json.writeNumberField("piece", at.number());
                        json.writeNumberField("from", clip.seconds(from));
                        json.writeBooleanField("speaking", !last && mood.speaking());
                        json.writeArrayFieldStart("events");
                        for (Speech.Event event : events) {
                            json.writeStartObject();
                            json.writeNumberField(
                                    event.starts() ? "start" : "end", clip.seconds(event.at()));
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                    });
        }
    }
}
