package dev.kiln.server.http;

import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Time;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One request and its reply. Confined to the event loop.
final class Exchange {
    /// What may still come after an early refusal without costing the connection.
    static final long WORTH_DRAINING = 64 << 10;

    /// How long a client may go on sending after it was refused, so that it reads the reply before a reset.
    private static final long LINGER_MILLIS = 500;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final RequestHead head;
    private final int headBytes;
    private final Context loop;
    private final Connection connection;
    private boolean answered;

    /// What a reply in pieces has said before its body; empty while none has begun.
    private List<Header> opening = List.of();

    private boolean opened;
    private boolean muchToCome;
    private @Nullable AtomicInteger company;

    Exchange(HttpServerRequest request, Connection connection, Vertx vertx, Time time) {
        this.connection = connection;
        this.loop = vertx.getOrCreateContext();
        this.request = request;
        this.response = request.response();
        List<Header> headers = new ArrayList<>(request.headers().size());
        int bytes = request.uri().length() + 24;
        for (Map.Entry<String, String> field : request.headers()) {
            headers.add(new Header(field.getKey(), field.getValue()));
            bytes += field.getKey().length() + field.getValue().length() + 4;
        }
        this.headBytes = bytes;
        this.head =
                new RequestHead(
                        request.method().name(),
                        request.uri(),
                        headers,
                        request.remoteAddress().hostAddress(),
                        time.epochNanos(),
                        time.tick());
    }

    HttpServerRequest request() {
        return request;
    }

    /// Runs something on this request's event loop. Any thread.
    void onLoop(Runnable work) {
        loop.runOnContext(_ -> work.run());
    }

    RequestHead head() {
        return head;
    }

    int headBytes() {
        return headBytes;
    }

