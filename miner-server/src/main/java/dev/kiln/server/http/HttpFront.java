package dev.kiln.server.http;

import dev.kiln.core.CallPath;
import dev.kiln.core.Time;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/// The HTTP server: HTTP/1 on one event loop, exact raw paths, everything bounded.
///
/// **Threads:** requests are handled on the event loop, calls on a virtual thread each; the public methods may be
/// called from any thread that may wait.
public final class HttpFront {
    private static final long POLL_NANOS = 2_000_000;
    private static final int LONGEST_SWEEP_MILLIS = 250;

    private final Vertx vertx;
    private final HttpSettings settings;
    private final Reception reception;
    private final Connections connections;
    private final Time time;

    /// @param endpoints by exact raw path
    public HttpFront(
            HttpSettings settings,
            Map<String, Endpoint> endpoints,
            CallPath calls,
            CallObserver observer,
            EventLoop loop) {
        this.vertx = loop.vertx();
        this.time = loop.time();
        this.settings = settings;
        this.connections = new Connections(settings, time);
        this.reception = new Reception(settings, endpoints, calls, observer, loop);
    }

    /// Begins to listen.
    ///
    /// @return the port it listens on
    /// @throws IOException if it cannot, in words for the operator
    public int start() throws IOException, InterruptedException {
        HttpServer server =
                vertx.createHttpServer(options())
                        .connectionHandler(connections::connected)
                        .invalidRequestHandler(request -> with(request, reception::unreadable))
                        .requestHandler(request -> with(request, reception::requested));
        long shortest = settings.waits().shortest().toMillis();
        long sweep = Math.clamp(shortest / 4, 10, LONGEST_SWEEP_MILLIS);
        try {
            int port =
                    server.listen(settings.port(), settings.host())
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get()
                            .actualPort();
            Context loop = vertx.getOrCreateContext();
            loop.runOnContext(_ -> vertx.setPeriodic(sweep, _ -> connections.sweep()));
            return port;
        } catch (ExecutionException e) {
            throw new IOException(
                    "cannot listen on %s:%d: %s"
                            .formatted(
                                    settings.host(),
                                    settings.port(),
                                    String.valueOf(
                                            e.getCause() == null
                                                    ? e.getMessage()
                                                    : e.getCause().getMessage())),
                    e);
        }
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setHandle100ContinueAutomatically(false)
                .setMaxInitialLineLength(settings.headerSize())
                .setMaxHeaderSize(settings.headerSize())
                .setReuseAddress(true)
                .setTcpNoDelay(true);
    }

    /// Requests whose reply is not yet written.
    public int inside() {
        return reception.inside();
    }

    /// Refusals that were held back so far.
    public long slowed() {
        return reception.slowed();
    }

    /// Bytes of bodies that are held now, before anybody is proved.
    public long bodies() {
        return reception.held();
    }

    /// Connections that were ended so far to make room for others.
    public long evicted() {
        return connections.evicted();
    }

    /// Bytes of replies that clients have yet to read.
    public long unread() {
        return connections.unread();
    }

    /// Connections that were ended so far because their clients did not read.
    public long cutOff() {
        return connections.cutOff();
    }

    /// Waits until every request that came so far is answered. Those that come meanwhile are not waited for: who is refused
    /// and asks again at once would have it wait for ever. To be called once.
    ///
    /// @return false if some were not when the time was up
    public boolean awaitIdle(Duration atMost) throws InterruptedException {
        long began = time.tick();
        IntSupplier left = reception.lookBack();
        while (left.getAsInt() > 0) {
            if (time.tick() - began > atMost.toNanos()) {
                return false;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private void with(
            HttpServerRequest request, BiConsumer<HttpServerRequest, Connection> receive) {
        Connection connection = connections.of(request.connection());
        if (connection == null) {
            request.connection().close();
        } else {
            receive.accept(request, connection);
        }
    }
}
