package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class NonceSetProperties {
    @Test
    void itAgreesWithASortedSetWhateverIsDone() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        var model = new TreeSet<Long>();
        var set = new NonceSet();
        for (int i = 0; i < 50_000; i++) {
            if (random.nextInt(10) > 0 || model.isEmpty()) {
                long nonce = i + (long) random.nextInt(200);
                assertThat(set.add(nonce)).as("seed %d", seed).isEqualTo(model.add(nonce));
            } else {
                int count = 1 + random.nextInt(model.size());
                long highest = 0;
                for (int k = 0; k < count; k++) {
                    highest = model.removeFirst();
                }
                assertThat(set.dropLowest(count)).as("seed %d", seed).isEqualTo(highest);
            }
            long bound = i + (long) random.nextInt(200);
            assertThat(set.size()).as("seed %d", seed).isEqualTo(model.size());
            assertThat(set.countBelow(bound))
                    .as("seed %d", seed)
                    .isEqualTo(model.headSet(bound).size());
        }
    }
}
