package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One caller with its own credentials and connections.
///
/// **Threads:** any.
public final class Validator implements AutoCloseable {
    /// Where embeddings are asked for.
    public static final String TARGET = "/v1/embeddings";

    private static final Header JSON = new Header("Content-Type", "application/json");

    private final String label;
    private final Credentials credentials;
    private final Transport transport;

    /// @param label for tables
    public Validator(String label, Credentials credentials, Transport transport) {
        this.label = label;
        this.credentials = credentials;
        this.transport = transport;
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
        return credentials.sign(TARGET, question);
    }

    /// Sends what was signed; whatever becomes of it arrives once, on the event loop.
    ///
    /// @param intendedTick when the timetable wants it sent
    void send(
            Timetable.Send send,
            Credentials.Signed signed,
            long intendedTick,
            Consumer<Arrival> arrivals) {
        List<Header> headers = new ArrayList<>(signed.headers());
        headers.add(JSON);
        var sent = new SentAt(System.nanoTime());
        transport
                .post(signed.target(), headers, signed.body(), sent)
                .onComplete(done -> {
                    long tick = System.nanoTime();
                    Arrival.End end =
                            done.succeeded()
                                    ? new Arrival.Came(done.result())
                                    : new Arrival.Lost(Losses.cause(done.cause()));
                    arrivals.accept(new Arrival(send, signed, intendedTick, sent.tick, tick, end));
                });
    }

    /// Written and read on the event loop, where Vert.x runs both callbacks of one request.
    private static final class SentAt implements Transport.Sending {
        private long tick;

        private SentAt(long tick) {
            this.tick = tick;
        }

        @Override
        public void at(long now) {
            tick = now;
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
