package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.BufferRecycler;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonBuffersTest {
    private final JsonBuffers buffers = new JsonBuffers();
    private final JsonFactory factory = JsonFactory.builder().recyclerPool(buffers).build();

    private void read(String json) throws IOException {
        char[] chars = json.toCharArray();
        try (JsonParser parser = factory.createParser(chars, 0, chars.length)) {
            while (parser.nextToken() != null) {
                parser.getText();
            }
        }
    }

    private int textBuffer() {
        return buffers.acquirePooled().allocCharBuffer(BufferRecycler.CHAR_TEXT_BUFFER, 1).length;
    }

    @Test
    void theNextCallHasTheBuffersOfTheLast() throws IOException {
        read("[\"a\\nb\"]");

        assertThat(buffers.pooledCount()).isEqualTo(1);
        assertThat(textBuffer()).isBetween(2, JsonBuffers.LONGEST);
        assertThat(buffers.pooledCount()).isZero();
    }

    @Test
    void aTextThatMadeABufferGrowDoesNotLeaveItBehind() throws IOException {
        read("[\"" + "a".repeat(4_000_000) + "\\n\"]");

        assertThat(buffers.pooledCount()).isEqualTo(1);
        assertThat(textBuffer()).isLessThanOrEqualTo(JsonBuffers.LONGEST);
    }
}
