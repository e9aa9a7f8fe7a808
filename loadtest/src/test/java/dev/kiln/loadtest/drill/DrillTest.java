package dev.kiln.loadtest.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DrillTest {
    @Test
    void everyFaultCanBeNamed() throws IOException {
        assertThat(Drill.all()).extracting(Fault::name).containsExactlyElementsOf(Drill.names());
    }

    @Test
    void everyFaultSaysWhatIsDoneAndWhatIsPromised() throws IOException {
        assertThat(Drill.all())
                .allSatisfy(fault -> {
                    assertThat(fault.deed()).isNotBlank();
                    assertThat(fault.promise()).isNotBlank();
                    assertThat(fault.longest()).isPositive();
                });
    }

    @Test
    void theModelThatBreaksLeavesNothingBehind() throws IOException {
        Path folder;
        try (MoodyModel model = MoodyModel.write()) {
            folder = model.folder();
            assertThat(folder.resolve("model.onnx")).isNotEmptyFile();
            assertThat(Files.readString(folder.resolve("model.yaml")))
                    .containsPattern("model.onnx: [0-9a-f]{64}\n");
        }

        assertThat(folder).doesNotExist();
    }
}
