package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.AUTH_BAD_API_KEY;
import static dev.kiln.core.Refusal.AUTH_BAD_SIGNATURE;
import static dev.kiln.core.Refusal.AUTH_DIALECT_NOT_ACCEPTED;
import static dev.kiln.core.Refusal.AUTH_DUPLICATE_HEADER;
import static dev.kiln.core.Refusal.AUTH_LOW_STAKE;
import static dev.kiln.core.Refusal.AUTH_MALFORMED;
import static dev.kiln.core.Refusal.AUTH_NO_PERMIT;
import static dev.kiln.core.Refusal.AUTH_NO_SIGNATURE;
import static dev.kiln.core.Refusal.AUTH_OWN_KEY;
import static dev.kiln.core.Refusal.AUTH_STEP_BACK;
import static dev.kiln.core.Refusal.AUTH_TWO_DIALECTS;
import static dev.kiln.core.Refusal.AUTH_UNKNOWN_CALLER;
import static dev.kiln.core.Refusal.AUTH_WRONG_RECEIVER;
import static dev.kiln.loadtest.attack.Spoken.AXON;
import static dev.kiln.loadtest.attack.Spoken.BTAUTH;
import static dev.kiln.loadtest.attack.Spoken.EPISTULA;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.Btauth;
import dev.kiln.core.Header;
import dev.kiln.core.Hotkey;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Who asks whom: receivers, callers, dialects and keys that are the wrong ones.
final class CallerCases {
    private static final int POLKADOT = 0;
    private static final String ROUTED = "one signed request would be good for every miner";
    private static final String ONE_CALLER =
            "one key under several addresses would be several callers";

    private CallerCases() {}

    static List<Case> receivers() {
        Row row = new Row(Family.RECEIVER);
        receiverOther(row);
        receiverBound(row);
        receiverEpistula(row);
        receiverUnbound(row);
        return row.rows();
    }

    private static void receiverOther(Row row) {
        row.inAny()
                .add(
                        "receiver-other",
                        AUTH_WRONG_RECEIVER,
                        "signed for another miner",
                        ROUTED,
                        receiver(_ -> Cast.sr25519().hotkey().ss58()))
                .add(
                        "receiver-own-key",
                        AUTH_OWN_KEY,
                        "from this miner's own hotkey",
                        "an answer must never come back as a request",
                        scene ->
                                scene.ask(
                                        scene.honest()
                                                .with(
                                                        scene.spoken().names().sender(),
                                                        scene.miner().ss58())));
    }

    private static void receiverBound(Row row) {
        row.in(BTAUTH)
                .add(
                        "receiver-none",
                        AUTH_WRONG_RECEIVER,
                        "signed for nobody in particular",
                        ROUTED,
                        scene ->
                                scene.ask(
                                        scene.sign(
                                                BTAUTH,
                                                scene.honest(BTAUTH).without(Btauth.RECEIVER))))
                .add(
                        "receiver-stripped",
                        AUTH_WRONG_RECEIVER,
                        "signed for this miner, the header taken away",
                        "as above",
                        scene -> scene.ask(scene.honest(BTAUTH).without(Btauth.RECEIVER)))
                .add(
                        "receiver-put-on",
                        AUTH_BAD_SIGNATURE,
                        "signed for nobody, this miner's name put on",
                        "a request for nobody would be good for whoever stops it",
                        scene -> {
                            Request honest = scene.honest(BTAUTH);
                            Request unbound = scene.sign(BTAUTH, honest.without(Btauth.RECEIVER));
                            return scene.ask(
                                    honest.with(Btauth.SIGNATURE, unbound.value(Btauth.SIGNATURE)));
                        })
                .add(
                        "receiver-dash",
                        AUTH_WRONG_RECEIVER,
                        "a dash, as the payload has it for nobody",
                        ROUTED,
                        receiver(_ -> "-"))
                .add(
                        "receiver-prefix",
                        AUTH_WRONG_RECEIVER,
                        "this miner's key under Polkadot's prefix",
                        "one spelling a receiver",
                        receiver(scene -> Ss58.encode(scene.miner().accountId(), POLKADOT)));
    }

    private static void receiverEpistula(Row row) {
        row.in(EPISTULA)
                .add(
                        "receiver-epistula",
                        AUTH_WRONG_RECEIVER,
                        "signed for another miner",
                        ROUTED,
                        scene ->
                                scene.ask(
                                        scene.sign(
                                                EPISTULA,
                                                scene.honest(EPISTULA)
                                                        .with(
                                                                "Epistula-Signed-For",
                                                                Cast.sr25519().hotkey().ss58()))));
    }

