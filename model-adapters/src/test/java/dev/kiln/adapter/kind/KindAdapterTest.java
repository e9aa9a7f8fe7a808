package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.dense.DenseEngine;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an adapter makes of what its engine says of itself.
class KindAdapterTest {
    private static final String SHA256 = "0".repeat(64);

    @Test
    void anEngineThatDoesNotTellWhatAGpuTookIsNotServedAsOneOfAGpu() {
        var engine = new Mute("cuda:0");
        var identity = new KindAdapter.Identity("m", SHA256, "cuda:0");

        assertThatThrownBy(() -> KindAdapter.open(kind(engine), engine, identity, List.of()))
                .isInstanceOf(ModelFault.class)
                .hasMessageContaining("no profile: what the provider took cannot be read");
        assertThat(engine.closed).isTrue();
    }

    @Test
    void aProcessorIsBelieved() throws Exception {
        var engine = new Mute("cpu");
        var identity = new KindAdapter.Identity("m", SHA256, "cpu");

        try (var model = KindAdapter.open(kind(engine), engine, identity, List.of())) {
            assertThat(model.info().device().active()).isEqualTo("cpu");
        }
    }

    private static RawTensors kind(Engine engine) {
        return new RawTensors(engine.inputs(), engine.outputs());
    }

    /// Computes on the processor, whatever it says, and keeps no profile.
    private static final class Mute implements Engine {
        private final Engine dense = new DenseEngine(new float[] {1}, new float[] {0});
        private final String device;
        private boolean closed; // by the test's thread

        Mute(String device) {
            this.device = device;
        }

        @Override
        public String version() {
            return dense.version();
        }

        @Override
        public String device() {
            return device;
        }

        @Override
        public List<TensorSpec> inputs() {
            return dense.inputs();
        }

        @Override
        public List<TensorSpec> outputs() {
            return dense.outputs();
        }

        @Override
        public boolean shareable() {
            return true;
        }

        @Override
        public List<EngineTensor> run(List<EngineTensor> inputs, Arena arena) throws ModelFault {
            return dense.run(inputs, arena);
        }

        @Override
        public void close() {
            closed = true;
            dense.close();
        }
    }
}
