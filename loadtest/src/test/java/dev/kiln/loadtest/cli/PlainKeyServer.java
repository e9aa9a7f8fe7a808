package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.traffic.StubMiner;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Vectors for whoever comes with an API key, unsigned.
final class PlainKeyServer implements AutoCloseable {
    private final HttpServer server;

    /// @param keys told the `Authorization` of each question
    PlainKeyServer(Vertx vertx, Consumer<String> keys) throws Exception {
        this.server =
                vertx.createHttpServer()
                        .requestHandler(request -> {
                            if (request.method().name().equals("GET")) {
                                request.response().setStatusCode(404).end();
                                return;
                            }
                            keys.accept(request.getHeader("Authorization"));
                            request.body()
                                    .onSuccess(body ->
                                            request.response()
                                                    .end(
                                                            Buffer.buffer(
                                                                    StubMiner.vectors(
                                                                            body.getBytes()))));
                        })
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