    private static void receiverUnbound(Row row) {
        row.in(BTAUTH)
                .on(Case.Stage.OWN)
                .add(
                        "receiver-unbound-other",
                        AUTH_WRONG_RECEIVER,
                        "signed for another miner, where nobody need be named",
                        "whoever names a receiver means it",
                        scene -> {
                            Request honest = scene.honest(BTAUTH).target(OwnTarget.UNBOUND);
                            return scene.ask(
                                    scene.sign(
                                            BTAUTH,
                                            honest.with(
                                                    Btauth.RECEIVER,
                                                    Cast.sr25519().hotkey().ss58())));
                        })
                .add(
                        "receiver-unbound-stripped",
                        AUTH_BAD_SIGNATURE,
                        "signed for this miner, the name taken away where none is needed",
                        "a bound request must not become one for everybody",
                        scene -> {
                            Request honest = scene.honest(BTAUTH).target(OwnTarget.UNBOUND);
                            return scene.ask(scene.sign(BTAUTH, honest).without(Btauth.RECEIVER));
                        });
    }

    private static Case.Attempt receiver(Function<Scene, String> address) {
        return scene ->
                scene.ask(
                        scene.sign(
                                scene.honest()
                                        .with(
                                                scene.spoken().names().receiver(),
                                                address.apply(scene))));
    }

    static List<Case> roster() {
        Row row = new Row(Family.ROSTER);
        rosterAddresses(row);
        rosterStanding(row);
        return row.rows();
    }

    private static void rosterAddresses(Row row) {
        row.inAny()
                .add(
                        "roster-unknown",
                        AUTH_UNKNOWN_CALLER,
                        "a fresh key, signed well",
                        "any key pair would have the GPU",
                        scene -> scene.ask(scene.honest(scene.spoken(), Cast.sr25519())))
                .add(
                        "roster-prefix",
                        AUTH_MALFORMED,
                        "the caller's key under Polkadot's prefix, signed that way",
                        ONE_CALLER,
                        sender(key -> Ss58.encode(key.accountId(), POLKADOT)))
                .add(
                        "roster-prefix-two-bytes",
                        AUTH_MALFORMED,
                        "the caller's key under a prefix of two bytes, signed that way",
                        ONE_CALLER,
                        sender(key -> Ss58.encode(key.accountId(), 1284)))
                .add(
                        "roster-hex",
                        AUTH_MALFORMED,
                        "the caller's key in hex, signed that way",
                        ONE_CALLER,
                        sender(key -> "0x" + HexFormat.of().formatHex(key.accountId())))
                .add(
                        "roster-lower",
                        AUTH_MALFORMED,
                        "the caller's address in lower case",
                        ONE_CALLER,
                        sender(key -> key.ss58().toLowerCase(Locale.ROOT)))
                .add(
                        "roster-checksum",
                        AUTH_MALFORMED,
                        "the caller's address with its last letter changed",
                        "a checksum that is not checked",
                        sender(CallerCases::mistyped))
                .add(
                        "roster-huge",
                        AUTH_MALFORMED,
                        "an address of 4,000 letters",
                        "base58 takes the square of its length",
                        sender(_ -> "5".repeat(4_000)));
    }

    private static void rosterStanding(Row row) {
        row.in(BTAUTH)
                .on(Case.Stage.OWN)
                .add(
                        "roster-no-permit",
                        AUTH_NO_PERMIT,
                        "a caller with stake and no permit",
                        "miners would ask miners",
                        scene -> scene.ask(scene.honest(BTAUTH, scene.cast().unpermitted())))
                .add(
                        "roster-low-stake",
                        AUTH_LOW_STAKE,
                        "a caller with one TAO too little",
                        "a bound that is not a bound",
                        scene -> scene.ask(scene.honest(BTAUTH, scene.cast().poor())));
    }

    private static String mistyped(Hotkey key) {
        String address = key.ss58();
        char last = address.charAt(address.length() - 1);
        return address.substring(0, address.length() - 1) + (last == 'a' ? 'b' : 'a');
    }

    private static Case.Attempt sender(Function<Hotkey, String> address) {
        return scene -> {
            KeyPair caller = scene.caller();
            return scene.ask(
                    scene.sign(
                            scene.honest()
                                    .with(
                                            scene.spoken().names().sender(),
                                            address.apply(caller.hotkey()))));
        };
    }

    static List<Case> dialects() {
        Row row = new Row(Family.DIALECT);
        dialectsBeside(row);
        dialectsRepeated(row);
        dialectElsewhere(row);
        dialectStepBack(row);
        return row.rows();
    }