    /// The path of the raw target: nothing is decoded, so nothing can be spelled in two ways.
    String path() {
        String target = head.target();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /// @param among counts those that came with it and are inside
    void enter(AtomicInteger among) {
        company = among;
        among.incrementAndGet();
    }

    /// Whether it had entered and now leaves.
    boolean leave() {
        AtomicInteger left = company;
        company = null;
        if (left != null) {
            left.decrementAndGet();
        }
        return left != null;
    }

    /// The declared length; 0 where there is no body, -1 for a chunked one.
    ///
    /// @throws Refused if it is no number, or the body's end is told in a way that others may read differently
    long declared() throws Refused {
        List<String> encodings = request.headers().getAll("Transfer-Encoding");
        if (!encodings.isEmpty()
                && !(encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked"))) {
            throw new Refused(
                    Refusal.TASK_BAD_INPUT, "Transfer-Encoding must be chunked or absent");
        }
        String length = request.getHeader("Content-Length");
        if (length == null) {
            return encodings.isEmpty() ? 0 : -1;
        }
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException _) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "Content-Length must be a whole number");
        }
    }

    /// Refuses a head that two readers may take for two requests.
    ///
    /// @throws Refused unless there is one `Host`, which only HTTP/1.0 may leave out, and every header has a name
    void requirePlainHead() throws Refused {
        int hosts = request.headers().getAll("Host").size();
        if (hosts > 1 || (hosts == 0 && request.version() != HttpVersion.HTTP_1_0)) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "one Host must be named");
        }
        if (request.headers().contains("")) {
            throw new Refused(Refusal.TASK_BAD_INPUT, "a header has no name");
        }
    }

    /// Whether what is left of the body is worth reading for the sake of the connection.
    boolean littleToCome() {
        try {
            long declared = declared();
            return !muchToCome && declared >= 0 && declared <= WORTH_DRAINING;
        } catch (Refused _) {
            return false;
        }
    }

    /// The rest of the body is not worth waiting for, whatever its size.
    void expectMuch() {
        muchToCome = true;
    }

    boolean answered() {
        return answered;
    }

    /// @param gone run if the client leaves before its reply is written
    void onGone(Runnable gone) {
        response.closeHandler(_ -> {
            if (!answered) {
                gone.run();
            }
        });
    }

    /// Names the methods that a path takes, beside a refusal.
    void allow(String methods) {
        response.putHeader("Allow", methods);
    }

    /// Refuses a body of another type, where it names one.
    void requireMedia(Set<String> media) throws Refused {
        Optional<String> type = Optional.ofNullable(request.getHeader("Content-Type"));
        if (type.isPresent()) {
            String named = type.get().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            if (!media.contains(named)) {
                throw new Refused(
                        Refusal.TASK_MEDIA_TYPE,
                        "Content-Type must be "
                                + media.stream().sorted().collect(Collectors.joining(" or ")));
            }
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Refused(
                    Refusal.TASK_MEDIA_TYPE,
                    "Content-Encoding must be absent: bodies are taken uncompressed");
        }
    }

    /// Tells a client that waits for it that its body is welcome.
    void welcomeBody() {
        String expect = request.getHeader("Expect");
        if (expect != null && expect.equalsIgnoreCase("100-continue")) {
            response.writeContinue();
        }
    }

    /// Begins a reply whose body comes in pieces. A client of HTTP/1.0 gets it whole instead.
    void open(Reply head) {
        if (answered || response.closed() || request.version() == HttpVersion.HTTP_1_0) {
            return;
        }
        opened = true;
        opening = head.headers();
        response.setStatusCode(head.status()).setChunked(true);
        response.putHeader("Content-Type", head.contentType());
        opening.forEach(header -> response.headers().add(header.name(), header.value()));
    }

    /// Whether a reply in pieces has begun.
    boolean opened() {
        return opened;
    }

    /// Whether somebody waits for a reply of which nothing is out.
    boolean unbegun() {
        return !opened && !answered && !response.closed();
    }

    /// Writes a piece of a reply that has begun.
    void piece(byte[] bytes) {
        if (opened && !answered && !response.closed()) {
            connection.sending(bytes.length, response.write(Buffer.buffer(bytes)));
        }
    }

    /// The rest of a reply that has begun will not come.
    void abandon() {
        answered = true;
    }

    /// Ends a reply whose body is out already: what its headers add to the opening follows as a trailer.
    private void close(Reply reply, Runnable written) {
        for (Header header : reply.headers()) {
            if (opening.stream().noneMatch(said -> said.name().equals(header.name()))) {
                response.putTrailer(header.name(), header.value());
            }
        }
        sent(0, response.end(), written);
    }

    /// Writes the whole reply, or what is left of it; the connection stays open for the next request.
    ///
    /// @param written run once the bytes are with the network, or the client is gone
    void reply(Reply reply, Runnable written) {
        if (answered || response.closed()) {
            written.run();
            return;
        }
        answered = true;
        if (opened) {
            close(reply, written);
            return;
        }
        putHead(reply);
        sent(reply.body().length, response.end(Buffer.buffer(reply.body())), written);
    }

    private void sent(int bytes, Future<Void> taken, Runnable written) {
        connection.sending(bytes, taken);
        taken.onComplete(_ -> written.run());
    }

    /// Writes the whole reply and closes the connection once the client has had a moment to read it; what it still
    /// sends is thrown away.
    void replyAndClose(Reply reply, Runnable written) {
        if (answered || response.closed()) {
            written.run();
            return;
        }
        answered = true;
        putHead(reply);
        response.putHeader("Connection", "close");
        discardBody();
        // Not ended but written in full: an end would close at once and a reset could overtake the
        // reply.
        byte[] body = head.method().equals("HEAD") ? new byte[0] : reply.body();
        sent(body.length, response.write(Buffer.buffer(body)), written);
        lingerThenClose();
    }

    void discardBody() {
        request.handler(_ -> {});
    }

    private void lingerThenClose() {
        Vertx vertx = loop.owner();
        long timer = vertx.setTimer(LINGER_MILLIS, _ -> request.connection().close());
        response.closeHandler(_ -> vertx.cancelTimer(timer));
    }

    private void putHead(Reply reply) {
        response.setStatusCode(reply.status());
        if (reply.status() == 499) {
            response.setStatusMessage("Client Closed Request");
        }
        response.putHeader("Content-Type", reply.contentType());
        response.putHeader("Content-Length", Integer.toString(reply.body().length));
        for (Header header : reply.headers()) {
            response.headers().add(header.name(), header.value());
        }
    }
}
