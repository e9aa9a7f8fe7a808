package dev.kiln.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The reference file and the documentation say what the code does.
class ReferenceConfigTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path REFERENCE = ROOT.resolve("kiln.yaml");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9.\\[\\]-]+)` \\| (.+?) \\| (.+?) \\|$");
    private static final Pattern KEY = Pattern.compile("^ *(- )?([a-z-]+): +([^#\\s]+) +# \\S.*$");

    @Test
    void theReferenceFileChangesNothing() throws Exception {
        assertThat(ConfigFile.read(REFERENCE, List.of())).isEqualTo(ConfigFile.defaults(List.of()));
    }

    @Test
    void theReferenceFileListsEveryKeyWithItsDefaultAndAComment() throws Exception {
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(REFERENCE)) {
            Matcher key = KEY.matcher(line);
            if (key.matches()) {
                listed.add(key.group(2) + "=" + key.group(3));
            }
        }

        List<String> expected = new ArrayList<>();
        for (Reading.Key key : ConfigFile.keys()) {
            if (key.key().matches("routes\\[[1-9].*") && !key.fallback().isEmpty()) {
                continue; // shown once, on the first route
            }
            String name = key.key().substring(key.key().lastIndexOf('.') + 1);
            String fallback =
                    switch (key.key()) {
                        case "models[0].name" -> "minilm";
                        case "models[0].source" -> "embedded:minilm";
                        case "routes[0].path" -> "/v1/embeddings";
                        case "routes[1].path" -> "/v1/image-classification";
                        case "routes[2].path" -> "/v1/voice-activity-detection";
                        case "routes[3].path" -> "/v1/file-type";
                        case "routes[4].path" -> "/v2";
                        case "routes[0].task", "synapses[0].task" -> "embeddings";
                        case "routes[1].task" -> "image-classification";
                        case "routes[2].task" -> "voice-activity-detection";
                        case "routes[3].task" -> "file-type";
                        case "routes[4].task" -> "open-inference";
                        case "synapses[0].name" -> "TextEmbedding";
                        default -> key.fallback();
                    };
            expected.add(name + "=" + fallback);
        }
        assertThat(listed).containsExactlyElementsOf(expected);
    }

    @Test
    void theDocumentedTableIsTheOneInTheCode() throws Exception {
        String document = Files.readString(ROOT.resolve("docs/configuration.md"));
        String table =
                document.substring(
                        document.indexOf("## Every key"), document.indexOf("## The roster"));
        List<String> documented = new ArrayList<>();
        Matcher row = ROW.matcher(table);
        while (row.find()) {
            documented.add(row.group());
        }

        List<String> expected = new ArrayList<>();
        for (Reading.Key key : ConfigFile.keys()) {
            if (key.key().matches("routes\\[[1-9].*")) {
                continue; // as the first
            }
            expected.add(
                    "| `%s` | %s | %s |"
                            .formatted(
                                    key.key(),
                                    key.fallback().isEmpty()
                                            ? "must be given"
                                            : "`" + key.fallback() + "`",
                                    key.kind().replaceAll("none$", "`none`")));
        }
        assertThat(documented).containsExactlyElementsOf(expected);
    }
}
