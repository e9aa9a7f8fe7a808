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
        var signer = new RequestSigner(key, Time.SYSTEM);
        return (target, question) ->
                new Asked(signer.sign("POST", target, question.body(), miner), question.body());
    }

    /// As callers with Epistula, version 2, do.
    static Speaker epistula(KeyPair key, Hotkey miner) {
        var signer = new EpistulaSigner(key, Time.SYSTEM);
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
        return axon(key, miner, url, timeout, SYNAPSE);
    }

    /// As Dendrites of SDK 10 do.
    ///
    /// @param name the synapse's, with its fields named `texts` and `embeddings`
    static Speaker axon(KeyPair key, Hotkey miner, URI url, Duration timeout, String name) {
        var signer = new AxonRequestSigner(key, Axon.NOWHERE, Time.SYSTEM);
        var peer =
                new AxonRequestSigner.Miner(miner, Axon.address(url), Math.max(0, url.getPort()));
        Map<String, @Nullable Object> unanswered = new HashMap<>();
        unanswered.put("embeddings", null);
        return (_, question) -> {
            var synapse =
                    new AxonRequestSigner.Synapse(
                            name,
                            Map.of("texts", List.copyOf(question.texts())),
                            unanswered,
                            HashFields.NONE,
                            timeout);
            AxonRequestSigner.Signed signed = signer.sign(synapse, peer);
            return new Asked(signed.request(), signed.body());
        };
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
