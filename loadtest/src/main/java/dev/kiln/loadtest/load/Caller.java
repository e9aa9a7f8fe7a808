package dev.kiln.loadtest.load;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.core.Time;
import dev.kiln.loadtest.traffic.ApiKeyCredentials;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.OffClock;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Received;
import dev.kiln.loadtest.traffic.Speaker;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// One validator of a load run.
///
/// @param stake in TAO, above 0
/// @param timeout how long it waits
/// @param clockOffset how far its clock is ahead of ours
/// @param sees what the roster lets it see: `full`, `minimal`, or empty where that is not known
/// @param apiKey asks with this instead of signing; nothing is proved then
public record Caller(
        String label,
        KeyPair key,
        Dialect dialect,
        double stake,
        Duration timeout,
        Duration clockOffset,
        String sees,
        Optional<String> apiKey) {
    /// How it speaks.
    public enum Dialect {
        BTAUTH,
        AXON,
        EPISTULA
    }

    /// The same with an API key.
    public Caller asking(String key) {
        return new Caller(
                label, this.key, dialect, stake, timeout, clockOffset, sees, Optional.of(key));
    }

    /// The name of its dialect, as a user spells it.
    String spoken() {
        return apiKey.isPresent() ? "api-key" : dialect.name().toLowerCase(Locale.ROOT);
    }

    /// Its signatures, and what it demands of answers.
    Credentials credentials(Ask ask) {
        if (apiKey.isPresent()) {
            return new ApiKeyCredentials(apiKey.get());
        }
        Time clock = new OffClock(clockOffset.toNanos());
        Speaker speaker =
                switch (dialect) {
                    case BTAUTH -> Speaker.btauth(key, ask.miner(), clock);
                    case EPISTULA -> Speaker.epistula(key, ask.miner(), clock);
                    case AXON ->
                            Speaker.axon(
                                    key,
                                    new Speaker.Peer(ask.miner(), ask.url(), ask.names()),
                                    timeout,
                                    clock);
                };
        var check = new AnswerCheck(ask.miner(), ask.minerScheme());
        var credentials = new HotkeyCredentials(speaker, key.hotkey(), check, clock);
        return ask.receipts() ? credentials : unchecked(credentials);
    }

    /// Signs, and takes answers as they come.
    private static Credentials unchecked(Credentials signing) {
        return new Credentials() {
            @Override
            public Signed sign(String target, Question question) {
                Signed signed = signing.sign(target, question);
                return new Signed(
                        signed.target(),
                        signed.headers(),
                        signed.body(),
                        received -> proof(signed, received));
            }

            @Override
            public String name() {
                return signing.name();
            }
        };
    }

    /// A receipt that holds is read; anything else counts as none.
    private static Provenance proof(Credentials.Signed signed, Received received) {
        return signed.demand().check(received) instanceof Provenance.Proved proved
                ? proved
                : new Provenance.Unsigned();
    }
}
