package dev.kiln.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine owes its callers, whatever it computes with. A new engine adds a subclass of ten lines.
public abstract class AdapterConformance {
    private static final double LEAST_LEAK_BYTES = 1000;

    private ModelAdapter adapter;

    /// A fresh adapter.
    protected abstract ModelAdapter open() throws Exception;

    /// At least six inputs of different costs, the costs not in order.
    protected abstract List<ModelInput> inputs();

    /// An input whose tensors fill at least a kilobyte and that is quickly run, ten thousand times.
    protected abstract ModelInput memoryProbe();

    /// Whether inputs cost what they hold; false where the model sees all in one size.
    protected boolean costsDiffer() {
        return true;
    }

    /// How often it is run to see whether memory grows.
    protected int memoryRuns() {
        return 10_000;
    }

    /// Largest absolute difference of a number between a batch of n and n batches of one.
    protected abstract double tolerance();

    /// The numbers of an output.
    protected abstract float[] numbers(ModelOutput output);

    @BeforeEach
    final void openAdapter() throws Exception {
        adapter = open();
    }

    @AfterEach
    final void closeAdapter() {
        adapter.close();
    }

    @Test
    void aBatchEqualsItsItemsRunAloneInTheSameOrder() throws Exception {
        List<Prepared> items = prepared(adapter);
        List<ModelOutput> together = adapter.run(items);

        assertThat(together).hasSameSizeAs(items);
        for (int i = 0; i < items.size(); i++) {
            assertSame(together.get(i), adapter.run(List.of(items.get(i))).getFirst());
        }
    }

    @Test
    void anItemsPlaceInTheBatchDoesNotMatter() throws Exception {
        List<Prepared> items = prepared(adapter);
        List<ModelOutput> forward = adapter.run(items);
        List<ModelOutput> backward = adapter.run(items.reversed()).reversed();

        for (int i = 0; i < items.size(); i++) {
            assertSame(backward.get(i), forward.get(i));
        }
    }

    @Test
    void theSameItemMayComeTwice() throws Exception {
        Prepared item = prepared(adapter).getFirst();
        List<ModelOutput> outputs = adapter.run(List.of(item, item));

        assertSame(outputs.get(0), outputs.get(1));
    }

    @Test
    void batchesOfEverySizeFollowEachOtherWithoutTraces() throws Exception {
        List<Prepared> items = prepared(adapter);
        ModelOutput before = adapter.run(items.subList(0, 1)).getFirst();
        for (int size = items.size(); size >= 1; size--) {
            assertThat(adapter.run(items.subList(0, size))).hasSize(size);
        }

        assertSame(adapter.run(items.subList(0, 1)).getFirst(), before);
    }

    @Test
    void costsArePositiveAndDiffer() throws Exception {
        List<Integer> costs = prepared(adapter).stream().map(Prepared::cost).toList();

        assertThat(costs).allMatch(cost -> cost > 0);
        if (costsDiffer()) {
            assertThat(costs.stream().distinct().count()).isGreaterThan(1);
        }
    }

    @Test
    void anEmptyBatchIsRefused() {
        assertThatThrownBy(() -> adapter.run(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void anItemOfAnotherAdapterIsRefused() throws Exception {
        try (var other = open()) {
            List<Prepared> foreign = prepared(other);

            assertThatThrownBy(() -> adapter.run(foreign))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was not prepared by the adapter of model");
            assertThatThrownBy(() -> adapter.run(List.of(() -> 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void closingTwiceDoesNothingMore() throws Exception {
        var closing = open();
        closing.run(prepared(closing));
        closing.close();
        closing.close();

        assertThat(adapter.run(prepared(adapter))).isNotEmpty();
    }

    @Test
    void threadsThatShareItGetTheSameAnswers() throws Exception {
        if (!adapter.shareable()) {
            return;
        }
        List<ModelOutput> expected = adapter.run(prepared(adapter));
        Callable<List<ModelOutput>> manyRuns =
                () -> {
                    List<ModelOutput> last = List.of();
                    for (int run = 0; run < 10; run++) {
                        last = adapter.run(prepared(adapter));
                    }
                    return last;
                };
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (var outputs : threads.invokeAll(List.of(manyRuns, manyRuns, manyRuns))) {
                for (int i = 0; i < expected.size(); i++) {
                    assertSame(outputs.get().get(i), expected.get(i));
                }
            }
        }
    }

    /// A leak grows on and on, the JVM's own memory comes and goes: so the test fails only if the growth since the
    /// beginning was more than a kilobyte per run after each of five rounds.
    @Test
    void manyRunsLeaveNoNativeMemoryBehind() throws Exception {
        Assumptions.assumeTrue(NativeMemory.isKnown(), "this C library does not tell");
        List<Prepared> one = List.of(adapter.prepare(memoryProbe()));
        run(one, memoryRuns() / 10);
        long before = NativeMemory.bytesInUse();
        double leakPerRun = Double.MAX_VALUE;
        for (int round = 1; round <= 5 && leakPerRun > LEAST_LEAK_BYTES; round++) {
            run(one, memoryRuns());
            leakPerRun = (NativeMemory.bytesInUse() - before) / (double) memoryRuns() / round;
        }

        assertThat(leakPerRun).isLessThanOrEqualTo(LEAST_LEAK_BYTES);
    }

    private void run(List<Prepared> batch, int times) throws ModelFault {
        for (int i = 0; i < times; i++) {
            adapter.run(batch);
        }
    }

    @Test
    void itCanBeProvedAgain() throws Exception {
        adapter.prove();
        adapter.prove();

        assertThat(adapter.run(prepared(adapter))).isNotEmpty();
    }

    @Test
    void itSaysWhatItIs() {
        var info = adapter.info();

        assertThat(info.sha256()).matches("[0-9a-f]{64}");
        assertThat(info.engine()).matches("[a-z]+-[0-9.]+.*");
        assertThat(info.device().proved()).isEqualTo(info.device().active());
    }

    private List<Prepared> prepared(ModelAdapter by) throws UnfitInput, ModelFault {
        List<Prepared> items = new ArrayList<>();
        for (ModelInput input : inputs()) {
            items.add(by.prepare(input));
        }
        return items;
    }

    private void assertSame(ModelOutput actual, ModelOutput expected) {
        float[] one = numbers(actual);
        float[] other = numbers(expected);
        assertThat(one).hasSameSizeAs(other);
        for (int i = 0; i < one.length; i++) {
            assertThat((double) one[i])
                    .isCloseTo(other[i], org.assertj.core.data.Offset.offset(tolerance()));
        }
    }
}
