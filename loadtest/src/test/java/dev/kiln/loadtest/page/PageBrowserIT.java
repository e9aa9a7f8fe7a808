package dev.kiln.loadtest.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.loadtest.compare.Compare;
import dev.kiln.loadtest.report.LoadRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The page in a real browser. Skipped where there is none, unless KILN_REQUIRE_BROWSER=1. With -Dkiln.pictures=FOLDER
/// its pictures are kept, to be looked at.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageBrowserIT {
    private static final String EVIL =
            "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"`${1}&lt;\u202Eevil\u0000";

    @TempDir private Path folder = Path.of("");
    private Optional<Browser> running = Optional.empty();

    @BeforeAll
    void start(@TempDir Path profile) throws Exception {
        Optional<Path> program = Browser.program();
        if ("1".equals(System.getenv("KILN_REQUIRE_BROWSER"))) {
            assertThat(program).as("a browser: apt-get install chromium").isPresent();
        }
        assumeTrue(program.isPresent(), "no Chromium here: apt-get install chromium");
        running = Optional.of(Browser.start(program.orElseThrow(), profile));
    }

    @AfterAll
    void stop() throws Exception {
        if (running.isPresent()) {
            running.get().close();
        }
    }

    private Browser browser() {
        return running.orElseThrow();
    }

    private Path page(String name, String html) throws Exception {
        return Files.writeString(folder.resolve(name + ".html"), html);
    }

    private void keep(String name) throws Exception {
        String pictures = System.getProperty("kiln.pictures", "");
        if (!pictures.isEmpty()) {
            browser().picture(Files.createDirectories(Path.of(pictures)).resolve(name + ".png"));
        }
    }

    private static String compared() {
        LoadRun before = LivelyRun.of(1, 60);
        LoadRun after = LivelyRun.of(2, 60);
        return Page.of(
                after, new Page.Earlier(before, Compare.of(before, after, Compare.Rules.DEFAULT)));
    }

    @ParameterizedTest
    @CsvSource({
        "1280,screen,light",
        "1280,screen,dark",
        "390,screen,light",
        "390,screen,dark",
        "720,print,dark"
    })
    void everyPlotIsDrawnAndNothingSticksOut(int width, String media, String scheme)
            throws Exception {
        browser().size(width, 900);
        browser().media(media, scheme);
        browser().open(page("compared", compared()));

        assertThat(browser().evaluate(INK).asInt())
                .as("plots with ink")
                .isEqualTo(browser().evaluate("document.querySelectorAll('canvas').length").asInt())
                .isGreaterThan(10);
        assertThat(browser().evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(width);
        assertThat(browser().complaints()).isEmpty();
        keep("%d-%s-%s".formatted(width, media, scheme));
    }

    /// How many canvases hold at least a hundred pixels that are not empty.
    private static final String INK =
            """
            [...document.querySelectorAll('canvas')].filter(canvas => {
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let ink = 0;
              for (let i = 3; i < pixels.length; i += 4) ink += pixels[i] > 0 ? 1 : 0;
              return ink > 100;
            }).length\
            """;

    @Test
    void whatAnEnemySaysStaysText() throws Exception {
        LoadRun run = LivelyRun.hostile(EVIL);
        browser().media("screen", "light");
        browser().size(390, 900);
        browser()
                .open(
                        page(
                                "hostile",
                                Page.of(
                                        run,
                                        new Page.Earlier(
                                                run,
                                                Compare.of(run, run, Compare.Rules.DEFAULT)))));

        assertThat(browser().evaluate("document.title").asText())
                .startsWith("FAIL")
                .isNotEqualTo("owned");
        assertThat(browser().evaluate("document.querySelectorAll('img').length").asInt()).isZero();
        assertThat(browser().evaluate("document.querySelectorAll('script').length").asInt())
                .isEqualTo(3);
        assertThat(browser().evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(390);
        assertThat(browser().complaints()).isEmpty();
        keep("hostile");
    }

    @Test
    void theColoursFollowTheReader() throws Exception {
        browser().size(1280, 900);
        browser().media("screen", "light");
        browser().open(page("colours", Page.of(LivelyRun.of(1, 20))));
        String paper = "getComputedStyle(document.body).backgroundColor";

        assertThat(browser().evaluate(paper).asText()).isEqualTo("rgb(255, 255, 255)");
        browser().media("screen", "dark");
        assertThat(browser().evaluate(paper).asText()).isEqualTo("rgb(18, 22, 27)");
        browser().media("print", "dark");
        assertThat(browser().evaluate(paper).asText()).isEqualTo("rgb(255, 255, 255)");
    }

    @Test
    void withoutScriptsEveryNumberStandsInATable() throws Exception {
        browser().size(1280, 900);
        browser().media("screen", "light");
        browser().scripts(false);
        try {
            browser().navigate(page("quiet", Page.of(LivelyRun.of(1, 20))));
            keep("no-scripts");
        } finally {
            browser().scripts(true);
        }
        assertThat(
                        browser()
                                .evaluate(
                                        "[...document.querySelectorAll('figure')].every(f => f.querySelector('table').offsetHeight > 0)")
                                .asBoolean())
                .isTrue();
        assertThat(
                        browser()
                                .evaluate(
                                        "[...document.querySelectorAll('canvas')].every(c => c.offsetHeight === 0)")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void aMinuteOpensInUnderASecondAndIsSmall() throws Exception {
        Path file = page("minute", compared());
        browser().media("screen", "light");
        browser().size(1280, 900);
        double best = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            best = Math.min(best, browser().open(file));
        }

        System.out.printf("report of 60 s: %,d bytes, opens in %.0f ms%n", Files.size(file), best);
        assertThat(Files.size(file)).isLessThan(2 * 1024 * 1024);
        assertThat(best).isLessThan(1_000);
    }

    @Test
    void itPrints() throws Exception {
        browser().media("", "dark");
        browser().size(1280, 900);
        browser().open(page("print", compared()));
        byte[] pdf = browser().pdf();

        assertThat(new String(pdf, 0, 5, java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo("%PDF-");
        String pictures = System.getProperty("kiln.pictures", "");
        if (!pictures.isEmpty()) {
            Files.write(Files.createDirectories(Path.of(pictures)).resolve("print.pdf"), pdf);
        }
    }

    @Test
    void voidAndPassLookDifferent() throws Exception {
        browser().media("screen", "light");
        browser().size(1280, 900);
        for (String word : List.of("pass", "void")) {
            LoadRun run =
                    LivelyRun.word(
                            LivelyRun.of(1, 20),
                            word,
                            List.of(),
                            word.equals("void")
                                    ? List.of(
                                            "the generator was late by 12 ms at p99, more than 2 ms")
                                    : List.of());
            browser().open(page(word, Page.of(run)));
            assertThat(browser().evaluate("document.querySelector('.word').textContent").asText())
                    .contains(word.toUpperCase(java.util.Locale.ROOT));
            keep(word);
        }
        assertThat(browser().complaints()).isEmpty();
    }
}
