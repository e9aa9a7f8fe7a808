package dev.kiln.server.http;

import dev.kiln.core.Answered;
import dev.kiln.core.Outlet;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Route;
import dev.kiln.core.Verifier;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// One call on its way in: headers screened, body collected, a thread of its own started, the reply written.
///
/// **Threads:** the event loop; [#answer] runs on the call's virtual thread.
final class Incoming {
    private static final System.Logger LOG = System.getLogger(Incoming.class.getName());

    private final Reception reception;
    private final Endpoint.Calls endpoint;
    private final Exchange exchange;
    private final Connection connection;
    private final Body body = new Body();
    private int held;
    private long declared;
    private boolean over;
    private @Nullable Thread thread;

    Incoming(
            Reception reception,
            Endpoint.Calls endpoint,
            Exchange exchange,
            Connection connection) {
        this.reception = reception;
        this.endpoint = endpoint;
        this.exchange = exchange;
        this.connection = connection;
    }

    /// The cheap gates, then the body.
    void begin() throws Refused {
        Route route = endpoint.route();
        if (!endpoint.methods().contains(exchange.head().method())) {
            exchange.allow(String.join(", ", endpoint.methods()));
            throw new Refused(
                    Refusal.TASK_BAD_METHOD,
                    "this path takes " + String.join(" and ", endpoint.methods()));
        }
        exchange.requirePlainHead();
        declared = exchange.declared();
        if (declared > route.maxBody()) {
            throw tooLarge(route);
        }
        Verifier.Screened screened = reception.calls().screen(exchange.head(), route);
        exchange.requireMedia(endpoint.media());
        exchange.welcomeBody();
        connection.awaitBody(exchange, declared, reception.time().tick(), this::slow);
        exchange.request()
                .handler(this::chunk)
                .endHandler(_ -> complete(screened))
                .exceptionHandler(_ -> gone());
    }

    private void chunk(Buffer chunk) {
        if (over) {
            return;
        }
        connection.bodyCame(chunk.length(), declared < 0);
        try {
            if (body.size() + (long) chunk.length() > endpoint.route().maxBody()) {
                throw tooLarge(endpoint.route());
            }
            reception.hold(exchange.head().source(), chunk.length());
            held += chunk.length();
            body.add(chunk, declared);
        } catch (Refused no) {
            refuse(no);
        }
    }

    private void slow() {
        refuse(new Refused(Refusal.LIMIT_BODY_TIME, "the body did not arrive in time"));
    }

    private void refuse(Refused no) {
        over = true;
        release();
        exchange.expectMuch();
        reception.refuse(endpoint.route().path(), no, exchange, connection);
    }

    private void complete(Verifier.Screened screened) {
        if (over) {
            return;
        }
        byte[] bytes = body.take();
        connection.answering(exchange, reception.time().tick());
        reception.entered(exchange);
        Thread call = reception.thread(() -> answer(screened, bytes));
        thread = call;
        exchange.onGone(this::gone);
        call.start();
    }

    private void answer(Verifier.Screened screened, byte[] bytes) {
        try {
            Answered answered = reception.calls().answer(screened, bytes, outlet());
            exchange.onLoop(() -> reply(answered));
            long took = reception.time().tick() - exchange.head().arrivedTick();
            reception
                    .observer()
                    .answered(endpoint.route(), answered, exchange.head().source(), took);
        } catch (RuntimeException | Error bug) {
            LOG.log(System.Logger.Level.ERROR, "a call's thread failed", bug);
            Refused internal = new Refused(Refusal.INTERNAL_ERROR, "internal error");
            exchange.onLoop(
                    () -> ended(reception.errors().reply(internal, exchange.head(), false), true));
        }
    }

    /// Hands pieces to the event loop.
    private Outlet outlet() {
        return new Outlet() {
            @Override
            public void open(Reply head) {
                exchange.onLoop(() -> exchange.open(head));
            }

            @Override
            public void piece(byte[] bytes) {
                exchange.onLoop(() -> exchange.piece(bytes));
            }
        };
    }

    private void reply(Answered answered) {
        boolean refusal = answered.refusal().isPresent();
        if (answered.caller().isEmpty()) {
            leave();
            reception.replyUnproved(answered.reply(), exchange, connection);
        } else if (refusal && exchange.unbegun()) {
            leave();
            reception.refuse(answered.caller().get(), answered.reply(), exchange, connection);
        } else {
            ended(answered.reply(), refusal);
        }
    }

    private void leave() {
        thread = null;
        over = true;
        release();
    }

    private void ended(Reply reply, boolean refusal) {
        leave();
        if (refusal && exchange.opened()) {
            reception.breakOff(exchange, connection);
        } else if (refusal) {
            reception.reply(reply, exchange, connection);
        } else {
            reception.answer(reply, exchange, connection);
        }
    }

    /// The client left: nobody waits for the answer any more.
    private void gone() {
        Thread call = thread;
        if (call != null) {
            call.interrupt();
        } else if (!over && !exchange.answered()) {
            over = true;
            release();
            reception.left(endpoint.route().path(), exchange);
        }
    }

    private void release() {
        reception.release(exchange.head().source(), held);
        held = 0;
    }

    private static Refused tooLarge(Route route) {
        return new Refused(
                Refusal.LIMIT_BODY_SIZE,
                "a body may have %d bytes on this path".formatted(route.maxBody()));
    }
}
