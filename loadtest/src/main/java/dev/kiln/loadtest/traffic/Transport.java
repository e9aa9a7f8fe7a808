package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import dev.kiln.core.Time;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One caller's kept-alive HTTP connections to one server.
///
/// **Threads:** any; replies come on Vert.x's event loop.
public final class Transport implements AutoCloseable {
    private final HttpClient client;
    private final RequestOptions to;
    private final Duration patience;

    /// @param base scheme, host and port; its path is ignored
    /// @param connections open at once at most; more requests than that wait their turn
    /// @param patience longest wait for a whole response
    public Transport(Vertx vertx, URI base, int connections, Duration patience) {
        boolean tls = "https".equals(base.getScheme());
        int port = base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80;
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
        return exchange(
                HttpMethod.GET, target, List.of(), new byte[0], new Hooks(_ -> {}, Listener.NONE));
    }

    /// What is told while an exchange goes on.
    private record Hooks(Sending sending, Listener listener) {}

    private Future<Received> exchange(
            HttpMethod method, String target, List<Header> headers, byte[] body, Hooks hooks) {
        var options = new RequestOptions(to).setMethod(method).setURI(target);
        MultiMap fields = MultiMap.caseInsensitiveMultiMap();
        headers.forEach(header -> fields.add(header.name(), header.value()));
        options.setHeaders(fields);
        return client.request(options)
                .compose(request -> answered(request, body, hooks))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Future<Received> answered(HttpClientRequest request, byte[] body, Hooks hooks) {
        hooks.sending().at(System.nanoTime());
        // Beside the timeout above, this one also gives the connection up.
        request.idleTimeout(patience.toMillis());
        Future<HttpClientResponse> response =
                body.length == 0 ? request.send() : request.send(Buffer.buffer(body));
        return response.compose(head -> collected(head, hooks.listener()));
    }

    private static Future<Received> collected(HttpClientResponse head, Listener listener) {
        Buffer all = Buffer.buffer();
        head.handler(piece -> {
            all.appendBuffer(piece);
            listener.came(piece.getBytes());
        });
        return head.end().map(_ -> received(head, all));
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
}
