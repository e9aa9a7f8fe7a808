package dev.kiln.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LooksTest {
    @Test
    void looksThatWaitForEachOtherEndBecauseTheyRunSideBySide() throws Exception {
        var both = new CountDownLatch(2);
        var looks = new Looks(Duration.ofSeconds(100));
        for (String what : List.of("one", "other")) {
            looks.begin(
                    what,
                    () -> {
                        both.countDown();
                        both.await();
                        return List.of(Finding.ok(what, "seen"));
                    });
        }

        assertThat(looks.findings())
                .containsExactly(Finding.ok("one", "seen"), Finding.ok("other", "seen"));
    }

    @Test
    void aLookThatHangsIsNamedAndKeepsNobodyWaiting() throws Exception {
        var never = new CountDownLatch(1);
        var looks = new Looks(Duration.ofMillis(50));
        looks.begin(
                "reach",
                () -> {
                    never.await();
                    return List.of();
                });

        List<Finding> found = looks.findings();
        never.countDown();

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().what()).isEqualTo("reach");
        assertThat(found.getFirst().state()).isEqualTo(Finding.State.WARN);
        assertThat(found.getFirst().fact()).isEqualTo("this look did not end within 50 ms");
        assertThat(found.getFirst().remedy()).isNotEmpty();
    }

    @Test
    void aLookThatFailsIsABugAndIsNotHidden() {
        var looks = new Looks(Duration.ofSeconds(100));
        looks.begin(
                "port",
                () -> {
                    throw new IllegalArgumentException("a bug");
                });

        assertThatThrownBy(looks::findings)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the look at port failed")
                .hasRootCauseMessage("a bug");
    }
}
