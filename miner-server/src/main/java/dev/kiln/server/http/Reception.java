package dev.kiln.server.http;

import dev.kiln.core.CallPath;
import dev.kiln.core.Caller;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Time;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Sends each request to what stands behind its path, or refuses it before its body is read.
///
/// **Threads:** the event loop, except where a method says otherwise.
final class Reception {
    private static final System.Logger LOG = System.getLogger(Reception.class.getName());

    /// The label of requests that no route claims.
    private static final String OTHER = "other";

    /// Pages made at once.
    private static final int PAGES = 2;

    private final Vertx vertx;
    private final HttpSettings settings;
    private final Map<String, Endpoint> endpoints;

    /// Those of them that claim the paths below theirs.
    private final List<Endpoint.Calls> trees;

    private final CallPath calls;
    private final CallObserver observer;
    private final Time time;
    private final ErrorReplies errors = new ErrorReplies();
    private final ThreadFactory threads = Thread.ofVirtual().name("call-", 0).factory();

    /// Threads of their own, so that a health check never waits for calls: these share the cores' carrier threads.
    private final ThreadPoolExecutor pages =
            new ThreadPoolExecutor(
                    PAGES,
                    PAGES,
                    10,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("page-", 0).factory());

    private final Restraint restraint;
    private final AtomicInteger inside = new AtomicInteger();

    /// Those of them that came since the last look back.
    private volatile AtomicInteger recent = new AtomicInteger();

    /// Bytes of bodies held now, by source address. Confined to the event loop.
    private final Map<String, Long> bodyBytes = new HashMap<>();

    /// Written by the event loop, read by metrics.
    private final AtomicLong allBodyBytes = new AtomicLong();

    Reception(
            HttpSettings settings,
            Map<String, Endpoint> endpoints,
            CallPath calls,
            CallObserver observer,
            EventLoop loop) {
        this.vertx = loop.vertx();
        this.time = loop.time();
        this.settings = settings;
        this.endpoints = Map.copyOf(endpoints);
        this.trees =
                endpoints.values().stream()
                        .filter(Endpoint.Calls.class::isInstance)
                        .map(Endpoint.Calls.class::cast)
                        .filter(Endpoint.Calls::tree)
                        .toList();
        this.calls = calls;
        this.observer = observer;
        this.restraint =
                new Restraint(
                        settings.refusals(),
                        time,
                        (after, then) ->
                                vertx.setTimer(
                                        Math.ceilDiv(after.toNanos(), 1_000_000), _ -> then.run()));
        pages.allowCoreThreadTimeOut(true);
    }

    /// Requests whose reply is not yet written. Any thread.
    int inside() {
        return inside.get();
    }

    /// From now on tells how many of those that came up to now are inside. Any thread.
    IntSupplier lookBack() {
        AtomicInteger earlier = recent;
        recent = new AtomicInteger();
        return earlier::get;
    }

    void requested(HttpServerRequest request, Connection connection) {
        Exchange exchange = new Exchange(request, connection, vertx, time);
        connection.answering(exchange, exchange.head().arrivedTick());
        @Nullable Endpoint endpoint = behind(exchange.path());
        try {
            switch (endpoint) {
                case null ->
                        throw new Refused(
                                Refusal.TASK_UNKNOWN, "nothing is served under this path");
                case Endpoint.Page page -> page(page, exchange, connection);
                case Endpoint.Calls entry ->
                        new Incoming(this, entry, exchange, connection).begin();
            }
        } catch (Refused refused) {
            String route = endpoint instanceof Endpoint.Calls entry ? entry.route().path() : OTHER;
            refuse(route, refused, exchange, connection);
        }
    }

    /// What claims a path: exactly, or as one below its own.
    private @Nullable Endpoint behind(String path) {
        Endpoint exact = endpoints.get(path);
        if (exact != null) {
            return exact;
        }
        for (Endpoint.Calls tree : trees) {
            if (path.startsWith(tree.route().path() + "/")) {
                return tree;
            }
        }
        return null;
    }

    /// Answers what the parser could not read; the connection ends.
    void unreadable(HttpServerRequest request, Connection connection) {
        Throwable cause = request.decoderResult().cause();
        boolean tooLong =
                cause instanceof TooLongHttpHeaderException
                        || cause instanceof TooLongHttpLineException;
        Refused refused =
                tooLong
                        ? new Refused(
                                Refusal.LIMIT_HEADER_SIZE,
                                "request line and headers may have %d bytes each"
                                        .formatted(settings.headerSize()))
                        : new Refused(Refusal.TASK_BAD_INPUT, "not a request of HTTP/1.1");
        Exchange exchange = new Exchange(request, connection, vertx, time);
        observer.refused(OTHER, refused, exchange.head().source());
        exchange.replyAndClose(
                errors.toStranger(refused, exchange.head(), exchange.headBytes()), () -> {});
    }

