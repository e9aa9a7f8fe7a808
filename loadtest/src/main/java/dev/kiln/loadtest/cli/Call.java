package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.Exchange;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Losses;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/// One question to one miner, signed or with an API key.
final class Call {
    private final URI url;
    private final Duration timeout;
    private final Transport.Listener listener;

    /// @param listener hears the answer's body as it comes
    Call(URI url, Duration timeout, Transport.Listener listener) {
        this.url = url;
        this.timeout = timeout;
        this.listener = listener;
    }

    /// What came back.
    ///
    /// @param millis from the moment of sending; a first call finds both sides cold
    /// @param receipt empty where none is due
    /// @param exchange empty where nothing was signed
    record Outcome(
            Received received,
            double millis,
            Optional<ReceiptText> receipt,
            Optional<Exchange> exchange) {}

    /// Asks as a validator.
    Outcome signed(Question question, Speaker speaker, Hotkey miner, Scheme minerScheme)
            throws Failure, InterruptedException {
        Speaker.Asked asked = speaker.ask(target(), question);
        SignedRequest request = asked.request();
        var sent = new AtomicLong();
        Received received = post(request.target(), request.headers(), asked.body(), sent);
        double millis = (System.nanoTime() - sent.get()) / 1e6;
        var exchange =
                new Exchange(
                        request.method(),
                        request.target(),
                        request.headers(),
                        asked.body(),
                        new Answer(received.status(), received.headers(), received.body()),
                        received.epochNanos(),
                        miner,
                        minerScheme);
        return new Outcome(received, millis, Optional.of(checked(exchange)), Optional.of(exchange));
    }

    /// Asks with an API key.
    Outcome unsigned(Question question, String apiKey) throws Failure, InterruptedException {
        List<Header> headers = new ApiKeyCredentials(apiKey).sign(target(), question).headers();
        var sent = new AtomicLong();
        Received received = post(target(), headers, question.body(), sent);
        return new Outcome(
                received,
                (System.nanoTime() - sent.get()) / 1e6,
                Optional.empty(),
                Optional.empty());
    }

    private static ReceiptText checked(Exchange exchange) {
        try {
            return new ReceiptText(exchange.check(), null);
        } catch (BadAnswer e) {
            return new ReceiptText(null, e);
        }
    }

    /// The URL's own path, if it has one.
    private String target() {
        String path = url.getRawPath();
        return path == null || path.isEmpty() || path.equals("/") ? Validator.TARGET : path;
    }

    private Received post(String target, List<Header> headers, byte[] body, AtomicLong sent)
            throws Failure, InterruptedException {
        List<Header> all = new ArrayList<>(headers);
        all.add(new Header("Content-Type", "application/json"));
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (var transport = new Transport(vertx, url, 1, timeout)) {
            return transport
                    .post(target, all, body, sent::set, listener)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new Failure(
                    Failure.CANNOT_RUN, explained(e.getCause() == null ? e : e.getCause()));
        } finally {
            vertx.close();
        }
    }

    private String explained(Throwable failure) {
        String cause = Losses.cause(failure);
        String remedy =
                switch (cause) {
                    case "connection refused" ->
                            "nothing listens there; is `./kiln serve` running, and on this port?";
                    case "timeout" ->
                            "no answer within %d ms; try --timeout".formatted(timeout.toMillis());
                    case "no TLS" -> "the server does not speak TLS; try http://";
                    case "connection closed" ->
                            "the server hung up; does it speak %s?".formatted(url.getScheme());
                    case "unknown host" -> "no such host; check the URL";
                    default -> String.valueOf(failure.getMessage());
                };
        return "%s: %s: %s".formatted(url, cause, remedy);
    }
}
