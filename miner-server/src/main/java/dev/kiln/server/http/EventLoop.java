package dev.kiln.server.http;

import dev.kiln.core.Time;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one thread that moves bytes. It does no other work, so one carries far more calls than any model answers.
///
/// **Threads:** any.
public final class EventLoop implements AutoCloseable {
    private static final long CHECK_BLOCKED_SECONDS = 10;
    private static final long CLOSE_SECONDS = 5;

    private final Vertx vertx;
    private final Time time;

    private EventLoop(Vertx vertx, Time time) {
        this.vertx = vertx;
        this.time = time;
    }

    public static EventLoop start(Time time) {
        // Names are never looked up: the system's own resolver is asked once, for the address to
        // bind.
        System.setProperty("vertx.disableDnsResolver", "true");
        VertxOptions options =
                new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        .setBlockedThreadCheckInterval(CHECK_BLOCKED_SECONDS)
                        .setBlockedThreadCheckIntervalUnit(TimeUnit.SECONDS)
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false));
        return new EventLoop(Vertx.vertx(options), time);
    }

    Vertx vertx() {
        return vertx;
    }

    Time time() {
        return time;
    }

    /// Closes every connection and ends the thread.
    @Override
    public void close() {
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(EventLoop.class.getName())
                    .log(System.Logger.Level.WARNING, "the event loop did not end cleanly", e);
        }
    }
}
