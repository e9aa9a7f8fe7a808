package dev.kiln.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadSizeTest {
    private final ReadSize size = new ReadSize();

    @Test
    void ofABodyIsReadWhatItLacksAndNoMore() {
        assertThat(size.next()).isEqualTo(ReadSize.LEAST);
        size.expectBody(100_000);
        assertThat(size.next()).isEqualTo(ReadSize.MOST);
        size.came(60_000, false);
        assertThat(size.next()).isEqualTo(40_000);
        size.came(40_000, false);
        assertThat(size.next()).isEqualTo(ReadSize.LEAST);
    }

    @Test
    void ofAChunkedBodyIsReadLittle() {
        size.expectBody(-1);
        size.came(5_000, true);
        assertThat(size.next()).isEqualTo(ReadSize.CHUNKED);
        size.expectHead();
        assertThat(size.next()).isEqualTo(ReadSize.LEAST);
    }

    @Test
    void aDeclaredLengthOfManyGigabytesReadsNoMoreAtOnce() {
        size.expectBody(Long.MAX_VALUE);
        assertThat(size.next()).isEqualTo(ReadSize.MOST);
    }

    @Test
    void aConnectionIsReadOnceUntilOthersHadTheirTurn() {
        assertThat(size.maxMessagesPerRead()).isEqualTo(1);
        assertThat(size.newHandle()).isInstanceOf(ReadSize.MaxMessageHandle.class);
    }
}
