package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.AUTH_BAD_SIGNATURE;
import static dev.kiln.core.Refusal.TIME_BEFORE_FENCE;
import static dev.kiln.core.Refusal.TIME_REPLAY;
import static dev.kiln.loadtest.attack.Spoken.AXON;
import static dev.kiln.loadtest.attack.Spoken.BTAUTH;
import static dev.kiln.loadtest.attack.Spoken.EPISTULA;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Requests that were accepted once and come again.
final class ReplayCases {
    private static final String AGAIN = "an eavesdropper would have the GPU for a window";

    private ReplayCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.REPLAY);
        anyDialect(row.inAny());
        row.in(BTAUTH)
                .add(
                        "replay-other-body",
                        AUTH_BAD_SIGNATURE,
                        "the headers again, over another body",
                        AGAIN,
                        scene -> {
                            Request honest = used(scene, BTAUTH);
                            return scene.ask(honest.bodyBit());
                        })
                .add(
                        "replay-nonce",
                        TIME_REPLAY,
                        "a used nonce, signed anew over another body",
                        "a nonce is used once, whatever it is signed with",
                        scene -> {
                            Request honest = used(scene, BTAUTH);
                            return scene.ask(
                                    scene.sign(
                                            BTAUTH, honest.body(Spoken.openAi("[\"another\"]"))));
                        });
        row.in(AXON)
                .add(
                        "replay-axon-body",
                        TIME_REPLAY,
                        "the headers again, over another body",
                        "axon signs no body: the nonce is all that stands in the way",
                        scene -> {
                            Request honest = used(scene, AXON);
                            byte[] other =
                                    AXON.honest(scene.caller(AXON), scene.miner(), "[\"another\"]")
                                            .body();
                            return scene.ask(honest.body(other));
                        });
        row.in(EPISTULA)
                .add(
                        "replay-epistula",
                        TIME_REPLAY,
                        "the same bytes on another connection",
                        AGAIN,
                        scene -> scene.ask(used(scene, EPISTULA)));
        row.in(BTAUTH)
                .on(Case.Stage.OWN)
                .add(
                        "replay-other-route",
                        AUTH_BAD_SIGNATURE,
                        "the headers again, on another route",
                        AGAIN,
                        scene -> scene.ask(used(scene, BTAUTH).target(OwnTarget.UNBOUND)));
        return row.rows();
    }

    private static Request used(Scene scene, Spoken dialect) throws IOException {
        Request honest = scene.honest(dialect);
        scene.mustAnswer(honest);
        return honest;
    }

    private static void anyDialect(Row row) {
        row.add(
                        "replay-same-connection",
                        TIME_REPLAY,
                        "the same bytes again on the same connection",
                        AGAIN,
                        scene -> {
                            Request honest = scene.honest();
                            try (Wire wire = scene.connect()) {
                                wire.send(honest.bytes());
                                Outcome first = wire.outcome();
                                if (!Expected.answer().metBy(first)) {
                                    throw new IOException(
                                            "the honest request got " + first.words());
                                }
                                wire.offer(honest.bytes());
                                return wire.outcome();
                            }
                        })
                .add(
                        "replay-other-connection",
                        TIME_REPLAY,
                        "the same bytes on another connection",
                        AGAIN,
                        scene -> scene.ask(used(scene, scene.spoken())))
                .add(
                        "replay-pair",
                        TIME_REPLAY,
                        "the same bytes twice at once: one may pass",
                        "a look and an entry that are not one step let both in",
                        scene -> together(scene, 2))
                .add(
                        "replay-sixteen",
                        TIME_REPLAY,
                        "the same bytes sixteen times at once: one may pass",
                        "as above, pressed harder",
                        scene -> together(scene, 16))
                .add(
                        "replay-after-refusal",
                        TIME_REPLAY,
                        "a proved request that the task refused, again",
                        "what is wrong with a body must not give its nonce back",
                        scene -> {
                            Request broken = scene.asking("7");
                            Outcome first = scene.ask(broken);
                            return first.effect() == Outcome.Effect.ACCEPTED
                                    ? first
                                    : scene.ask(broken);
                        });
    }

    /// Sends one request so many times at once. If exactly one was answered the outcome is that of another, else it is
    /// what must not be.
    private static Outcome together(Scene scene, int times)
            throws IOException, InterruptedException {
        byte[] bytes = scene.honest().bytes();
        var start = new CountDownLatch(1);
        List<Outcome> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> sent = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                Wire wire = scene.connect();
                sent.add(
                        threads.submit(() -> {
                            start.await();
                            try (wire) {
                                wire.offer(bytes);
                                return wire.outcome();
                            }
                        }));
            }
            start.countDown();
            for (Future<Outcome> each : sent) {
                outcomes.add(each.get());
            }
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException(e.getCause()));
        }
        List<Outcome> others =
                outcomes.stream().filter(each -> !Expected.answer().metBy(each)).toList();
        if (others.size() < times - 1) {
            return new Outcome.Answered(200, "");
        }
        if (others.size() == times) {
            throw new IOException("none of %d was answered: %s".formatted(times, others));
        }
        return others.stream()
                .filter(each -> !Expected.refused(TIME_REPLAY).metBy(each))
                .findFirst()
                .orElseGet(others::getFirst);
    }

    /// The same over a restart.
    static List<Case> restarts() {
        Row row = new Row(Family.RESTART).in(BTAUTH).on(Case.Stage.OWN);
        row.row(
                        "restart-clean",
                        Expected.refused(TIME_REPLAY, TIME_BEFORE_FENCE),
                        "an answered request, again after SIGTERM and a start",
                        "what is kept in memory alone is forgotten",
                        scene -> {
                            Request honest = used(scene, BTAUTH);
                            scene.own().restart();
                            return scene.ask(honest);
                        })
                .row(
                        "restart-killed",
                        Expected.refused(TIME_BEFORE_FENCE),
                        "an answered request, one under axon, and one held back, after SIGKILL and a start",
                        "whoever can crash a miner could replay a window",
                        ReplayCases::afterCrash)
                .row(
                        "restart-honest",
                        Expected.answer(),
                        "an honest request once the restarted miner is ready",
                        "a fence that stays up locks everybody out",
                        Scene::askHonestly);
        return row.rows();
    }

    /// The worst that became of three requests signed before a crash.
    private static Outcome afterCrash(Scene scene) throws IOException, InterruptedException {
        scene.askHonestly();
        Request answered = used(scene, BTAUTH);
        Request axon = used(scene, AXON);
        Request heldBack = scene.honest(BTAUTH);
        scene.own().crash();
        Outcome worst = scene.ask(answered);
        for (Request each : List.of(axon, heldBack)) {
            Outcome outcome = scene.ask(each);
            if (!Expected.refused(TIME_BEFORE_FENCE).metBy(outcome)) {
                worst = outcome;
            }
        }
        return worst;
    }
}
