package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Where nodes ran, by the runtime's own profile; the lines of a GPU are made up, those of the processor are real.
class SessionProfileTest {
    private static final String LINE =
            "{\"cat\" : \"Node\",\"name\" :\"x_kernel_time\",\"args\" : {\"op_name\" : \"%s\",\"provider\" : \"%sExecutionProvider\"}},";

    @Test
    void theShareOfAGpuIsCountedWithoutCopies() {
        var placement =
                placement(
                        "cuda:0",
                        LINE.formatted("MatMul", "CUDA"),
                        LINE.formatted("Add", "CUDA"),
                        LINE.formatted("Gemm", "CUDA"),
                        LINE.formatted("Shape", "CPU"),
                        LINE.formatted("MemcpyToHost", "CUDA"),
                        "{\"cat\" : \"Session\",\"name\" :\"model_run\"},");

        assertThat(placement).isEqualTo(new Placement("cuda:0", 75));
    }

    @Test
    void aSessionThatFellBackSilentlyIsOneOfTheProcessor() {
        var placement =
                placement("cuda:0", LINE.formatted("MatMul", "CPU"), LINE.formatted("Add", "CPU"));

        assertThat(placement).isEqualTo(new Placement("cpu", 100));
    }

    @Test
    void withoutAnyRunNothingIsKnown() {
        assertThat(placement("cpu", "[")).isEqualTo(new Placement("cpu", Placement.UNKNOWN));
    }

    @Test
    void aRealSessionsProfileNamesTheProcessor() throws Exception {
        try (var model = EmbeddedMinilm.open(64, List.of())) {
            assertThat(model.info().device().percent()).isEqualTo(Placement.UNKNOWN);
        }
        var product = GoldenProduct.compute("cpu");

        assertThat(product.placement()).isEqualTo(new Placement("cpu", 100));
        assertThat(product.micros()).isPositive();
    }

    @Test
    void aBuildForTheProcessorSaysThatItHasNoOther() {
        assertThat(Cuda.inBuild()).isFalse();
        assertThatThrownBy(() -> GoldenProduct.compute("cuda:0"))
                .isInstanceOf(ModelFault.class)
                .hasMessage(Cuda.NOT_IN_BUILD);
    }

    private static Placement placement(String device, String... lines) {
        return SessionProfile.placement(Stream.of(lines), device);
    }
}
