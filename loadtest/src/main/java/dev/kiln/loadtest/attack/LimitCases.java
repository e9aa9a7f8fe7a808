package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.LIMIT_BODY_SIZE;
import static dev.kiln.core.Refusal.LIMIT_BODY_TIME;
import static dev.kiln.core.Refusal.LIMIT_HEADER_SIZE;
import static dev.kiln.core.Refusal.LIMIT_QUEUE_FULL;
import static dev.kiln.core.Refusal.LIMIT_RATE_CALLER;
import static dev.kiln.core.Refusal.LIMIT_VERIFY_QUEUE;
import static dev.kiln.core.Refusal.LIMIT_WOULD_MISS_DEADLINE;
import static dev.kiln.core.Refusal.RUN_EXPIRED;
import static dev.kiln.core.Refusal.RUN_EXPIRED_IN_QUEUE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.kiln.core.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/// More than there may be: bytes, time, calls.
final class LimitCases {
    private static final int TEN_MIB = 10 << 20;
    private static final String MEMORY = "memory that anybody can fill is anybody's";
    private static final String SLOTS =
            "connections and threads that anybody can hold are anybody's";
    private static final long TRICKLE_NANOS = 100_000_000;

    private LimitCases() {}

    static List<Case> sizes() {
        Row row = new Row(Family.SIZE).inAny();
        header(
                row,
                "size-header",
                "one header of 64 KiB",
                (request, n) -> request.also("X-Long", "a".repeat(n)));
        header(row, "size-headers", "4,000 headers", LimitCases::many);
        header(
                row,
                "size-target",
                "a target of 64 KiB",
                (request, n) -> request.target(request.target() + "?" + "a".repeat(n)));
        header(
                row,
                "size-method",
                "a method of 64 KiB",
                (request, n) -> request.method("A".repeat(n)));
        row.add(
                        "size-declared",
                        LIMIT_BODY_SIZE,
                        "2 GiB announced, one byte sent",
                        MEMORY,
                        scene ->
                                scene.send(
                                        scene.honest()
                                                .with("Content-Length", "2147483648")
                                                .body(new byte[1])
                                                .bytes()))
                .add(
                        "size-body",
                        LIMIT_BODY_SIZE,
                        "10 MiB announced and sent",
                        MEMORY,
                        scene -> scene.ask(scene.sign(scene.honest().body(new byte[TEN_MIB]))))
                .add(
                        "size-chunked",
                        LIMIT_BODY_SIZE,
                        "10 MiB sent without announcing it",
                        "what is not announced must be counted",
                        scene ->
                                scene.send(
                                        scene.sign(scene.honest().body(new byte[TEN_MIB]))
                                                .chunked()))
                .add(
                        "size-stranger",
                        Refusal.AUTH_NO_SIGNATURE,
                        "3 MiB from a stranger",
                        "a body is not worth reading before its sender is known",
                        scene ->
                                scene.ask(
                                        new Request(
                                                "POST",
                                                scene.spoken().path(),
                                                List.of(),
                                                new byte[3 << 20])));
        return row.rows();
    }

    private static Request many(Request request, int bytes) {
        StringBuilder headers = new StringBuilder("a");
        for (int i = 0; i < 4_000; i++) {
            headers.append("\r\nX-").append(i).append(": ").append(bytes % 10);
        }
        return request.also("X-Many", headers.toString());
    }

    private static void header(
            Row row, String name, String sent, BiFunction<Request, Integer, Request> bent) {
        row.add(
                name,
                LIMIT_HEADER_SIZE,
                sent,
                MEMORY,
                scene -> scene.ask(bent.apply(scene.honest(), 64 << 10)));
    }

    static List<Case> slow() {
        Row row = new Row(Family.SLOW).inAny().on(Case.Stage.TIMED);
        row.row(
                        "slow-head",
                        Expected.hangUp(),
                        "half a head, then nothing",
                        SLOTS,
                        scene -> held(scene, half(scene.honest().head())))
                .row(
                        "slow-nothing",
                        Expected.hangUp(),
                        "a connection, and nothing on it",
                        SLOTS,
                        scene -> held(scene, new byte[0]))
                .row(
                        "slow-head-trickle",
                        Expected.hangUp(),
                        "a head of one byte each tenth of a second",
                        "who counts from the last byte waits for ever",
                        scene -> trickled(scene, new byte[0], scene.honest().head()))
                .add(
                        "slow-body",
                        LIMIT_BODY_TIME,
                        "half a body, then nothing",
                        SLOTS,
                        scene -> {
                            byte[] all = scene.honest().bytes();
                            return held(scene, Arrays.copyOf(all, all.length - 10));
                        })
                .add(
                        "slow-body-trickle",
                        LIMIT_BODY_TIME,
                        "a body of one byte each tenth of a second",
                        "who counts from the last byte waits for ever",
                        scene -> {
                            Request honest = scene.honest();
                            return trickled(scene, honest.head(), honest.body());
                        })
                .row(
                        "slow-reader",
                        Expected.hangUp(),
                        "asks again and again and reads no reply",
                        "replies pile up in memory",
                        LimitCases::unread)
                .row(
                        "slow-crowd",
                        Expected.answer(),
                        "an honest request beside 200 idle connections",
                        SLOTS,
                        LimitCases::crowded);
        return row.rows();
    }

