package dev.kiln.loadtest.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final String EVIL = "</script><b>\"'&\u202E\u0007";

    @TempDir private Path folder = Path.of("");

    @Test
    void theVerdictComesBeforeEveryFigure() {
        String page = Page.of(LivelyRun.of(1, 20));

        assertThat(page.indexOf("FAIL", page.indexOf("<body>")))
                .isLessThan(page.indexOf("What became of every request"));
        assertThat(page)
                .contains(
                        "LIMIT_QUEUE_FULL",
                        "some processor",
                        "0123abc",
                        "abababab",
                        "./kiln load run --start --profile poisson --seed 1");
    }

    @Test
    void nothingIsFetched() {
        String page = Page.of(LivelyRun.of(1, 20));
        String ours = page.replace(Asset.library().text(), "");

        assertThat(ours).doesNotContainPattern("(src|href)=").doesNotContain("url(", "@import");
        assertThat(page).contains("default-src &#39;none&#39;", "base-uri &#39;none&#39;");
    }

    @Test
    void thePolicyNamesExactlyTheScriptsAndTheStyleOfThePage() throws Exception {
        String page = Page.of(LivelyRun.of(1, 20));
        List<String> digests = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("<(?:script|style)>(.*?)</(?:script|style)>", Pattern.DOTALL)
                        .matcher(page);
        while (matcher.find()) {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(matcher.group(1).getBytes(StandardCharsets.UTF_8));
            digests.add("sha256-" + Base64.getEncoder().encodeToString(digest));
        }

        assertThat(digests)
                .hasSize(3)
                .allSatisfy(digest -> assertThat(page).contains("&#39;" + digest + "&#39;"));
        assertThat(page).doesNotContain("unsafe-inline", "unsafe-eval");
    }

    @Test
    void whatComesFromOutsideIsEscapedEverywhere() {
        String page = Page.of(LivelyRun.hostile(EVIL));

        assertThat(page).doesNotContain("<b>").doesNotContain("\u202E").doesNotContain("\u0007");
        assertThat(page.split("</script>", -1)).hasSize(4);
        assertThat(page).contains("&lt;/script&gt;&lt;b&gt;&quot;&#39;&amp;");
    }

    @Test
    void aVoidRunSaysThatNothingCanBeSaid() {
        LoadRun run =
                LivelyRun.word(
                        LivelyRun.of(1, 20), "void", List.of(), List.of("the generator was late"));

        assertThat(Page.of(run))
                .contains("! VOID", "Nothing can be said", "the generator was late");
    }

    @Test
    void aLongSoakIsThinnedAndItsWorstSecondStays() {
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < 14_400; s++) {
            series.add(new LoadRun.Second(s, 10, 10, 10, 0, 10, 5, s == 7_777 ? 1_400 : 20, null));
        }
        Seconds seconds = Seconds.of(series);

        assertThat(seconds.entries()).hasSizeLessThanOrEqualTo(Seconds.MOST);
        assertThat(seconds.entries().stream().mapToDouble(LoadRun.Second::p99Ms).max())
                .hasValue(1_400);
        assertThat(seconds.sentence()).contains("24 seconds");
    }

    @Test
    void aServerThatInventsCausesFillsNoPage() {
        String page = Page.of(LivelyRun.hostile("x".repeat(40_000)));

        assertThat(page.length()).isLessThan(2 * 1024 * 1024);
    }

    @Test
    void numbersReadWell() {
        assertThat(Stream.of(0.1234, 5.0, 42.14, 421.0, 999.7, 1_400.0).map(Say::millis))
                .containsExactly(
                        "0.123\u00A0ms",
                        "5\u00A0ms",
                        "42.1\u00A0ms",
                        "421\u00A0ms",
                        "1\u00A0s",
                        "1.4\u00A0s");
        assertThat(Say.share(0.99999)).isEqualTo("99.99\u00A0%");
        assertThat(Say.share(1.0)).isEqualTo("100\u00A0%");
        assertThat(Say.range("1", Say.NOTHING)).isEqualTo("at least 1");
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedAndTheOldOneStays() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full here");

        assertThatThrownBy(() -> PageFile.write(full, "page"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("/dev/full", "disk full?");
        assertThatThrownBy(() -> PageFile.write(folder.resolve("none/page.html"), "page"))
                .hasMessageContaining("is its folder there");
        Path page = folder.resolve("page.html");
        PageFile.write(page, "one");
        PageFile.write(page, "two");
        assertThat(page).hasContent("two");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(page);
        }
    }
}