    /// Refuses a stranger early. The connection is kept only if little of the body is still to come.
    void refuse(String route, Refused refused, Exchange exchange, Connection connection) {
        observer.refused(route, refused, exchange.head().source());
        Reply reply = errors.toStranger(refused, exchange.head(), exchange.headBytes());
        boolean little = exchange.littleToCome();
        exchange.discardBody();
        unlessFlooded(
                exchange,
                connection,
                () -> {
                    connection.awaitClient(exchange, time.tick());
                    if (little) {
                        exchange.reply(reply, () -> written(exchange, connection));
                    } else {
                        exchange.replyAndClose(reply, () -> written(exchange, connection));
                    }
                });
    }

    /// A client left, or had to, before its request was whole: nobody is there to read a refusal.
    void left(String route, Exchange exchange) {
        Refused gone = new Refused(Refusal.RUN_CALLER_GONE, "the client left");
        observer.refused(route, gone, exchange.head().source());
    }

    /// Hands a finished refusal to the network whose sender was not proved.
    void replyUnproved(Reply reply, Exchange exchange, Connection connection) {
        unlessFlooded(exchange, connection, () -> reply(reply, exchange, connection));
    }

    /// Hands a finished refusal to the network, at once or later if its caller had too many lately.
    void refuse(Caller caller, Reply reply, Exchange exchange, Connection connection) {
        if (restraint.known(caller, () -> reply(reply, exchange, connection))) {
            connection.holdBack(exchange, time.tick());
        }
    }

    /// Hands an answer to the network, or what stands for one.
    void answer(Reply reply, Exchange exchange, Connection connection) {
        restraint.answered();
        reply(reply, exchange, connection);
    }

    /// Replies at once, or later while strangers send more than may be refused at once.
    private void unlessFlooded(Exchange exchange, Connection connection, Runnable reply) {
        if (restraint.stranger(reply)) {
            connection.holdBackStranger(exchange, time.tick());
        }
    }

    /// Replies that were held back so far. Any thread.
    long slowed() {
        return restraint.slowed();
    }

    /// Hands a finished reply to the network.
    void reply(Reply reply, Exchange exchange, Connection connection) {
        connection.awaitClient(exchange, time.tick());
        exchange.reply(reply, () -> written(exchange, connection));
    }

    /// Ends a connection in the middle of an answer: only so can a client tell that the rest will not come.
    void breakOff(Exchange exchange, Connection connection) {
        exchange.abandon();
        connection.cut();
        written(exchange, connection);
    }

    /// Bytes of bodies that are held now. Any thread.
    long held() {
        return allBodyBytes.get();
    }

    /// Counts bytes that are held, or no longer. Nobody is proved yet, so one address may hold half of what all may.
    ///
    /// @throws Refused if too many would be held
    void hold(String source, int bytes) throws Refused {
        long own = bodyBytes.getOrDefault(source, 0L) + bytes;
        if (allBodyBytes.get() + bytes > settings.bodies() || own > settings.bodies() / 2) {
            throw Refused.until(
                    Refusal.LIMIT_BODIES,
                    "too many bodies are arriving at once",
                    Duration.ofSeconds(1));
        }
        bodyBytes.put(source, own);
        allBodyBytes.addAndGet(bytes);
    }

    void release(String source, int bytes) {
        bodyBytes.computeIfPresent(source, (_, own) -> own <= bytes ? null : own - bytes);
        allBodyBytes.addAndGet(-bytes);
    }

    /// A request is whole, and from now on a drain waits for its reply.
    void entered(Exchange exchange) {
        exchange.enter(recent);
        inside.incrementAndGet();
    }

    CallPath calls() {
        return calls;
    }

    CallObserver observer() {
        return observer;
    }

    ErrorReplies errors() {
        return errors;
    }

    Time time() {
        return time;
    }

    Thread thread(Runnable work) {
        return threads.newThread(work);
    }

    private void page(Endpoint.Page page, Exchange exchange, Connection connection) throws Refused {
        String method = exchange.head().method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.allow("GET, HEAD");
            throw new Refused(Refusal.TASK_BAD_METHOD, "this path takes GET and HEAD");
        }
        exchange.discardBody();
        entered(exchange);
        pages.execute(() -> {
            Reply reply = made(page, exchange.head());
            exchange.onLoop(() -> reply(reply, exchange, connection));
        });
    }

    private Reply made(Endpoint.Page page, RequestHead head) {
        try {
            return page.reply().get();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, "a page failed", bug);
            return errors.reply(new Refused(Refusal.INTERNAL_ERROR, "internal error"), head, false);
        }
    }

    private void written(Exchange exchange, Connection connection) {
        if (exchange.leave()) {
            inside.decrementAndGet();
        }
        connection.awaitClient(exchange, time.tick());
    }
}
