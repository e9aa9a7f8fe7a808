package dev.kiln.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void aFileThatNeverEndsIsAnError() {
        Path zero = Path.of("/dev/zero");
        assumeThat(zero).exists();
        assertThatThrownBy(() -> SmallFile.read(zero))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger than 16 MiB");
    }

    @Test
    void textIsReadAndOtherBytesAreAnError() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "größer\n");
        assertThat(SmallFile.read(file)).isEqualTo("größer\n");
        Files.write(file, new byte[] {(byte) 0xff, 'a'});
        assertThatThrownBy(() -> SmallFile.read(file)).isInstanceOf(CharacterCodingException.class);
    }
}
