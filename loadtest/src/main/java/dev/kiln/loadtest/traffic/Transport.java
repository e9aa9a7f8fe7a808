package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import dev.kiln.core.Time;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One caller's kept-alive HTTP connections to one server.
///
/// **Threads:** any; replies come on Vert.x's event loop.
public final class Transport implements AutoCloseable {
    /// Largest answer that is taken, in bytes; the connection of a larger one is closed.
    public static final int LARGEST_ANSWER = 32 << 20;

    private final HttpClient client;
    private final Context loop;
    private final RequestOptions to;
    private final Duration patience;

    /// @param base scheme, host and port; its path is ignored
    /// @param connections open at once at most; more requests than that wait their turn
    /// @param patience longest wait for a whole response
    public Transport(Vertx vertx, URI base, int connections, Duration patience) {
        boolean tls = "https".equals(base.getScheme());
        int port = base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80;
        this.loop = vertx.getOrCreateContext();
        this.client =
                vertx.httpClientBuilder()
                        .with(
                                new HttpClientOptions()
                                        .setSsl(tls)
                                        .setConnectTimeout((int) patience.toMillis()))
                        .with(new PoolOptions().setHttp1MaxSize(connections))
                        .build();
        this.to = new RequestOptions().setHost(base.getHost()).setPort(port).setSsl(tls);
        this.patience = patience;
    }

    /// Called once a request has a connection and begins to be written.
    @FunctionalInterface
    public interface Sending {
        void at(long tick);
    }

    /// The longest wait for a whole response.
    public Duration patience() {
        return patience;
    }

    /// Runs something on the event loop that its requests leave from.
    void onLoop(Runnable task) {
        loop.runOnContext(_ -> task.run());
    }

    /// Sends one request with a body and collects the whole response.
    public Future<Received> post(
            String target, List<Header> headers, byte[] body, Sending sending) {
        return post(target, headers, body, sending, Listener.NONE);
    }

    /// Hears a response's body as it comes, on Vert.x's event loop.
    @FunctionalInterface
    public interface Listener {
        Listener NONE = _ -> {};

        /// Some of the body's bytes, as they came.
        void came(byte[] piece);
    }

    /// Sends one request with a body, lets somebody hear the response as it comes, and collects it all the same.
    public Future<Received> post(
            String target, List<Header> headers, byte[] body, Sending sending, Listener listener) {
        return exchange(HttpMethod.POST, target, headers, body, new Hooks(sending, listener));
    }

    /// Fetches something.
    public Future<Received> get(String target) {
        return get(target, List.of());
    }

    /// Fetches something with headers.
    public Future<Received> get(String target, List<Header> headers) {
        return exchange(
                HttpMethod.GET, target, headers, new byte[0], new Hooks(_ -> {}, Listener.NONE));
    }

    /// What is told while an exchange goes on.
    private record Hooks(Sending sending, Listener listener) {}

    private Future<Received> exchange(
            HttpMethod method, String target, List<Header> headers, byte[] body, Hooks hooks) {
        var options = new RequestOptions(to).setMethod(method).setURI(target);
        MultiMap fields = MultiMap.caseInsensitiveMultiMap();
        headers.forEach(header -> fields.add(header.name(), header.value()));
        options.setHeaders(fields);
        // Whoever gives up waiting for a connection leaves the queue for one.
        options.setConnectTimeout(patience.toMillis());
        var attempt = new Attempt();
        Future<HttpClientRequest> connected;
        try {
            connected = client.request(options);
        } catch (IllegalStateException closed) {
            return Future.failedFuture(closed);
        }
        return connected
                .compose(request -> answered(attempt.with(request), body, hooks))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(_ -> attempt.giveUp());
    }

    /// What is given up must not be sent later, when a connection comes free, nor keep its connection busy.
    private static final class Attempt {
        private Optional<HttpClientRequest> request = Optional.empty(); // guarded by this
        private boolean over; // guarded by this

        private synchronized HttpClientRequest with(HttpClientRequest connected) {
            // The future says the same; without a handler Vert.x logs it.
            connected.exceptionHandler(_ -> {});
            if (over) {
                connected.reset();
                throw new IllegalStateException("given up before it had a connection");
            }
            request = Optional.of(connected);
            return connected;
        }

        private synchronized void giveUp() {
            over = true;
            request.ifPresent(HttpClientRequest::reset);
        }
    }

    private Future<Received> answered(HttpClientRequest request, byte[] body, Hooks hooks) {
        hooks.sending().at(System.nanoTime());
        Future<HttpClientResponse> response =
                body.length == 0 ? request.send() : request.send(Buffer.buffer(body));
        return response.compose(
                head -> whole(head, hooks.listener()).map(bytes -> received(head, bytes)));
    }

    /// Collects the body, up to a bound.
    private static Future<Buffer> whole(HttpClientResponse head, Listener listener) {
        Promise<Buffer> whole = Promise.promise();
        Buffer collected = Buffer.buffer();
        head.exceptionHandler(whole::tryFail);
        head.endHandler(_ -> whole.tryComplete(collected));
        head.handler(part -> {
            if (collected.length() + part.length() <= LARGEST_ANSWER) {
                collected.appendBuffer(part);
                listener.came(part.getBytes());
            } else if (whole.tryFail(new TooLarge())) {
                head.request().connection().close();
            }
        });
        return whole.future();
    }

    private static Received received(HttpClientResponse head, Buffer body) {
        return new Received(
                head.statusCode(), fields(head), body.getBytes(), Time.SYSTEM.epochNanos());
    }

    /// Those of the head and those behind the body, where a streamed answer has its receipt.
    private static List<Header> fields(HttpClientResponse head) {
        List<Header> fields = new ArrayList<>(head.headers().size());
        head.headers().forEach(field -> fields.add(new Header(field.getKey(), field.getValue())));
        head.trailers().forEach(field -> fields.add(new Header(field.getKey(), field.getValue())));
        return List.copyOf(fields);
    }

    @Override
    public void close() {
        client.close();
    }

    /// More came than is taken.
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLarge() {
            super("the answer is larger than %d MiB".formatted(LARGEST_ANSWER >> 20));
        }
    }
}
