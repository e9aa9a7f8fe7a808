package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.List;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

class BlobsTest {
    @Test
    void clipsAreWavsOfFourToSixSecondsThatAnotherReaderTakes() throws Exception {
        for (Blobs clip : Blobs.clips(1, 5)) {
            try (var sound =
                    AudioSystem.getAudioInputStream(new ByteArrayInputStream(clip.asSent()))) {
                assertThat(sound.getFormat().getSampleRate()).isEqualTo(Blobs.RATE);
                assertThat(sound.getFormat().getChannels()).isEqualTo(1);
                assertThat(sound.getFrameLength() / (double) Blobs.RATE).isBetween(4.0, 6.0);
                assertThat(sound.readAllBytes()).isEqualTo(clip.inRaw());
            }
        }
    }

    @Test
    void theSameSeedMakesTheSameBytesAndAnotherSeedOthers() throws Exception {
        assertThat(sent(Blobs.pictures(3, 4, 64))).isEqualTo(sent(Blobs.pictures(3, 4, 64)));
        assertThat(sent(Blobs.pictures(3, 4, 64))).isNotEqualTo(sent(Blobs.pictures(4, 4, 64)));
        assertThat(sent(Blobs.clips(3, 2))).isEqualTo(sent(Blobs.clips(3, 2)));
    }

    private static List<String> sent(List<Blobs> blobs) {
        return blobs.stream()
                .map(each -> java.util.HexFormat.of().formatHex(each.asSent()))
                .toList();
    }
}
