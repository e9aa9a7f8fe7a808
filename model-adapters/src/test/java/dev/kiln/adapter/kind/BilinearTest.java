package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BilinearTest {
    /// Going across first, the first of these would pass through 3 * 224 * 4,194,304 bytes, more than an array holds.
    @ParameterizedTest
    @CsvSource({"1, 4194304", "4194304, 1", "2, 2000000", "3, 3"})
    void aThinPictureIsNeverMadeLargerOnTheWay(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 77);

        Pixels fitted = Bilinear.resize(new Pixels(width, height, rgb), 224, 224);

        assertThat(fitted.width()).isEqualTo(224);
        assertThat(fitted.height()).isEqualTo(224);
        byte[] all = new byte[3 * 224 * 224];
        Arrays.fill(all, (byte) 77);
        assertThat(fitted.rgb()).isEqualTo(all);
    }
}
