package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.AUTH_BAD_SIGNATURE;
import static dev.kiln.core.Refusal.AUTH_BODY_HASH;
import static dev.kiln.core.Refusal.AUTH_DUPLICATE_HEADER;
import static dev.kiln.core.Refusal.AUTH_MALFORMED;
import static dev.kiln.core.Refusal.AUTH_NO_SIGNATURE;
import static dev.kiln.core.Refusal.AUTH_SCHEME_MISMATCH;
import static dev.kiln.loadtest.attack.Spoken.AXON;
import static dev.kiln.loadtest.attack.Spoken.BTAUTH;
import static dev.kiln.loadtest.attack.Spoken.EPISTULA;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.bittensor.wire.Btauth;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/// Signatures that do not hold over what is sent, one signed component after the other.
final class SignatureCases {
    /// Hex digits of R and of s in the signature's header.
    private static final int IN_R = 20;

    private static final int IN_S = 90;

    private SignatureCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.SIGNATURE);
        absent(row);
        spelled(row);
        encoded(row);
        components(row.in(BTAUTH));
        bytesSent(row.in(BTAUTH));
        named(row.in(BTAUTH));
        contexts(row.in(BTAUTH));
        others(row);
        epistula(row);
        keys(row);
        return row.rows();
    }

    private static String name(Scene scene) {
        return scene.spoken().names().signature();
    }

    /// An honest request whose signature's text is bent.
    private static Case.Attempt text(UnaryOperator<String> change) {
        return scene -> scene.ask(scene.honest().with(name(scene), change));
    }

    private static Case.Attempt bytes(UnaryOperator<byte[]> change) {
        return text(Bits.bytes(change));
    }

    private static void absent(Row row) {
        row.inAny()
                .add(
                        "sig-nothing",
                        AUTH_NO_SIGNATURE,
                        "no header of any dialect",
                        "whoever finds the port would have the GPU",
                        scene ->
                                scene.ask(
                                        new Request(
                                                "POST",
                                                scene.spoken().path(),
                                                List.of(),
                                                scene.honest().body())))
                .add(
                        "sig-missing",
                        AUTH_NO_SIGNATURE,
                        "everything but the signature",
                        "a header that is not there must not count as one that holds",
                        scene -> scene.ask(scene.honest().without(name(scene))))
                .add(
                        "sig-empty",
                        AUTH_NO_SIGNATURE,
                        "an empty signature",
                        "Axons up to SDK 10.4.1 let it pass, and it was used in the wild",
                        text(_ -> ""))
                .add(
                        "sig-twice",
                        AUTH_DUPLICATE_HEADER,
                        "the signature's header twice",
                        "one reader takes the first, another the last: two requests in one",
                        scene -> {
                            Request honest = scene.honest();
                            return scene.ask(honest.also(name(scene), honest.value(name(scene))));
                        });
    }

    private static void spelled(Row row) {
        row.inAny()
                .add(
                        "sig-short",
                        AUTH_MALFORMED,
                        "63 bytes",
                        "a parser that pads invents a signature",
                        text(hex -> hex.substring(0, hex.length() - 2)))
                .add(
                        "sig-long",
                        AUTH_MALFORMED,
                        "65 bytes, the scheme's number before them",
                        "a parser that cuts reads another signature",
                        text(hex -> "0x01" + hex.substring(2)))
                .add(
                        "sig-upper",
                        AUTH_MALFORMED,
                        "upper-case hex",
                        "one signature must have one text, or logs and caches disagree",
                        text(hex -> "0x" + hex.substring(2).toUpperCase(java.util.Locale.ROOT)))
                .add(
                        "sig-no-0x",
                        AUTH_MALFORMED,
                        "without 0x",
                        "as above",
                        text(hex -> hex.substring(2)))
                .add(
                        "sig-blanks",
                        AUTH_MALFORMED,
                        "a blank inside",
                        "as above",
                        text(hex -> hex.substring(0, 66) + " " + hex.substring(66)))
                .add(
                        "sig-no-hex",
                        AUTH_MALFORMED,
                        "a letter that is no hex digit",
                        "a parser that skips it reads another signature",
                        text(hex -> hex.substring(0, 20) + "g" + hex.substring(21)));
    }

    private static void encoded(Row row) {
        row.inAny()
                .add(
                        "sig-bit-r",
                        AUTH_BAD_SIGNATURE,
                        "one bit of R turned",
                        "the plainest forgery",
                        text(Bits.turned(IN_R)))
                .add(
                        "sig-bit-s",
                        AUTH_BAD_SIGNATURE,
                        "one bit of s turned",
                        "the plainest forgery",
                        text(Bits.turned(IN_S)))
                .add(
                        "sig-zero",
                        AUTH_BAD_SIGNATURE,
                        "64 zero bytes",
                        "zeros are what a failed signer leaves behind",
                        bytes(signature -> new byte[signature.length]))
                .add(
                        "sig-zero-marked",
                        AUTH_BAD_SIGNATURE,
                        "R and s zero, marked as sr25519",
                        "it would hold under a neutral key",
                        bytes(_ -> Bits.zeroMarked()))
                .add(
                        "sig-marker",
                        AUTH_BAD_SIGNATURE,
                        "sr25519's marker bit cleared",
                        "a second spelling of a signature that holds",
                        bytes(Bits::unmarked))
                .add(
                        "sig-s-order",
                        AUTH_BAD_SIGNATURE,
                        "s plus the group's order",
                        "malleable: the same signature in other bytes",
                        bytes(Bits.plusOrder(true)))
                .add(
                        "sig-r-negative",
                        AUTH_BAD_SIGNATURE,
                        "R in the encoding of its negative",
                        "not canonical: a second text for one point",
                        bytes(Bits::negatedR))
                .add(
                        "sig-r-huge",
                        AUTH_BAD_SIGNATURE,
                        "R over the field's prime",
                        "not canonical, and no point",
                        bytes(Bits::hugeR));
    }

    /// Signed honestly, then sent otherwise, or the other way round.
    private static void components(Row row) {
        row.add(
                        "sig-method",
                        AUTH_BAD_SIGNATURE,
                        "signed for PUT, sent as POST",
                        "a harmless request would become another",
                        signedAs(request -> request.method("PUT")))
                .add(
                        "sig-target",
                        AUTH_BAD_SIGNATURE,
                        "signed for another path",
                        "a request for one route would be good for all",
                        signedAs(request -> request.target("/v1/models")))
                .add(
                        "sig-query-added",
                        AUTH_BAD_SIGNATURE,
                        "?x=1 added after signing",
                        "MIID and vanta verify the path without its query",
                        scene -> scene.ask(scene.honest().target("/v1/embeddings?x=1")))
                .add(
                        "sig-query-dropped",
                        AUTH_BAD_SIGNATURE,
                        "?x=1 dropped after signing",
                        "as above",
                        signedAs(request -> request.target("/v1/embeddings?x=1")))
                .add(
                        "sig-query-bare",
                        AUTH_BAD_SIGNATURE,
                        "a bare ? added after signing",
                        "the guide's FastAPI recipe cannot see it",
                        scene -> scene.ask(scene.honest().target("/v1/embeddings?")));
    }

    private static void bytesSent(Row row) {
        row.add(
                        "sig-body-bit",
                        AUTH_BAD_SIGNATURE,
                        "one bit of the body turned",
                        "another question under the caller's name",
                        scene -> scene.ask(scene.honest().bodyBit()))
                .add(
                        "sig-body-blank",
                        AUTH_BAD_SIGNATURE,
                        "a blank after the body's JSON",
                        "who hashes what was parsed does not see it",
                        scene -> {
                            Request honest = scene.honest();
                            String body = new String(honest.body(), StandardCharsets.UTF_8);
                            return scene.ask(
                                    honest.body((body + " ").getBytes(StandardCharsets.UTF_8)));
                        })
                .add(
                        "sig-nonce",
                        AUTH_BAD_SIGNATURE,
                        "the nonce one higher than signed",
                        "one signature would be good for every nonce",
                        scene ->
                                scene.ask(
                                        scene.honest()
                                                .with(
                                                        Btauth.NONCE,
                                                        nonce ->
                                                                Long.toString(
                                                                        Long.parseLong(nonce)
                                                                                + 1))));
    }

    private static void named(Row row) {
        row.add(
                        "sig-version",
                        AUTH_MALFORMED,
                        "version 2",
                        "rules of a version that does not exist",
                        scene -> scene.ask(scene.honest().with(Btauth.VERSION, "2")))
                .add(
                        "sig-scheme-named",
                        AUTH_SCHEME_MISMATCH,
                        "ed25519 named over an sr25519 signature",
                        "the sender must not pick the scheme",
                        scene -> scene.ask(scene.honest().with(Btauth.CRYPTO, "ed25519")))
                .add(
                        "sig-scheme-upper",
                        AUTH_MALFORMED,
                        "SR25519, signed that way",
                        "one spelling a scheme",
                        scene ->
                                scene.ask(
                                        scene.sign(scene.honest().with(Btauth.CRYPTO, "SR25519"))))
                .add(
                        "sig-scheme-unknown",
                        AUTH_MALFORMED,
                        "a scheme that does not exist",
                        "an unknown scheme must not fall back to a known one",
                        scene -> scene.ask(scene.honest().with(Btauth.CRYPTO, "none")));
    }

    /// Sent as it is, but signed over something bent.
    private static Case.Attempt signedAs(UnaryOperator<Request> bent) {
        return scene -> {
            Request honest = scene.honest();
            Request signed = scene.sign(BTAUTH, bent.apply(honest));
            return scene.ask(honest.with(Btauth.SIGNATURE, signed.value(Btauth.SIGNATURE)));
        };
    }

    /// The right bytes signed for something else, or the wrong ones for this.
    private static void contexts(Row row) {
        row.add(
                        "sig-context",
                        AUTH_BAD_SIGNATURE,
                        "signed in another context than substrate's",
                        "a key that is used elsewhere too must not sign requests there",
                        pen((key, message) -> key.signIn("elsewhere", message)))
                .add(
                        "sig-wrapped",
                        AUTH_BAD_SIGNATURE,
                        "signed as <Bytes>…</Bytes>",
                        "a wallet that was tricked into signing text must not make requests",
                        pen(Bits::wrapped))
                .add(
                        "sig-digest",
                        AUTH_BAD_SIGNATURE,
                        "the payload's SHA-256 signed instead of the payload",
                        "what is signed must be what is read",
                        pen((key, message) -> key.sign(sha256(message))))
                .add(
                        "sig-newline",
                        AUTH_BAD_SIGNATURE,
                        "a newline at the payload's end",
                        "one payload a request",
                        pen((key, message) -> key.sign(replaced(message, "\\z", "\n"))))
                .add(
                        "sig-protocol",
                        AUTH_BAD_SIGNATURE,
                        "btauth/2 in the payload's first line",
                        "a signature for another protocol",
                        pen((key, message) -> key.sign(replaced(message, "btauth/1", "btauth/2"))))
                .add(
                        "sig-response",
                        AUTH_BAD_SIGNATURE,
                        "signed with the method line of an answer",
                        "an answer of a neuron must not come back as its request",
                        pen((key, message) -> key.sign(replaced(message, "POST", "RESPONSE/1"))));
    }

    /// Who holds the pen.
    private interface Pen {
        byte[] sign(KeyPair key, byte[] message);
    }

    private static Case.Attempt pen(Pen pen) {
        return scene ->
                scene.ask(
                        BTAUTH.sign(
                                scene.honest(BTAUTH),
                                message -> pen.sign(scene.caller(BTAUTH), message)));
    }

    private static byte[] replaced(byte[] message, String pattern, String by) {
        return new String(message, StandardCharsets.UTF_8)
                .replaceFirst(pattern, by)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] message) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(message);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// What the older dialects sign.
    private static void others(Row row) {
        row.in(AXON)
                .add(
                        "sig-axon-nonce",
                        AUTH_BAD_SIGNATURE,
                        "the nonce one higher than signed",
                        "one signature would be good for every nonce",
                        scene ->
                                scene.ask(
                                        scene.honest(AXON)
                                                .with(
                                                        AXON.names().nonce(),
                                                        nonce ->
                                                                Long.toString(
                                                                        Long.parseLong(nonce)
                                                                                + 1))))
                .add(
                        "sig-axon-uuid",
                        AUTH_BAD_SIGNATURE,
                        "another UUID than signed",
                        "Axons count nonces per UUID: another one would start anew",
                        scene ->
                                scene.ask(
                                        scene.honest(AXON)
                                                .with("bt_header_dendrite_uuid", "0-0-0-0-0")))
                .add(
                        "sig-axon-hash",
                        AUTH_BAD_SIGNATURE,
                        "another body hash than signed",
                        "the body would be bound to nothing",
                        scene ->
                                scene.ask(
                                        scene.honest(AXON)
                                                .with("computed_body_hash", Bits.turned(3))))
                .add(
                        "sig-axon-body-hash",
                        AUTH_BODY_HASH,
                        "a body hash that is signed and is not the body's",
                        "who only compares the header with the signature sees nothing",
                        scene ->
                                scene.ask(
                                        scene.sign(
                                                AXON,
                                                scene.honest(AXON)
                                                        .with(
                                                                "computed_body_hash",
                                                                Bits.turned(3)))));
    }

    private static void epistula(Row row) {
        row.in(EPISTULA)
                .add(
                        "sig-epistula-body",
                        AUTH_BAD_SIGNATURE,
                        "one bit of the body turned",
                        "another question under the caller's name",
                        scene -> scene.ask(scene.honest(EPISTULA).bodyBit()))
                .add(
                        "sig-epistula-uuid",
                        AUTH_BAD_SIGNATURE,
                        "another UUID than signed",
                        "what is used up is picked by the UUID",
                        scene -> scene.ask(scene.honest(EPISTULA).with("Epistula-Uuid", "0-0-0-0")))
                .add(
                        "sig-epistula-time",
                        AUTH_BAD_SIGNATURE,
                        "another millisecond than signed",
                        "as above",
                        scene ->
                                scene.ask(
                                        scene.honest(EPISTULA)
                                                .with("Epistula-Timestamp", Bits.turned(12))));
    }

    /// Keys that are somebody else's, or nobody's.
    private static void keys(Row row) {
        row.in(BTAUTH)
                .on(Case.Stage.OWN)
                .add(
                        "key-other",
                        AUTH_BAD_SIGNATURE,
                        "another permitted caller's hotkey over this signature",
                        "anybody on the roster could ask as anybody else",
                        scene ->
                                scene.ask(
                                        scene.honest()
                                                .with(
                                                        Btauth.HOTKEY,
                                                        scene.cast().second().hotkey().ss58())))
                .add(
                        "key-zero",
                        AUTH_BAD_SIGNATURE,
                        "the zero key, which stands on the roster",
                        "the chain's empty account; R and s zero would hold under it",
                        scene -> scene.ask(neutral(scene, OwnTarget.ZERO_KEY, Bits.zeroMarked())))
                .add(
                        "key-small-order",
                        AUTH_BAD_SIGNATURE,
                        "an ed25519 key of small order, which stands on the roster",
                        "one signature would hold over every message",
                        scene ->
                                scene.ask(
                                        neutral(
                                                        scene,
                                                        OwnTarget.SMALL_ORDER_KEY,
                                                        Bits.neutralEd25519())
                                                .with(Btauth.CRYPTO, "ed25519")))
                .add(
                        "sig-ed-s-order",
                        AUTH_BAD_SIGNATURE,
                        "ed25519: s plus the group's order",
                        "malleable: the same signature in other bytes",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH, scene.cast().edwards())
                                                .with(
                                                        Btauth.SIGNATURE,
                                                        Bits.bytes(Bits.plusOrder(false)))))
                .add(
                        "sig-ed-unnamed",
                        AUTH_SCHEME_MISMATCH,
                        "ed25519 without saying so",
                        "nothing may be tried after a failure",
                        scene ->
                                scene.ask(
                                        scene.honest(BTAUTH, scene.cast().edwards())
                                                .without(Btauth.CRYPTO)));
    }

    private static Request neutral(Scene scene, byte[] account, byte[] signature) {
        return BTAUTH.sign(
                scene.honest(BTAUTH).with(Btauth.HOTKEY, Ss58.hotkey(account).ss58()),
                _ -> signature);
    }
}
