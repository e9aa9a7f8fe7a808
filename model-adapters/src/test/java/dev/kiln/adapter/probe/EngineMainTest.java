package dev.kiln.adapter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class EngineMainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String orders, String... args) throws Exception {
        return EngineMain.run(
                args,
                new BufferedReader(new StringReader(orders)),
                new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private List<String> values(String key) {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    @Test
    void itSaysWhatItRunsAndRunsItAsOftenAsItIsTold() throws Exception {
        String model = Path.of("..", "models", "shapes-small").toString();

        assertThat(run("0.05\n0.05\n", "cpu", "target/test-cache", model)).isZero();

        assertThat(values("active")).containsExactly("cpu");
        assertThat(values("ask")).containsExactly("image");
        byte[] bytes = Base64.getDecoder().decode(values("bytes").getFirst());
        assertThat(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(72);
        assertThat(values("items_per_s"))
                .hasSize(2)
                .allMatch(number -> Double.parseDouble(number) > 0);
    }

    @Test
    void aDeviceThatIsNotToBeHadIsSaidInWords() throws Exception {
        assertThat(run("1\n", "cuda:0", "target/test-cache", "embedded:minilm")).isEqualTo(1);

        assertThat(values("error").getFirst())
                .contains("this build carries ONNX Runtime's CPU natives only");
        assertThat(values("ready")).isEmpty();
    }

    @Test
    void wrongArgumentsAreExitCodeTwo() throws Exception {
        assertThat(run("", "tpu", "x", "y")).isEqualTo(2);
    }
}
