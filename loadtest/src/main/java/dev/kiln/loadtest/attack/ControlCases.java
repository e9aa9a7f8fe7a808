package dev.kiln.loadtest.attack;

import static dev.kiln.loadtest.attack.Spoken.AXON;
import static dev.kiln.loadtest.attack.Spoken.BTAUTH;
import static dev.kiln.loadtest.attack.Spoken.EPISTULA;

import dev.kiln.core.Header;
import java.util.List;

/// Honest requests, some of them unusual. They must be answered: who refuses everything withstands every attack.
final class ControlCases {
    private static final String HONEST = "a suite that the honest fail proves nothing";

    private ControlCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.CONTROL).inAny();
        good(row, "honest", "a question", scene -> scene.ask(scene.honest()));
        good(
                row,
                "honest-chunked",
                "a question in a chunk",
                scene -> scene.send(scene.honest().chunked()));
        good(
                row,
                "honest-twice",
                "two questions on one connection",
                scene -> {
                    try (Wire wire = scene.connect()) {
                        wire.send(scene.honest().bytes());
                        Outcome first = wire.outcome();
                        wire.offer(scene.honest().bytes());
                        return Expected.answer().metBy(first) ? wire.outcome() : first;
                    }
                });
        good(
                row,
                "honest-unicode",
                "a question in seven scripts",
                scene ->
                        scene.ask(
                                scene.asking(
                                        "[\"Brot \u043f\u0438\u0442\u0430 \u6587\u5b57 \ud83e\udd56 \u0627\u0644\u062e\u0628\u0632\"]")));
        btauth(row.in(BTAUTH));
        others(row.in(BTAUTH).on(Case.Stage.OWN));
        return row.rows();
    }

    private static void btauth(Row row) {
        good(
                row,
                "honest-query",
                "a question with a signed query",
                scene ->
                        scene.ask(
                                scene.sign(
                                        BTAUTH,
                                        scene.honest(BTAUTH).target("/v1/embeddings?a=%2F&b"))));
        good(
                row,
                "honest-order",
                "two questions that arrive in the other order",
                scene -> {
                    Request earlier = scene.honest(BTAUTH);
                    Outcome later = scene.ask(scene.honest(BTAUTH));
                    return Expected.answer().metBy(later) ? scene.ask(earlier) : later;
                });
    }

    private static void others(Row row) {
        good(
                row,
                "honest-ed25519",
                "a question signed with ed25519",
                scene -> scene.ask(scene.honest(BTAUTH, scene.cast().edwards())));
        good(
                row,
                "honest-unbound",
                "a question to nobody in particular, where that is allowed",
                scene ->
                        scene.ask(
                                scene.sign(
                                        BTAUTH,
                                        scene.honest(BTAUTH)
                                                .target(OwnTarget.UNBOUND)
                                                .without(BTAUTH.names().receiver()))));
        good(
                row,
                "honest-api-key",
                "a question with an API key",
                scene ->
                        scene.ask(
                                new Request(
                                        "POST",
                                        BTAUTH.path(),
                                        List.of(
                                                new Header(
                                                        "Authorization",
                                                        "Bearer " + OwnTarget.API_KEY)),
                                        scene.honest(BTAUTH).body())));
        good(
                row.in(AXON),
                "honest-axon",
                "a question in axon",
                scene -> scene.ask(scene.honest(AXON)));
        good(
                row.in(EPISTULA),
                "honest-epistula",
                "a question in Epistula",
                scene -> scene.ask(scene.honest(EPISTULA)));
    }

    private static void good(Row row, String name, String sent, Case.Attempt attempt) {
        row.row(name, Expected.answer(), sent, HONEST, attempt);
    }
}
