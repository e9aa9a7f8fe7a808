package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class MedianTest {
    @Test
    void itIsTheMiddleOfWhatIsSorted() {
        assertThat(Median.of(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
    }

    @Test
    void anEvenCountHasTheMeanOfTheTwoInTheMiddle() {
        assertThat(Median.of(DoubleStream.of(4, 1, 2, 100))).isEqualTo(3.0);
    }

    @Test
    void ofNothingThereIsNone() {
        assertThat(Median.of(List.of())).isNaN();
    }
}
