package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

class LabelledSoundsTest {
    @Test
    void theSameSeedMakesTheSameClipsAndAnotherSeedOthers() {
        byte[] first = new LabelledSounds(7).next(2).wav();

        assertThat(new LabelledSounds(7).next(2).wav()).isEqualTo(first);
        assertThat(new LabelledSounds(8).next(2).wav()).isNotEqualTo(first);
    }

    @Test
    void aClipIsReadByTheJdkAsWhatItIs() throws Exception {
        byte[] wav = new LabelledSounds(1).next(1.5).wav();
        try (AudioInputStream sound =
                AudioSystem.getAudioInputStream(new ByteArrayInputStream(wav))) {
            AudioFormat format = sound.getFormat();

            assertThat(format.getSampleRate()).isEqualTo(16_000);
            assertThat(format.getChannels()).isEqualTo(1);
            assertThat(format.getSampleSizeInBits()).isEqualTo(16);
            assertThat(sound.getFrameLength()).isEqualTo(24_000);
        }
    }

    @Test
    void everyClipHasJudgedSpeechAndJudgedSilence() {
        var sounds = new LabelledSounds(5);
        for (int i = 0; i < 12; i++) {
            Frames truth = sounds.next(1.5 * (i % 3 + 1)).truth();
            int speech = 0;
            int silence = 0;
            for (int frame = 0; frame < truth.count(); frame++) {
                speech += truth.judged(frame) && truth.speech(frame) ? 1 : 0;
                silence += truth.judged(frame) && !truth.speech(frame) ? 1 : 0;
            }

            assertThat(speech).isGreaterThan(4);
            assertThat(silence).isGreaterThan(2);
        }
    }
}
