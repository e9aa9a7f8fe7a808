package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CanariesTest {
    private static final double TOLERANCE = 1e-4;
    private static final int MARKS = 64;

    private static float[] alone(int mark) {
        var random = new Random(mark);
        float[] answer = new float[16];
        for (int i = 0; i < answer.length; i++) {
            answer[i] = random.nextFloat();
        }
        return answer;
    }

    /// As a batch of this size gives it: the same within the tolerance.
    private static float[] batched(int mark, Random noise) {
        float[] answer = alone(mark);
        for (int i = 0; i < answer.length; i++) {
            answer[i] += (float) (0.9 * TOLERANCE * (2 * noise.nextFloat() - 1));
        }
        return answer;
    }

    private static Canaries learned() {
        var canaries = new Canaries(TOLERANCE);
        for (int mark = 0; mark < MARKS; mark++) {
            canaries.learn("mark " + mark, alone(mark));
        }
        return canaries;
    }

    @Test
    void batchingAloneIsNoMixUp() {
        Canaries canaries = learned();
        var noise = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            int mark = noise.nextInt(MARKS);
            canaries.check("mark " + mark, batched(mark, noise));
        }

        assertThat(canaries.checked()).isEqualTo(10_000);
        assertThat(canaries.swapped() + canaries.strayed()).isZero();
        assertThat(canaries.blind()).isEmpty();
    }

    @Test
    void onePairSwappedInOneBatchAmongAThousandIsFound() {
        Canaries canaries = learned();
        var noise = new Random(2);
        for (int batch = 0; batch < 1_000; batch++) {
            List<Integer> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add((batch * 8 + i) % MARKS);
            }
            List<Integer> answered = new ArrayList<>(asked);
            if (batch == 617) {
                Collections.swap(answered, 2, 5);
            }
            for (int i = 0; i < asked.size(); i++) {
                canaries.check("mark " + asked.get(i), batched(answered.get(i), noise));
            }
        }

        assertThat(canaries.swapped()).isEqualTo(2);
        assertThat(canaries.strayed()).isZero();
    }

    @Test
    void theOwnerOfASwappedAnswerIsNamed() {
        Canaries canaries = learned();

        assertThat(canaries.check("mark 3", alone(4)))
                .contains(new Canaries.Origin.Another("mark 4"));
        assertThat(canaries.check("mark 3", alone(3))).contains(new Canaries.Origin.Own());
        assertThat(canaries.check("mark 3", alone(999)))
                .get()
                .isInstanceOf(Canaries.Origin.Unknown.class);
        assertThat(canaries.check("mark 3", new float[] {Float.NaN}))
                .get()
                .isInstanceOf(Canaries.Origin.Unknown.class);
        assertThat(canaries.check("never asked", alone(3))).isEmpty();
    }

    @Test
    void canariesThatCannotTellASwapAreNamed() {
        Canaries canaries = learned();
        canaries.learn("twin", alone(7));

        assertThat(canaries.blind()).containsExactly("mark 7 and twin");
    }
}
