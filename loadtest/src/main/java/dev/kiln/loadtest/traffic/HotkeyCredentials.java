package dev.kiln.loadtest.traffic;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.BadAnswer;
import dev.kiln.bittensor.wire.Receipt;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.core.Time;
import java.util.LinkedHashMap;
import java.util.Map;

/// A validator's hotkey: signs in its dialect, demands a `kiln-answer/1` of the miner it asked and of nobody else.
///
/// **Threads:** any.
public final class HotkeyCredentials implements Credentials {
    private static final String STAGE_SUFFIX = "_us";

    private final Speaker speaker;
    private final Hotkey caller;
    private final AnswerCheck check;
    private final Time clock;

    /// Signs in `btauth/1`.
    ///
    /// @param minerScheme known beforehand, never taken from an answer
    public HotkeyCredentials(KeyPair key, Hotkey miner, Scheme minerScheme) {
        this(Speaker.btauth(key, miner), key.hotkey(), new AnswerCheck(miner, minerScheme));
    }

    /// @param check against the miner that the speaker asks
    public HotkeyCredentials(Speaker speaker, Hotkey caller, AnswerCheck check) {
        this(speaker, caller, check, Time.SYSTEM);
    }

    /// @param clock by which the caller signs and checks; it may be off
    public HotkeyCredentials(Speaker speaker, Hotkey caller, AnswerCheck check, Time clock) {
        this.clock = clock;
        this.speaker = speaker;
        this.caller = caller;
        this.check = check;
    }

    @Override
    public Signed sign(String target, Question question) {
        Speaker.Asked asked = speaker.ask(target, question);
        SignedRequest request = asked.request();
        return new Signed(
                request.target(),
                request.headers(),
                asked.body(),
                received -> provenance(request, received));
    }

    @Override
    public String name() {
        return caller.ss58();
    }

    private Provenance provenance(SignedRequest request, Received received) {
        try {
            var answer = new Answer(received.status(), received.headers(), received.body());
            return new Provenance.Proved(
                    facts(check.check(request, answer, received.epochNanos() + offsetNanos())));
        } catch (BadAnswer e) {
            return e.fault() == BadAnswer.Fault.UNSIGNED
                    ? new Provenance.Unsigned()
                    : new Provenance.Broken(e.fault().name());
        }
    }

    /// How far its clock is from ours.
    private long offsetNanos() {
        return clock instanceof OffClock off ? off.offsetNanos() : 0;
    }

    /// What a receipt asserts, in the harness's own words.
    public static Provenance.Facts facts(Receipt receipt) {
        Map<String, Long> stages = new LinkedHashMap<>();
        receipt.asserted()
                .forEach((name, value) -> {
                    if (name.endsWith(STAGE_SUFFIX) && value instanceof Long micros) {
                        stages.put(
                                name.substring(0, name.length() - STAGE_SUFFIX.length()), micros);
                    }
                });
        return new Provenance.Facts(
                receipt.model().orElse(""),
                receipt.text("model_sha256").orElse(""),
                receipt.text("engine").orElse(""),
                receipt.text("device_proved").orElse(""),
                Math.toIntExact(
                        Math.min(receipt.number("batch_size").orElse(0L), Integer.MAX_VALUE)),
                stages,
                receipt.text("device_requested").orElse(""),
                receipt.text("device_active").orElse(""));
    }
}
