package dev.kiln.core.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Caller;
import dev.kiln.core.Deadline;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Slot;
import dev.kiln.core.Terms;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShadowTest {
    private static final LaneSettings SETTINGS =
            new LaneSettings(new BatchPolicy(4, 4, 1, Duration.ZERO), 1, 1_000);

    private final StillAdapter mine = new StillAdapter();
    private final StillAdapter theirs = new StillAdapter(2);
    private final Lane answering = Lane.start(mine, SETTINGS, Time.SYSTEM);
    private final Lane candidate = Lane.start(theirs, SETTINGS, Time.SYSTEM);
    private final Slot slot = new Slot("still", List.of(answering), Time.SYSTEM);
    private final Shadow shadow = Shadow.start(answering, candidate, List.of(), Time.SYSTEM);

    @AfterEach
    void close() {
        shadow.close();
        theirs.leave.release(1_000_000);
        answering.close();
        candidate.close();
    }

    private static final Slot.Witness NOBODY =
            new Slot.Witness() {
                @Override
                public void took(ModelInfo model) {}

                @Override
                public void prepared() {}
            };

    private void ask(String... texts) throws Exception {
        List<ModelInput> inputs =
                List.of(texts).stream().<ModelInput>map(ModelInput.Text::new).toList();
        var deadline = Deadline.after(System.nanoTime(), Duration.ofSeconds(30));
        var terms = new Terms(new Caller.KeyHolder("somebody"), deadline);
        var ran = slot.run(new Slot.Work(1, inputs, terms, false), NOBODY);
        assertThat(ran.outputs()).hasSize(texts.length);
    }

    @Test
    void theSameCallsRunOnBothAndAreCompared() throws Exception {
        assertThat(slot.begin(shadow)).isTrue();
        for (int i = 0; i < 20; i++) {
            ask("a", "bb", "ccc");
            long seen = i + 1L;
            while (shadow.report().differenceMicros().count() + shadow.report().dropped() < seen) {
                Thread.onSpinWait();
            }
        }

        Shadow.Report report = shadow.report();
        long compared = report.differenceMicros().count();
        assertThat(compared).isPositive();
        assertThat(report.failed()).isZero();
        assertThat(measure(report.agreement(), "cosine").count()).isEqualTo(3 * compared);
        assertThat(measure(report.agreement(), "cosine").mean()).isEqualTo(0.977, within(0.01));
        assertThat(report.worst()).isEqualTo(3);
        assertThat(report.agreement()).containsKey("similarity_correlation");
        assertThat(report.differenceMicros().error()).isFinite();
    }

    @Test
    void aCandidateThatHangsDelaysNobodyAndWhatFindsNoRoomIsDropped() throws Exception {
        theirs.leave.drainPermits();
        slot.begin(shadow);

        for (int i = 0; i < 100; i++) {
            ask("a");
        }

        assertThat(shadow.report().dropped()).isGreaterThanOrEqualTo(100 - 33);
    }

    @Test
    void speechAndClassesAndTensorsHaveMeasuresOfTheirOwn() {
        var agreement = new Agreement();
        agreement.add(
                List.of(new ModelOutput.Classes(new float[] {0.75f, 0.25f})),
                List.of(new ModelOutput.Classes(new float[] {0.25f, 0.75f})));
        agreement.add(List.of(speech(0.25f, 0.75f)), List.of(speech(0.75f, 0.75f)));

        assertThat(measure(agreement.measures(), "same_top_label").mean()).isZero();
        assertThat(measure(agreement.measures(), "total_variation").mean()).isEqualTo(0.5);
        assertThat(measure(agreement.measures(), "same_frames").mean()).isEqualTo(0.5);
        assertThat(agreement.worst()).isEqualTo(0.5);
    }

    private static Spread measure(Map<String, Spread> measures, String name) {
        return Objects.requireNonNull(measures.get(name), name);
    }

    private static ModelOutput speech(float... probabilities) {
        return new ModelOutput.Speech(probabilities, new float[0]);
    }
}
