package dev.kiln.loadtest.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.Moments;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExaminersTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void everyThingIsDealtOnceBeforeAnyComesAgainAndTheSeedDecidesTheOrder() {
        Examiner examiner = Examiners.files(7, "");
        var deck = examiner.deck(Lengths.SHORT);
        var again = Examiners.files(7, "").deck(Lengths.SHORT);
        var random = new SplittableRandom(1);
        var same = new SplittableRandom(1);
        Set<String> dealt = new HashSet<>();
        int before = -1;
        while (dealt.size() > before) {
            before = dealt.size();
            Question next = deck.next(random, Moments.ANY_LENGTH);
            assertThat(again.next(same, Moments.ANY_LENGTH).body()).isEqualTo(next.body());
            dealt.add(next.thing());
        }

        assertThat(dealt).hasSizeGreaterThan(4);
    }

    @Test
    void longMixesTakeTheLargeOnes() {
        var random = new SplittableRandom(1);
        var small = Examiners.sounds(3, "").deck(Lengths.SHORT).next(random, Moments.ANY_LENGTH);
        var large = Examiners.sounds(3, "").deck(Lengths.LONG).next(random, Moments.ANY_LENGTH);

        assertThat(large.body()).hasSizeGreaterThan(2 * small.body().length);
        assertThat(large.media()).isEqualTo("audio/wav");
    }

    @Test
    void aModelThatDoesNotKnowTheLabelsIsNamed() throws IOException {
        Examiner examiner = Examiners.pictures(1, "");
        assertThat(examiner.objection()).get().asString().contains("too busy");

        answered(examiner, "[{\"label\":\"cat\",\"score\":0.9},{\"label\":\"dog\",\"score\":0.1}]");

        assertThat(examiner.objection())
                .get()
                .asString()
                .contains("no label circle", "cat, dog", "--inputs");
    }

    @Test
    void ownInputsAreTakenFromFoldersNamedByTheirLabels() throws IOException {
        for (String file : List.of("cat/a.png", "cat/b.jpg", "dog/c.jpeg")) {
            Path at = folder.resolve(file);
            Files.createDirectories(
                    file.startsWith("cat") ? folder.resolve("cat") : folder.resolve("dog"));
            Files.writeString(at, file);
        }
        Examiner examiner = Examiners.folder(Subject.IMAGE_CLASSIFICATION, folder, "");
        answered(examiner, "[{\"label\":\"cat\",\"score\":0.9},{\"label\":\"dog\",\"score\":0.1}]");

        assertThat(examiner.objection()).isEmpty();
        assertThat(examiner.alone())
                .extracting(Question::media)
                .containsExactly("image/png", "image/jpeg", "image/jpeg");
        assertThatThrownBy(() -> Examiners.folder(Subject.FILE_TYPE, folder.resolve("cat"), ""))
                .hasMessageContaining("at least 3 files");
    }

    @Test
    void anotherModelsReceiptIsNoAnswer() throws IOException {
        Examiner examiner = Examiners.pictures(1, "shapes");
        var other = new Provenance.Proved(new Provenance.Facts("other", "", "", "", 0, Map.of()));

        Marks marks =
                examiner.marker(true)
                        .mark(examiner.first(), other, "[]".getBytes(StandardCharsets.UTF_8));

        assertThat(marks.flaw()).contains("another model's name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                  | holds no list",
                "{\"samples\": []}                                   | holds no list",
                "{\"samples\": [{\"inputs\": []}]}                   | samples[0] needs inputs and outputs",
                "{\"samples\": [                                     | is no JSON",
                "{\"samples\": [{\"inputs\": [{}], \"outputs\": [{\"name\": \"y\", \"data\": [true]}]}]} | where a number should",
            })
    void aBrokenGoldenFileIsNamed(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("golden.json"), text);

        assertThatThrownBy(() -> Examiners.tensors(file, "m"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    private static void answered(Examiner examiner, String body) throws IOException {
        Marks marks =
                examiner.marker(false)
                        .mark(
                                examiner.first(),
                                new Provenance.NotAsked(),
                                body.getBytes(StandardCharsets.UTF_8));
        assertThat(marks.flaw()).isEmpty();
    }
}
