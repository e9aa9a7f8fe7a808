package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MemoryTrialTest {
    private static final ModelInput INPUT = new ModelInput.Text("clay and fire");
    private static final int MOST = 4096;

    private static MemoryTrial trial(PlantedAdapter adapter) throws Exception {
        return MemoryTrial.measure(adapter, INPUT, MOST);
    }

    @Test
    void aCallThatIsTooMuchIsSplitAndSmallOnesBesideItAreAnswered() throws Exception {
        var trial = trial(new PlantedAdapter(300, ModelFault.outOfMemory("planted")));

        assertThat(trial.right()).isTrue();
        assertThat(trial.atItems()).isEqualTo(512);
        assertThat(trial.big().words()).isEqualTo("answered");
        assertThat(trial.smallCalls()).isGreaterThanOrEqualTo(4);
        // 32 blocks of 16 items of 5 tokens did not fit; half of that is the most from now on,
        // small ones beside.
        assertThat(trial.cap()).isBetween(5L, 36 * 16 * 5 / 2L);
        assertThat(trial.section(MOST).toString())
                .contains("\"told_as_such\":\"yes\"", "\"lost\":\"\"", "\"holds\":\"yes\"");
    }

    @Test
    void aWantOfMemoryThatIsNotToldAsSuchIsWrong() throws Exception {
        var trial = trial(new PlantedAdapter(300, new ModelFault("something")));

        assertThat(trial.right()).isFalse();
        assertThat(trial.section(MOST).toString())
                .contains("\"told_as_such\":\"no\"", "\"learned_cap\":0", "\"holds\":\"no\"");
    }

    @Test
    void anEngineThatAnswersNobodyAfterwardsIsWrong() throws Exception {
        var lacked = new AtomicBoolean();
        var adapter =
                new PlantedAdapter(300, ModelFault.outOfMemory("planted")) {
                    @Override
                    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
                        if (lacked.get() || batch.size() > 300) {
                            lacked.set(true);
                            throw ModelFault.outOfMemory("planted");
                        }
                        return super.run(batch);
                    }
                };

        var trial = trial(adapter);

        assertThat(trial.right()).isFalse();
        assertThat(trial.lost()).isNotEmpty();
    }

    @Test
    void memoryForEverythingIsSaidAsSuch() throws Exception {
        var trial = trial(new PlantedAdapter(Integer.MAX_VALUE, ModelFault.outOfMemory("planted")));

        assertThat(trial.right()).isTrue();
        assertThat(trial.section(MOST).toString())
                .isEqualTo("{\"section\":\"out of memory\",\"not_reached_at_batch\":4096}");
    }
}
