package dev.kiln.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Roster;
import dev.kiln.core.Roster.Sees;
import dev.kiln.core.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RosterFileTest {
    private static final String ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    private static final String BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    @TempDir private Path folder = Path.of("");

    private Path write(String yaml) throws Exception {
        return Files.writeString(folder.resolve("roster.yaml"), yaml);
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws Exception {
        Roster roster = RosterFile.read(write("- {hotkey: %s, stake: 12.5}".formatted(ALICE)));

        Roster.Member alice = roster.find(Ss58.hotkey(ALICE)).orElseThrow();
        assertThat(alice.scheme()).isEqualTo(Scheme.SR25519);
        assertThat(alice.stake()).isEqualTo(12.5);
        assertThat(alice.permit()).isTrue();
        assertThat(alice.sees()).isEqualTo(Sees.MINIMAL);
    }

    @Test
    void everyProblemOfTheFileIsReportedAtOnce() {
        ConfigException wrong =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                RosterFile.read(
                                        write(
                                                """
                                                - {hotkey: %s}
                                                - {hotkey: %s}
                                                - {hotkey: 5Nonsense, stake: many, sees: everything}
                                                - {stake: 3}
                                                - text
                                                """
                                                        .formatted(ALICE, ALICE))));

        assertThat(wrong.problems())
                .anySatisfy(p ->
                        assertThat(p).contains("[1].hotkey").contains("stands in the list twice"))
                .anySatisfy(p -> assertThat(p).startsWith("[2].hotkey = \"5Nonsense\""))
                .anySatisfy(p -> assertThat(p).startsWith("[2].stake = \"many\""))
                .anySatisfy(p -> assertThat(p).startsWith("[2].sees = \"everything\""))
                .anySatisfy(p -> assertThat(p).startsWith("[3].hotkey").contains("is missing"))
                .anySatisfy(p -> assertThat(p).startsWith("[4]").contains("must be a mapping"));
    }

    @Test
    void aChangedFileReplacesTheRosterWithoutARestart() throws Exception {
        Path file = write("- {hotkey: %s}".formatted(ALICE));
        WatchedRoster watched = WatchedRoster.open(file, Optional.empty());

        write("- {hotkey: %s}%n- {hotkey: %s}%n".formatted(ALICE, BOB));
        watched.look();

        assertThat(watched.current().find(Ss58.hotkey(BOB))).isPresent();
    }

    @Test
    void aBrokenFileLeavesTheOldRosterInForce() throws Exception {
        Path file = write("- {hotkey: %s}".formatted(ALICE));
        WatchedRoster watched = WatchedRoster.open(file, Optional.empty());

        write("- {hotkey: broken}");
        watched.look();
        Files.delete(file);
        watched.look();

        assertThat(watched.current().find(Ss58.hotkey(ALICE))).isPresent();
    }

    @Test
    void aRosterOlderThanItsAgeRefusesEverybody() throws Exception {
        Path file = write("- {hotkey: %s}".formatted(ALICE));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        WatchedRoster watched = WatchedRoster.open(file, Optional.of(Duration.ofSeconds(30)));

        Refused refused = catchThrowableOfType(Refused.class, watched::current);

        assertThat(refused.reason()).isEqualTo(Refusal.ROSTER_STALE);
        assertThat(watched.stale()).isTrue();
    }
}
