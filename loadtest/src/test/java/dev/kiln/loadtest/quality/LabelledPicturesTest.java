package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class LabelledPicturesTest {
    private static List<LabelledPictures.Labelled> pictures(long seed, int count) {
        var pictures = new LabelledPictures(seed);
        return Stream.generate(() -> pictures.next(48)).limit(count).toList();
    }

    @Test
    void theSameSeedDrawsTheSamePicturesAndAnotherSeedOthers() {
        List<LabelledPictures.Labelled> first = pictures(7, 32);
        List<LabelledPictures.Labelled> again = pictures(7, 32);
        List<LabelledPictures.Labelled> other = pictures(8, 32);

        for (int i = 0; i < first.size(); i++) {
            assertThat(again.get(i).png()).isEqualTo(first.get(i).png());
            assertThat(other.get(i).png()).isNotEqualTo(first.get(i).png());
        }
        assertThat(first.stream().map(LabelledPictures.Labelled::label).distinct())
                .containsExactlyElementsOf(LabelledPictures.LABELS);
    }

    @Test
    void everyPictureIsReadByTheJdkAndShowsSomething() throws Exception {
        for (LabelledPictures.Labelled each : pictures(3, 64)) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(each.png()));

            assertThat(image.getWidth()).isBetween(48, 54);
            assertThat(image.getHeight()).isBetween(48, 54);
            assertThat(contrast(image)).as(each.label()).isGreaterThan(40);
        }
    }

    /// Between the darkest and the brightest pixel of one colour.
    private static int contrast(BufferedImage image) {
        int most = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int least = 255;
            int greatest = 0;
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    int level = image.getRGB(x, y) >> shift & 0xff;
                    least = Math.min(least, level);
                    greatest = Math.max(greatest, level);
                }
            }
            most = Math.max(most, greatest - least);
        }
        return most;
    }
}
