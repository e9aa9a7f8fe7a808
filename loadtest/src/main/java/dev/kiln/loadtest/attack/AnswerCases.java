package dev.kiln.loadtest.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.BadAnswer.Fault;
import dev.kiln.bittensor.wire.Btauth;
import dev.kiln.bittensor.wire.KilnAnswer;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Lies of a miner, or of whoever stands between, told to our own client.
final class AnswerCases {
    private static final long HOUR = 3_600_000_000_000L;
    private static final String RELAY =
            "a relay could answer, or answer otherwise, in a miner's name";
    private static final String WORK = "a miner would be paid for another's work, or for old work";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private AnswerCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.ANSWER).in(Spoken.BTAUTH).on(Case.Stage.CLIENT);
        row.row(
                "answer-honest",
                Expected.answer(),
                "the truth",
                "a client that believes nobody proves nothing",
                once(LyingMiner.Truth::answer));
        content(row);
        signers(row);
        moments(row);
        headers(row);
        return row.rows();
    }

    private static void lie(Row row, String name, Fault fault, String sent, LyingMiner.Lie lie) {
        row.row(name, Expected.noticed(fault), sent, RELAY, once(lie));
    }

    private static void content(Row row) {
        lie(
                row,
                "answer-unsigned",
                Fault.UNSIGNED,
                "the answer without its signature",
                truth -> new LyingMiner.Told(200, List.of(), truth.answer().body()));
        lie(
                row,
                "answer-body",
                Fault.BODY_MISMATCH,
                "another vector than was signed",
                truth -> {
                    LyingMiner.Told told = truth.answer();
                    return told.body(
                            new String(told.body(), UTF_8).replace("1.0", "2.0").getBytes(UTF_8));
                });
        lie(
                row,
                "answer-status",
                Fault.STATUS_MISMATCH,
                "a good answer as a 503",
                truth -> truth.answer().status(503));
        lie(
                row,
                "answer-asserted",
                Fault.ASSERTED_MISMATCH,
                "another model's name than was signed",
                truth -> {
                    LyingMiner.Told told = truth.answer();
                    return told.with(
                            KilnAnswer.ASSERTED,
                            told.value(KilnAnswer.ASSERTED).replace("stub", "big"));
                });
        lie(
                row,
                "answer-type",
                Fault.CONTENT_TYPE_MISMATCH,
                "another content type than was signed",
                truth -> truth.answer().with("Content-Type", "text/html"));
        lie(
                row,
                "answer-encoding",
                Fault.CONTENT_ENCODING,
                "a content encoding put on",
                truth -> truth.answer().with("Content-Encoding", "br"));
    }

    private static void signers(Row row) {
        lie(
                row,
                "answer-foreign",
                Fault.WRONG_SIGNER,
                "signed by another miner, under its own name",
                truth -> truth.sealed(Cast.sr25519(), truth.caller(), 0));
        lie(
                row,
                "answer-foreign-name",
                Fault.BAD_SIGNATURE,
                "signed by another miner, under this one's name",
                truth ->
                        truth.sealed(Cast.sr25519(), truth.caller(), 0)
                                .with(Btauth.HOTKEY, truth.miner().hotkey().ss58()));
        lie(
                row,
                "answer-other-caller",
                Fault.WRONG_RECEIVER,
                "signed for another caller",
                truth -> truth.sealed(truth.miner(), Cast.sr25519().hotkey(), 0));
        lie(
                row,
                "answer-scheme",
                Fault.WRONG_SCHEME,
                "ed25519 named",
                truth -> truth.answer().with(Btauth.CRYPTO, "ed25519"));
        lie(
                row,
                "answer-bit",
                Fault.BAD_SIGNATURE,
                "one bit of the signature turned",
                truth -> {
                    LyingMiner.Told told = truth.answer();
                    return told.with(
                            Btauth.SIGNATURE, Bits.turned(40).apply(told.value(Btauth.SIGNATURE)));
                });
        lie(
                row,
                "answer-reflected",
                Fault.MALFORMED,
                "the request's own headers and body",
                truth ->
                        new LyingMiner.Told(
                                200,
                                truth.request().headers().stream()
                                        .filter(AnswerCases::isOfTheFamily)
                                        .toList(),
                                truth.request().body()));
        lie(
                row,
                "answer-post-style",
                Fault.MALFORMED,
                "signed as a request of the miner's to the caller",
                AnswerCases::postStyle);
    }

    private static boolean isOfTheFamily(Header header) {
        return header.name().regionMatches(true, 0, Btauth.PREFIX, 0, Btauth.PREFIX.length());
    }

    /// Shape A1, which subnets use: two such answers can be swapped, and both hold.
    private static LyingMiner.Told postStyle(LyingMiner.Truth truth) {
        byte[] body = truth.answer().body();
        Request signed = Spoken.BTAUTH.honest(truth.miner(), truth.caller(), "[\"a\"]").body(body);
        return new LyingMiner.Told(200, Spoken.BTAUTH.sign(signed, truth.miner()).headers(), body);
    }

    private static void moments(Row row) {
        row.row(
                        "answer-reused",
                        Expected.noticed(Fault.OUTSIDE_WINDOW),
                        "the answer to the same question, asked before",
                        WORK,
                        twice(true))
                .row(
                        "answer-swapped",
                        Expected.noticed(Fault.REQUEST_MISMATCH),
                        "the answer to another question of the same caller",
                        WORK,
                        twice(false));
        lie(
                row,
                "answer-old",
                Fault.OUTSIDE_WINDOW,
                "signed an hour before the question",
                truth -> truth.sealed(truth.miner(), truth.caller(), -HOUR));
        lie(
                row,
                "answer-future",
                Fault.OUTSIDE_WINDOW,
                "signed an hour after the question",
                truth -> truth.sealed(truth.miner(), truth.caller(), HOUR));
    }

    private static void headers(Row row) {
        lie(
                row,
                "answer-twice",
                Fault.DUPLICATE_HEADER,
                "the signature twice",
                truth -> truth.answer().also(Btauth.SIGNATURE));
        lie(
                row,
                "answer-asserted-twice",
                Fault.DUPLICATE_HEADER,
                "what is asserted, twice",
                truth -> truth.answer().also(KilnAnswer.ASSERTED));
        lie(
                row,
                "answer-asserted-none",
                Fault.MALFORMED,
                "nothing asserted",
                truth -> truth.answer().without(KilnAnswer.ASSERTED));
        lie(
                row,
                "answer-bound-none",
                Fault.MALFORMED,
                "bound to nothing",
                truth -> truth.answer().without(KilnAnswer.BOUND));
        lie(
                row,
                "answer-bound-other",
                Fault.REQUEST_MISMATCH,
                "another request's digest in the binding",
                truth -> {
                    LyingMiner.Told told = truth.answer();
                    return told.with(
                            KilnAnswer.BOUND, Bits.turned(10).apply(told.value(KilnAnswer.BOUND)));
                });
        lie(
                row,
                "answer-version",
                Fault.MALFORMED,
                "version 2",
                truth -> truth.answer().with(Btauth.VERSION, "2"));
    }

    /// One question, one lie.
    private static Case.Attempt once(LyingMiner.Lie lie) {
        return scene -> {
            KeyPair key = Cast.sr25519();
            try (var miner = new LyingMiner(key, lie);
                    var client = new Client(miner, key)) {
                return client.judge(client.sign("a question"));
            }
        };
    }

    /// Two questions; the second gets the first's answer.
    ///
    /// @param inOrder whether they are sent in the order in which they were signed
    private static Case.Attempt twice(boolean inOrder) {
        return scene -> {
            KeyPair key = Cast.sr25519();
            var kept = new AtomicReference<LyingMiner.@Nullable Told>();
            LyingMiner.Lie lie =
                    truth -> {
                        LyingMiner.Told first = kept.get();
                        if (first == null) {
                            first = truth.answer();
                            kept.set(first);
                        }
                        return first;
                    };
            try (var miner = new LyingMiner(key, lie);
                    var client = new Client(miner, key)) {
                Credentials.Signed early = client.sign("a question");
                Credentials.Signed asked = inOrder ? early : client.sign("another");
                Outcome first = client.judge(asked);
                if (!Expected.answer().metBy(first)) {
                    return first;
                }
                return client.judge(inOrder ? client.sign("a question") : early);
            }
        };
    }

    /// Our client as load runs use it.
    private static final class Client implements AutoCloseable {
        private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        private final Transport transport;
        private final Credentials credentials;

        Client(LyingMiner miner, KeyPair key) {
            this.transport = new Transport(vertx, miner.url(), 1, PATIENCE);
            this.credentials = new HotkeyCredentials(Cast.sr25519(), key.hotkey(), Scheme.SR25519);
        }

        Credentials.Signed sign(String text) {
            return credentials.sign(Validator.TARGET, Question.of(List.of(text), "stub"));
        }

        Outcome judge(Credentials.Signed signed) throws IOException, InterruptedException {
            try {
                Received received =
                        transport
                                .post(signed.target(), signed.headers(), signed.body(), _ -> {})
                                .toCompletionStage()
                                .toCompletableFuture()
                                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return switch (signed.demand().check(received)) {
                    case Provenance.Proved _ -> new Outcome.Judged("");
                    case Provenance.Unsigned _ -> new Outcome.Judged(Fault.UNSIGNED.name());
                    case Provenance.Broken(String fault) -> new Outcome.Judged(fault);
                    case Provenance.NotAsked _ -> new Outcome.Judged("");
                };
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            transport.close();
            vertx.close();
        }
    }
}
