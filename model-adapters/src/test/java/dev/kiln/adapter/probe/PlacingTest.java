package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Where a model is opened on a machine without a GPU, and what it says of that.
class PlacingTest {
    private static final Path CACHE = Path.of("target", "test-cache");

    @Test
    void autoWithoutAGpuIsTheProcessorAndNothingWasPromised() throws Exception {
        ModelInfo.Device device = open("auto", Optional.empty());

        assertThat(device).isEqualTo(new ModelInfo.Device("auto", "cpu", "cpu", 100, ""));
        assertThat(device.fellBack()).isFalse();
    }

    @Test
    void aGpuThatIsNotToBeHadIsAFallbackWithItsReason() throws Exception {
        ModelInfo.Device device = open("cuda:0", Optional.empty());

        assertThat(device.requested()).isEqualTo("cuda:0");
        assertThat(device.active()).isEqualTo("cpu");
        assertThat(device.proved()).isEqualTo("cpu");
        assertThat(device.fallback())
                .startsWith("this build carries ONNX Runtime's CPU natives only");
    }

    @Test
    void aGpuThatWasLostIsNotTriedAgain() throws Exception {
        assertThat(open("auto", Optional.of("cuda:0 was lost")).fallback())
                .isEqualTo("cuda:0 was lost");
    }

    @Test
    void aModuleForAGpuIsTriedByPyTorchAndElseComputesOnTheProcessor() throws Exception {
        String folder = Path.of("..", "models", "shapes-small-torch").toString();
        var settings = new ModelSettings("shapes", folder, 128, "cuda:0", 1);

        assertThatThrownBy(() -> Models.open(settings, CACHE))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("PyTorch's native library has no CUDA here");
        try (var model = Placing.open(settings, CACHE, Optional.empty())) {
            ModelInfo.Device device = model.info().device();

            assertThat(device.requested()).isEqualTo("cuda:0");
            assertThat(device.active()).isEqualTo("cpu");
            assertThat(device.proved()).isEqualTo("cpu");
            assertThat(device.fellBack()).isTrue();
        }
    }

    private static ModelInfo.Device open(String device, Optional<String> barred) throws Exception {
        ModelSettings settings = ModelSettings.minilm(1).on(device);
        try (var model = Placing.open(settings, CACHE, barred)) {
            assertThat(model.run(List.of(model.prepare(new ModelInput.Text("clay"))))).hasSize(1);
            return model.info().device();
        }
    }
}
