package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyTest {
    /// Whole, cut in pieces, longer or shorter than was declared, of no declared length.
    @ParameterizedTest
    @CsvSource({
        "1000, 1000, 1000",
        "1000, 300, 1000",
        "1000, 1, 1000",
        "1000, 300, -1",
        "1000, 300, 4000",
        "1000, 300, 10",
        "0, 300, 0"
    })
    void whatCameInPiecesComesOutWhole(int size, int piece, long declared) {
        byte[] all = new byte[size];
        new Random(1).nextBytes(all);
        var body = new Body();

        for (int at = 0; at < size; at += piece) {
            int length = Math.min(piece, size - at);
            body.add(Buffer.buffer(java.util.Arrays.copyOfRange(all, at, at + length)), declared);
        }

        assertThat(body.size()).isEqualTo(size);
        assertThat(body.take()).isEqualTo(all);
    }
}