    private static byte[] half(byte[] all) {
        return Arrays.copyOf(all, all.length / 2);
    }

    /// Sends so much and waits for what the server does about it.
    private static Outcome held(Scene scene, byte[] bytes) throws IOException {
        try (Wire wire = scene.connect()) {
            wire.offer(bytes);
            return wire.outcome();
        }
    }

    private static Outcome trickled(Scene scene, byte[] at, byte[] slowly)
            throws IOException, InterruptedException {
        try (Wire wire = scene.connect()) {
            wire.offer(at);
            Thread drops = Thread.ofVirtual().start(() -> trickle(wire, slowly));
            Outcome outcome = wire.outcome();
            drops.interrupt();
            drops.join();
            return outcome;
        }
    }

    private static void trickle(Wire wire, byte[] slowly) {
        for (byte each : slowly) {
            wire.offer(new byte[] {each});
            LockSupport.parkNanos(TRICKLE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /// Asks until the server stops taking it, and reads nothing.
    private static Outcome unread(Scene scene) throws IOException, InterruptedException {
        byte[] ask = "GET /metrics HTTP/1.1\r\nHost: kiln\r\n\r\n".repeat(100).getBytes(ISO_8859_1);
        try (Wire wire =
                Wire.to(
                        scene.url(),
                        scene.patience(),
                        socket -> socket.setReceiveBufferSize(4096))) {
            Thread asker =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try {
                                    while (true) {
                                        wire.send(ask);
                                    }
                                } catch (IOException e) {
                                    // Cut off, which is what is waited for.
                                }
                            });
            return asker.join(scene.patience()) ? new Outcome.Closed() : new Outcome.Silent();
        }
    }

    private static Outcome crowded(Scene scene) throws IOException {
        List<Wire> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                idle.add(scene.connect());
            }
            return scene.ask(scene.honest());
        } finally {
            idle.forEach(Wire::close);
        }
    }

    static List<Case> limits() {
        Row row = new Row(Family.LIMIT).in(Spoken.BTAUTH).on(Case.Stage.OWN);
        row.add(
                        "limit-rate",
                        LIMIT_RATE_CALLER,
                        "%d calls at once of a caller who may make %d a second"
                                .formatted(3 * OwnTarget.RATE, OwnTarget.RATE),
                        "one validator's loop would be everybody's outage",
                        scene -> pressed(scene, hasty(scene), LIMIT_RATE_CALLER))
                .row(
                        "limit-rate-others",
                        Expected.answer(),
                        "another caller meanwhile",
                        "what one caller does must not be counted against another",
                        scene -> scene.ask(scene.honest(Spoken.BTAUTH, scene.cast().second())))
                .add(
                        "limit-in-flight",
                        LIMIT_QUEUE_FULL,
                        "64 long calls at once of a caller who may have %d inside"
                                .formatted(OwnTarget.AT_ONCE),
                        "one validator's burst would fill the queue for all",
                        scene -> pressed(scene, crowd(scene), LIMIT_QUEUE_FULL));
        row.in(Spoken.AXON)
                .row(
                        "limit-deadline",
                        Expected.refused(
                                LIMIT_WOULD_MISS_DEADLINE,
                                RUN_EXPIRED_IN_QUEUE,
                                RUN_EXPIRED,
                                LIMIT_VERIFY_QUEUE),
                        "an axon timeout of a microsecond",
                        "work for a caller who is gone is work taken from others",
                        scene -> scene.ask(scene.honest(Spoken.AXON).with("timeout", "0.000001")));
        return row.rows();
    }

    private static List<byte[]> hasty(Scene scene) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 3 * OwnTarget.RATE; i++) {
            // Broken bodies cost the server no model, and are counted all the same.
            all.add(Spoken.BTAUTH.honest(scene.cast().hasty(), scene.miner(), "7").bytes());
        }
        return all;
    }

    private static List<byte[]> crowd(Scene scene) {
        String text = "\"%s\"".formatted("many words and more ".repeat(40));
        String texts = "[" + (text + ",").repeat(47) + text + "]";
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            all.add(Spoken.BTAUTH.honest(scene.cast().crowd(), scene.miner(), texts).bytes());
        }
        return all;
    }

    /// Sends everything at once. The outcome is the refusal that is looked for, or else whatever came first. Once it is
    /// there nobody waits for the others, which hang up.
    private static Outcome pressed(Scene scene, List<byte[]> requests, Refusal wanted)
            throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ExecutorCompletionService<Outcome>(threads);
            List<Future<Outcome>> sent =
                    requests.stream().map(bytes -> calls.submit(() -> scene.send(bytes))).toList();
            for (int i = 0; i < sent.size(); i++) {
                Outcome outcome = calls.take().get();
                outcomes.add(outcome);
                if (Expected.refused(wanted).metBy(outcome)) {
                    threads.shutdownNow();
                    return outcome;
                }
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return outcomes.getFirst();
    }
}
