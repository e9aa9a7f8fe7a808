package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the documents point at exists.
class DocumentsTest {
    private static final Pattern LINK =
            Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)|<img[^>]+src=\"([^\"]+)\"");
    private static final Pattern COMMAND = Pattern.compile("\\./kiln ([a-z]+)");

    @Test
    void everyLinkLeadsToAFile() {
        List<String> broken = new ArrayList<>();
        for (Path document : Tree.files(".md")) {
            Matcher link = LINK.matcher(Tree.read(document));
            while (link.find()) {
                String target = link.group(1) != null ? link.group(1) : link.group(3);
                Path folder = document.getParent();
                if (folder != null
                        && !target.contains("://")
                        && !Files.exists(folder.resolve(target))) {
                    broken.add(Tree.root().relativize(document) + " -> " + target);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void everyCommandNamedIsOneTheLauncherKnows() {
        String launcher = Tree.read(Tree.root().resolve("kiln"));
        Set<String> unknown = new TreeSet<>();
        for (Path document : Tree.files(".md")) {
            Matcher command = COMMAND.matcher(Tree.read(document));
            while (command.find()) {
                String name = command.group(1);
                if (!launcher.matches(
                        "(?s).*\\n +([a-z-]+ \\| )*" + name + "( \\| [a-z-]+)*\\).*")) {
                    unknown.add(Tree.root().relativize(document) + ": ./kiln " + name);
                }
            }
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void everyPictureIsWellFormed() throws Exception {
        for (Path picture : Tree.files(".svg")) {
            var parser =
                    javax.xml.parsers.DocumentBuilderFactory.newDefaultNSInstance()
                            .newDocumentBuilder();
            assertThat(parser.parse(picture.toFile()).getDocumentElement().getLocalName())
                    .isEqualTo("svg");
        }
    }
}
