package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// One caller with its own credentials and connections.
///
/// **Threads:** any.
public final class Validator implements AutoCloseable {
    /// Where embeddings are asked for.
    public static final String TARGET = "/v1/embeddings";

    private final String label;
    private final Credentials credentials;
    private final Transport transport;
    private final String target;

    /// @param label for tables
    public Validator(String label, Credentials credentials, Transport transport) {
        this(label, credentials, transport, TARGET);
    }

    /// @param target path and query to ask, unless its dialect has paths of its own
    public Validator(String label, Credentials credentials, Transport transport, String target) {
        this.label = label;
        this.credentials = credentials;
        this.transport = transport;
        this.target = target;
    }

    /// How long it waits for an answer.
    public Duration patience() {
        return transport.patience();
    }

    /// Told of one request: at most once that it leaves, and once how it ended, both on the event loop.
    interface Teller {
        /// The event loop has it in hand.
        void leaves(long tick);

        void arrived(Arrival arrival);
    }

    public String label() {
        return label;
    }

    /// The public name that its credentials carry.
    public String name() {
        return credentials.name();
    }

    /// Signs a question a little before it is sent.
    Credentials.Signed sign(Question question) {
        return credentials.sign(target, question);
    }

    /// Sends what was signed; whatever becomes of it arrives once, on the event loop.
    ///
    /// @param intendedTick when the timetable wants it sent
    void send(Timetable.Send send, Credentials.Signed signed, long intendedTick, Teller teller) {
        transport.onLoop(() -> {
            long now = System.nanoTime();
            teller.leaves(now);
            List<Header> headers = new ArrayList<>(signed.headers());
            headers.add(new Header("Content-Type", send.question().media()));
            var sent = new SentAt(now);
            transport
                    .post(signed.target(), headers, signed.body(), sent)
                    .onComplete(done -> {
                        long tick = System.nanoTime();
                        Arrival.End end =
                                done.succeeded()
                                        ? new Arrival.Came(done.result())
                                        : sent.ended(Losses.cause(done.cause()));
                        teller.arrived(
                                new Arrival(send, signed, intendedTick, sent.tick, tick, end));
                    });
        });
    }

    /// Asks one question now and waits for its end.
    public Arrival askOnce(Question question) throws InterruptedException {
        var arrived = new CompletableFuture<Arrival>();
        var now = new Timetable.Send(0, 0, 0, question);
        Credentials.Signed signed = sign(question);
        send(
                now,
                signed,
                System.nanoTime(),
                new Teller() {
                    @Override
                    public void leaves(long tick) {}

                    @Override
                    public void arrived(Arrival arrival) {
                        arrived.complete(arrival);
                    }
                });
        try {
            return arrived.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an arrival never fails", e);
        }
    }

    /// Written and read on the event loop, where Vert.x runs both callbacks of one request.
    private static final class SentAt implements Transport.Sending {
        private long tick;
        private boolean connected;

        private SentAt(long tick) {
            this.tick = tick;
        }

        @Override
        public void at(long now) {
            tick = now;
            connected = true;
        }

        /// Waiting for a connection in vain is not the server's doing; being refused one is.
        private Arrival.End ended(String cause) {
            return connected || !cause.equals(Losses.TIMEOUT)
                    ? new Arrival.Lost(cause)
                    : new Arrival.Unsent("no connection in time");
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
