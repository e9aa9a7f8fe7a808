package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class LabelledFilesTest {
    private static List<LabelledFiles.Labelled> files(long seed, int count) {
        var files = new LabelledFiles(seed);
        return Stream.generate(files::next).limit(count).toList();
    }

    @Test
    void theSameSeedWritesTheSameFilesAndAnotherSeedOthers() {
        List<LabelledFiles.Labelled> first = files(7, 48);
        List<LabelledFiles.Labelled> again = files(7, 48);
        List<LabelledFiles.Labelled> other = files(8, 48);

        for (int i = 0; i < first.size(); i++) {
            assertThat(again.get(i).bytes()).isEqualTo(first.get(i).bytes());
            assertThat(other.get(i).bytes()).isNotEqualTo(first.get(i).bytes());
        }
        assertThat(first.stream().map(LabelledFiles.Labelled::type).distinct())
                .containsExactlyElementsOf(LabelledFiles.TYPES);
    }

    @Test
    void whatCanBeReadIsWhatItsLabelSays() throws Exception {
        for (LabelledFiles.Labelled file : files(3, 120)) {
            var in = new ByteArrayInputStream(file.bytes());
            switch (file.type()) {
                case "json" -> assertThat(new ObjectMapper().readTree(in).isObject()).isTrue();
                case "xml" ->
                        assertThat(
                                        DocumentBuilderFactory.newInstance()
                                                .newDocumentBuilder()
                                                .parse(in)
                                                .getDocumentElement()
                                                .hasChildNodes())
                                .isTrue();
                case "png" -> assertThat(ImageIO.read(in).getWidth()).isBetween(8, 32);
                case "gzip" ->
                        assertThat(
                                        new String(
                                                new GZIPInputStream(in).readAllBytes(),
                                                StandardCharsets.UTF_8))
                                .startsWith("id,");
                case "zip" -> assertThat(new ZipInputStream(in).getNextEntry()).isNotNull();
                case "csv" ->
                        assertThat(
                                        new String(file.bytes(), StandardCharsets.UTF_8)
                                                .lines()
                                                .map(line -> line.split(",", -1).length)
                                                .distinct())
                                .containsExactly(4);
                default -> assertThat(file.bytes()).hasSizeGreaterThan(100);
            }
        }
    }
}