    private static void dialectsBeside(Row row) {
        row.in(BTAUTH)
                .add(
                        "dialect-axon-beside",
                        AUTH_TWO_DIALECTS,
                        "an axon header beside btauth's",
                        "which caller is believed depends on the reader",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH)
                                                .also(
                                                        AXON.names().sender(),
                                                        Cast.sr25519().hotkey().ss58())))
                .add(
                        "dialect-epistula-beside",
                        AUTH_TWO_DIALECTS,
                        "an Epistula header beside btauth's",
                        "as above",
                        scene -> scene.ask(scene.honest(BTAUTH).also("Epistula-Version", "2")))
                .add(
                        "dialect-key-beside",
                        AUTH_TWO_DIALECTS,
                        "an API key beside a signature",
                        "a bad signature must not fall back to a key, nor the other way",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH)
                                                .also("Authorization", "Bearer whatever")));
    }

    private static void dialectsRepeated(Row row) {
        row.in(BTAUTH)
                .add(
                        "dialect-version-alone",
                        AUTH_NO_SIGNATURE,
                        "btauth's version and nothing else",
                        "a family's mark is not its proof",
                        scene ->
                                scene.ask(
                                        new Request(
                                                "POST",
                                                BTAUTH.path(),
                                                List.of(new Header(Btauth.VERSION, "1")),
                                                scene.honest(BTAUTH).body())))
                .add(
                        "dialect-unknown-twice",
                        AUTH_DUPLICATE_HEADER,
                        "an unknown header of the family, twice",
                        "tomorrow's header must not be read two ways today",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH)
                                                .also("X-Bittensor-Drand-Round", "1")
                                                .also("x-bittensor-drand-round", "2")))
                .add(
                        "dialect-receiver-twice",
                        AUTH_DUPLICATE_HEADER,
                        "the receiver twice, in two cases",
                        "first, last or both, by server",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH)
                                                .also(
                                                        "x-bittensor-receiver",
                                                        Cast.sr25519().hotkey().ss58())));
    }

    private static void dialectElsewhere(Row row) {
        row.in(AXON)
                .add(
                        "dialect-axon-elsewhere",
                        AUTH_DIALECT_NOT_ACCEPTED,
                        "axon where no synapse is",
                        "axon signs no path: it must be taken on few",
                        scene -> scene.ask(scene.honest(AXON).target("/v1/embeddings")));
    }

    private static void dialectStepBack(Row row) {
        row.in(BTAUTH)
                .on(Case.Stage.OWN)
                .add(
                        "dialect-step-back",
                        AUTH_STEP_BACK,
                        "axon from a caller who has come with btauth",
                        "whoever relays could strip a request down to the weaker proof",
                        scene -> {
                            KeyPair modern = scene.cast().modern();
                            scene.mustAnswer(scene.honest(BTAUTH, modern));
                            return scene.ask(scene.honest(AXON, modern));
                        });
    }

    static List<Case> keys() {
        Row row = new Row(Family.KEY).in(BTAUTH);
        key(row, "key-api-wrong", AUTH_BAD_API_KEY, "a key that is none", "Bearer wrong");
        key(row, "key-api-empty", AUTH_BAD_API_KEY, "no key after Bearer", "Bearer");
        key(row, "key-api-basic", AUTH_NO_SIGNATURE, "Basic instead of Bearer", "Basic YTpi");
        key(row, "key-api-long", AUTH_BAD_API_KEY, "a key of 8,000", "Bearer " + "a".repeat(8_000));
        row.on(Case.Stage.OWN);
        String good = OwnTarget.API_KEY;
        key(
                row,
                "key-api-shorter",
                AUTH_BAD_API_KEY,
                "a good key without its last letter",
                "Bearer " + good.substring(0, good.length() - 1));
        key(
                row,
                "key-api-longer",
                AUTH_BAD_API_KEY,
                "a good key and one letter more",
                "Bearer " + good + "a");
        key(
                row,
                "key-api-upper",
                AUTH_BAD_API_KEY,
                "a good key in upper case",
                "Bearer " + good.toUpperCase(Locale.ROOT));
        key(
                row,
                "key-api-label",
                AUTH_BAD_API_KEY,
                "a key with its label, as the file has it",
                "Bearer attack: " + good);
        row.add(
                "key-api-twice",
                AUTH_DUPLICATE_HEADER,
                "two keys, one of them good",
                "first, last or both, by server",
                scene ->
                        scene.ask(
                                keyed(scene, "Bearer " + good)
                                        .also("Authorization", "Bearer wrong")));
        return row.rows();
    }

    private static void key(
            Row row, String name, dev.kiln.core.Refusal reason, String sent, String value) {
        row.add(
                name,
                reason,
                sent,
                "a key that is compared loosely is guessed letter by letter",
                scene -> scene.ask(keyed(scene, value)));
    }

    private static Request keyed(Scene scene, String value) {
        return new Request(
                "POST",
                BTAUTH.path(),
                List.of(new Header("Authorization", value)),
                scene.honest(BTAUTH).body());
    }
}
