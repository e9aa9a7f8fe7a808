package dev.kiln.loadtest.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/// A server that reads a request and says `{}`, on one thread of a process of its own: what a generator is measured
/// against. Ends with its parent.
public final class EchoServer {
    private static final Buffer ANSWER = Buffer.buffer("{}");

    private EchoServer() {}

    /// Serves on a free port of loopback and prints `echo URL`.
    ///
    /// @param args milliseconds that each answer waits; none or 0 answers at once
    public static void main(String[] args) throws Exception {
        long delay = args.length == 0 ? 0 : Long.parseLong(args[0]);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        int port =
                vertx.createHttpServer()
                        .requestHandler(request -> answer(vertx, delay, request))
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get()
                        .actualPort();
        System.out.println("echo http://127.0.0.1:" + port);
        System.out.flush();
        // The parent holds the other end of standard input; it closes when the parent ends.
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        System.exit(0);
    }

    private static void answer(Vertx vertx, long delay, HttpServerRequest request) {
        if (delay == 0) {
            request.response().end(ANSWER);
        } else {
            vertx.setTimer(delay, _ -> request.response().end(ANSWER));
        }
    }
}
