package dev.kiln.loadtest.traffic;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AxonRequestSigner;
import dev.kiln.bittensor.wire.EpistulaSigner;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Time;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Puts a question to one miner into words of one dialect, signed.
///
/// **Threads:** any.
@FunctionalInterface
public interface Speaker {
    /// Signs one attempt.
    ///
    /// @param target where the question is asked in OpenAI's shape; a dialect with paths of its own goes there instead
    Asked ask(String target, Question question);

    /// A signed request and its very body.
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Asked(SignedRequest request, byte[] body) {}

    /// As validators of SDK 11 do.
    static Speaker btauth(KeyPair key, Hotkey miner) {
        return btauth(key, miner, Time.SYSTEM);
    }

    /// The same by a clock of its own.
    static Speaker btauth(KeyPair key, Hotkey miner, Time clock) {
        var signer = new RequestSigner(key, clock);
        return (target, question) ->
                new Asked(signer.sign("POST", target, question.body(), miner), question.body());
    }

    /// As callers with Epistula, version 2, do.
    static Speaker epistula(KeyPair key, Hotkey miner) {
        return epistula(key, miner, Time.SYSTEM);
    }

    /// The same by a clock of its own.
    static Speaker epistula(KeyPair key, Hotkey miner, Time clock) {
        var signer = new EpistulaSigner(key, clock);
        return (target, question) ->
                new Asked(signer.sign("POST", target, question.body(), miner), question.body());
    }

    /// The synapse that every miner serves by default.
    String SYNAPSE = "TextEmbedding";

    /// As Dendrites of SDK 10 do, in the synapse that every miner serves by default.
    ///
    /// @param url the miner's; its address and port are told as a Dendrite tells them
    /// @param timeout how long the caller waits
    static Speaker axon(KeyPair key, Hotkey miner, URI url, Duration timeout) {
        return axon(key, new Peer(miner, url, Names.TEXT_EMBEDDING), timeout, Time.SYSTEM);
    }

    /// The same by a clock of its own, in any synapse of texts.
    static Speaker axon(KeyPair key, Peer to, Duration timeout, Time clock) {
        var signer = new AxonRequestSigner(key, Axon.NOWHERE, clock);
        var peer =
                new AxonRequestSigner.Miner(
                        to.miner(), Axon.address(to.url()), Math.max(0, to.url().getPort()));
        Map<String, @Nullable Object> unanswered = new HashMap<>();
        unanswered.put(to.names().embeddings(), null);
        return (_, question) -> {
            var synapse =
                    new AxonRequestSigner.Synapse(
                            to.names().synapse(),
                            Map.of(to.names().texts(), List.copyOf(question.texts())),
                            unanswered,
                            HashFields.NONE,
                            timeout);
            AxonRequestSigner.Signed signed = signer.sign(synapse, peer);
            return new Asked(signed.request(), signed.body());
        };
    }

    /// Whom the axon dialect asks.
    ///
    /// @param url its address and port are told as a Dendrite tells them
    record Peer(Hotkey miner, URI url, Names names) {}

    /// How a synapse is spelled.
    ///
    /// @param synapse its class; its path is that after a slash
    /// @param texts the field that asks
    /// @param embeddings the field that is answered
    record Names(String synapse, String texts, String embeddings) {
        /// What every Kiln serves by default.
        public static final Names TEXT_EMBEDDING = new Names(SYNAPSE, "texts", "embeddings");
    }

    /// What the axon dialect says of addresses.
    final class Axon {
        private static final Pattern ADDRESS =
                Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

        /// The caller's own address, which servers never look at.
        private static final String NOWHERE = "0.0.0.0";

        private Axon() {}

        private static String address(URI url) {
            String host = String.valueOf(url.getHost()).replaceAll("[\\[\\]]", "");
            return ADDRESS.matcher(host).matches() ? host : NOWHERE;
        }
    }
}
