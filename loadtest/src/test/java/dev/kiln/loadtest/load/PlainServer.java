package dev.kiln.loadtest.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that checks nothing, has no metrics, and answers `{}` when and as it is told, on an event loop of its own.
public final class PlainServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpServer server;

    /// What it does with one request, on its event loop.
    @FunctionalInterface
    public interface Behaviour {
        /// Answers, or does not.
        ///
        /// @param number from 0
        void on(int number, HttpServerRequest request, Vertx vertx);
    }

    public PlainServer(Behaviour behaviour) throws Exception {
        var count = new AtomicInteger();
        this.server =
                vertx.createHttpServer()
                        .requestHandler(request -> {
                            if ("/metrics".equals(request.path())) {
                                request.response().setStatusCode(404).end();
                            } else {
                                behaviour.on(count.getAndIncrement(), request, vertx);
                            }
                        })
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    static void answer(HttpServerRequest request) {
        request.response().end("{}");
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
