package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.adapter.catalog.Catalogue.Entry;
import dev.kiln.adapter.catalog.Catalogue.Source;
import dev.kiln.adapter.catalog.Catalogue.Weights;
import dev.kiln.adapter.fetch.Installer;
import dev.kiln.adapter.fetch.Progress;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The catalogue agrees with the folders beside it, and what was added from it opens and proves itself.
class CatalogueTest {
    private static final Catalogue OURS = Catalogue.ours();
    private static final Progress SILENT =
            new Progress() {
                @Override
                public void say(String line) {}

                @Override
                public void at(String file, long done, long total) {}
            };

    static List<Entry> entries() {
        return OURS.entries();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void whatTheCataloguePinsIsWhatModelYamlPins(Entry entry) throws Exception {
        Manifest manifest;
        try (InputStream in = entry.open("model.yaml")) {
            manifest =
                    ManifestReader.read(
                            entry.name(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Map<String, String> pinned = new LinkedHashMap<>(manifest.files());
        for (Weights file : entry.files()) {
            assertThat(pinned.remove(file.name())).as(file.name()).isEqualTo(file.sha256());
        }

        assertThat(pinned.keySet()).containsExactlyInAnyOrderElementsOf(withoutManifest(entry));
        assertThat(manifest.licence()).isEqualTo(entry.licence());
        assertThat(manifest.engine().kind().name()).isEqualToIgnoringCase(entry.engine());
        assertThat(manifest.golden()).isNotEmpty();
    }

    private static List<String> withoutManifest(Entry entry) {
        return entry.ours().stream().filter(file -> !file.equals("model.yaml")).toList();
    }

    /// Golden samples are run while it opens, alone and together.
    @ParameterizedTest
    @MethodSource("entries")
    void whatWasAddedOpensAndProvesItself(Entry entry, @TempDir Path empty) throws Exception {
        Path cache = entry.source() instanceof Source.Build ? empty : fetched(entry);
        if (entry.source() instanceof Source.Build) {
            new Installer(cache, Map.of()).add(entry, Optional.empty(), SILENT);
        }
        try (var adapter = Models.open(settings(entry.name()), natives(cache, entry))) {
            assertThat(adapter.info().device().proved()).isEqualTo("cpu");
            adapter.prove();
        }
    }

    /// PyTorch's natives are large: unpacked once for all tests.
    private static Path natives(Path cache, Entry entry) throws IOException {
        Path shared = Path.of("target", "test-cache").toAbsolutePath();
        Path link = shared.resolve("models").resolve(entry.name());
        Files.createDirectories(link.getParent());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, entry.place(cache.toAbsolutePath()));
        return shared;
    }

    @Test
    void theChineseModelIsForSomethingElse() throws Exception {
        Entry zh = OURS.find("bge-small-zh");
        Entry en = OURS.find("bge-small-int8");
        try (var chinese = Models.open(settings(zh.name()), fetched(zh));
                var english = Models.open(settings(en.name()), fetched(en))) {
            assertThat(chinese.info().purpose()).isEqualTo(new Purpose.TextEmbedding(512));
            assertThat(english.info().purpose()).isEqualTo(new Purpose.TextEmbedding(384));
            assertThat(chinese.run(List.of(chinese.prepare(new ModelInput.Text("窑"))))).hasSize(1);
        }
    }

    @Test
    void theBrokenOnesBehaveAsTheyAreMeantTo() throws Exception {
        assertThatThrownBy(() -> open("models/shapes-mixed-up"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("came out wrong");
        open("models/shapes-bright-nan");
    }

    private static void open(String folder) throws ModelLoadException {
        var settings =
                new ModelSettings("broken", root().resolve(folder).toString(), 128, "cpu", 1);
        Models.open(settings, Path.of("target", "test-cache")).close();
    }

    @Test
    void aModelThatWasNotAddedIsNamedWithTheCommandThatAddsIt(@TempDir Path empty) {
        assertThatThrownBy(() -> Models.open(settings("bge-small"), empty))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("source = \"catalog:bge-small\"  is not in")
                .hasMessageContaining("first: kiln model add bge-small");
        assertThatThrownBy(() -> Models.open(settings("bge-smal"), empty))
                .hasMessageContaining("did you mean bge-small?");
    }

    private static ModelSettings settings(String name) {
        return new ModelSettings(name, ModelSettings.CATALOG + name, 128, "cpu", 1);
    }

    /// The cache that `models/setup` fills; the test is skipped where it has not, unless CI demands it.
    private static Path fetched(Entry entry) {
        Path cache = root().resolve(".kiln/cache");
        boolean needed =
                System.getenv("KILN_REQUIRE_MODELS") != null && !entry.name().equals("minilm");
        if (!needed) {
            assumeThat(entry.place(cache)).as("fetched by models/setup").exists();
        }
        assertThat(entry.place(cache)).as("fetched by models/setup").exists();
        return cache;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        try (Stream<Path> up = Stream.iterate(folder, Objects::nonNull, Path::getParent)) {
            return up.filter(it -> Files.exists(it.resolve("models/README.md")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
