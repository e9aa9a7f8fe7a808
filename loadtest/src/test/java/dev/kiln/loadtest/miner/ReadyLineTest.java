package dev.kiln.loadtest.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ReadyLineTest {
    private static final String SHA256 = "0f".repeat(32);

    @Test
    void readsUrlHotkeyAndModel() {
        assertThat(
                        ReadyLine.parse(
                                "ready http://127.0.0.1:8091 hotkey 5Abc model minilm@" + SHA256))
                .contains(
                        new ReadyLine(
                                URI.create("http://127.0.0.1:8091"), "5Abc", "minilm", SHA256));
    }

    @Test
    void takesTheFirstOfSeveralModels() {
        String line =
                "ready http://h:1 hotkey 5Abc model one@%s model two@%s"
                        .formatted(SHA256, "11".repeat(32));

        assertThat(ReadyLine.parse(line).map(ReadyLine::model)).contains("one");
    }

    @Test
    void otherLinesAreNotTaken() {
        assertThat(ReadyLine.parse("")).isEmpty();
        assertThat(ReadyLine.parse("ready or not")).isEmpty();
        assertThat(ReadyLine.parse("ready http://h:1 hotkey 5Abc model minilm@short")).isEmpty();
    }
}
