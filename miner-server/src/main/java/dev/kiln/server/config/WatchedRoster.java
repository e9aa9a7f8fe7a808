package dev.kiln.server.config;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Roster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The roster of a file that is read again when it changes. A file that cannot be read leaves the old roster in
/// force, and says so once in the log.
///
/// **Threads:** [#current] and [#stale] on any; [#look] on one thread at a time, which may block on the disk.
public final class WatchedRoster implements Roster.Source {
    private static final System.Logger LOG = System.getLogger(WatchedRoster.class.getName());

    private final Path file;
    private final Optional<Duration> maxAge;
    private final AtomicReference<Roster> newest;

    /// Written by the looking thread alone.
    private FileStamp seen;

    private WatchedRoster(Path file, Optional<Duration> maxAge, Roster first, FileStamp seen) {
        this.file = file;
        this.maxAge = maxAge;
        this.newest = new AtomicReference<>(first);
        this.seen = seen;
    }

    /// Reads the file for the first time.
    ///
    /// @param maxAge refuse everybody once the file has not changed for so long; empty means never
    public static WatchedRoster open(Path file, Optional<Duration> maxAge) throws ConfigException {
        FileStamp stamp = FileStamp.of(file);
        return new WatchedRoster(file, maxAge, RosterFile.read(file), stamp);
    }

    @Override
    public Roster current() throws Refused {
        Roster roster = newest.get();
        if (maxAge.isPresent() && age(roster).compareTo(maxAge.get()) > 0) {
            throw new Refused(Refusal.ROSTER_STALE, "the roster of this miner is out of date");
        }
        return roster;
    }

    /// Whether everybody is refused because the file is too old.
    public boolean stale() {
        return maxAge.isPresent() && age(newest.get()).compareTo(maxAge.get()) > 0;
    }

    /// The newest roster, however old.
    public Roster newest() {
        return newest.get();
    }

    /// Reads the file again if it has changed.
    public void look() {
        FileStamp now = FileStamp.of(file);
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            Roster roster = RosterFile.read(file);
            newest.set(roster);
            LOG.log(
                    System.Logger.Level.INFO,
                    "roster: %d callers from %s".formatted(roster.members().size(), file));
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "roster: the old one stays in force", bug);
        } catch (ConfigException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "roster: the old one stays in force; %s"
                            .formatted(String.join("; ", e.problems())));
        }
    }

    private static Duration age(Roster roster) {
        return Duration.between(roster.asOf(), Instant.now());
    }
}
