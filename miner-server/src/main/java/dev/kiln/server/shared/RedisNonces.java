package dev.kiln.server.shared;

import dev.kiln.bittensor.wire.SharedNonces;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The set of used nonces that boxes behind one hotkey share, in a Redis: `SET … NX PX …`, one for each proved request.
///
/// Where it cannot be asked, is slow, is full or may forget, requests are refused; none is ever let through unasked. A
/// nonce from before the store's own birth is refused too: what an earlier one knew is lost.
///
/// **Threads:** any; waits no longer than the configured time for each of a connection, its greeting and its answer.
public final class RedisNonces implements SharedNonces, AutoCloseable {
    private static final int MOST_LINKS = 32;
    private static final int MOST_SPARE = 8;
    private static final Duration SLACK = Duration.ofSeconds(31);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Pattern UPTIME = Pattern.compile("uptime_in_seconds:(\\d+)");
    private static final Pattern POLICY = Pattern.compile("maxmemory_policy:(\\S+)");
    private static final System.Logger LOG = System.getLogger(RedisNonces.class.getName());

    private final Settings settings;
    private final Time time;
    private final Semaphore links = new Semaphore(MOST_LINKS);
    private final ArrayBlockingQueue<RedisLink> spare = new ArrayBlockingQueue<>(MOST_SPARE);

    /// Nanoseconds since 1970: nothing signed up to then is accepted. Written by whoever connects.
    private volatile long fence = Long.MAX_VALUE;

    private volatile boolean away = true;

    /// How to reach it.
    ///
    /// @param password empty where it asks for none
    /// @param atMost longest wait
    /// @param window how long a nonce stays acceptable
    /// @param skew how far a nonce may lie in the future
    public record Settings(
            InetSocketAddress at,
            Optional<String> password,
            Duration atMost,
            Duration window,
            Duration skew) {
        @Override
        public String toString() {
            return "Redis at %s:%d".formatted(at.getHostString(), at.getPort());
        }
    }

    public RedisNonces(Settings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    @Override
    public void use(Hotkey miner, Hotkey caller, long nonce) throws Refused {
        String key = "kiln:nonce:%s:%s:%d".formatted(miner.ss58(), caller.ss58(), nonce);
        long keep = settings.window().plus(settings.skew()).plus(SLACK).toMillis();
        String answer;
        try {
            answer = ask("SET", key, "1", "NX", "PX", Long.toString(keep));
        } catch (IOException e) {
            throw Refused.until(
                    Refusal.STORE_AWAY,
                    "the boxes behind this hotkey cannot tell used nonces now; try again",
                    AGAIN);
        }
        if (answer.equals("nil")) {
            throw new Refused(
                    Refusal.TIME_REPLAY, "this nonce was used; sign a fresh one for every attempt");
        }
        if (nonce <= fence) {
            throw Refused.until(
                    Refusal.TIME_BEFORE_FENCE,
                    "the miner's store restarted after this nonce; sign a fresh one",
                    Duration.ofNanos(Math.max(1, fence - time.epochNanos() + 1)));
        }
    }

    /// Whether it could be asked when it was last tried.
    public boolean away() {
        return away;
    }

    /// Tries it; to be called once a second, so that it is known to be back before a caller comes.
    public void look() {
        try {
            ask("PING");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the shared store is away", e);
        }
    }

    private String ask(String... words) throws IOException {
        try {
            if (!links.tryAcquire(settings.atMost().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("all %d connections wait".formatted(MOST_LINKS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            String answer = asked(words);
            noteAway(false, "");
            return answer;
        } catch (IOException e) {
            noteAway(true, String.valueOf(e.getMessage()));
            throw e;
        } finally {
            links.release();
        }
    }

    /// On a connection of before, or a new one. Nothing is asked twice: a first answer that was lost may have been yes.
    private String asked(String... words) throws IOException {
        RedisLink old = spare.poll();
        RedisLink link = old == null ? greeted() : old;
        boolean kept = false;
        try {
            String answer = link.ask(words);
            kept = spare.offer(link);
            return answer;
        } finally {
            if (!kept) {
                link.close();
                drop();
            }
        }
    }

    /// After a fault no other connection is trusted either: the next call greets the store anew.
    private void drop() {
        for (RedisLink link = spare.poll(); link != null; link = spare.poll()) {
            link.close();
        }
    }

    private RedisLink greeted() throws IOException {
        RedisLink link = RedisLink.open(settings.at(), settings.atMost());
        boolean fit = false;
        try {
            if (settings.password().isPresent()) {
                link.ask("AUTH", settings.password().get());
            }
            requireMemory(link.ask("INFO", "memory"));
            long born = born(link.ask("INFO", "server"));
            fence = born + settings.skew().toNanos();
            fit = true;
            return link;
        } finally {
            if (!fit) {
                link.close();
            }
        }
    }

    /// A store that throws keys out to make room forgets nonces.
    private static void requireMemory(String info) throws IOException {
        Matcher policy = POLICY.matcher(info);
        if (policy.find() && !policy.group(1).matches("noeviction")) {
            throw new IOException(
                    "its maxmemory-policy is %s and would forget nonces; set it to noeviction"
                            .formatted(policy.group(1)));
        }
    }

    /// The latest moment at which it can have begun.
    private long born(String info) throws IOException {
        Matcher uptime = UPTIME.matcher(info);
        if (!uptime.find()) {
            throw new IOException("it does not say since when it runs");
        }
        return time.epochNanos() - TimeUnit.SECONDS.toNanos(Long.parseLong(uptime.group(1)));
    }

    private void noteAway(boolean now, String why) {
        boolean before = away;
        away = now;
        if (now && !before) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "%s is away: %s; every signed request is refused".formatted(settings, why));
        } else if (!now && before) {
            LOG.log(System.Logger.Level.INFO, "%s answers".formatted(settings));
        }
    }

    @Override
    public void close() {
        drop();
    }
}
