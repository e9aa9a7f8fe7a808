package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Validator;
import java.util.Optional;

/// One question before the load, so that what cannot work is said in one line instead of in thousands of losses.
final class Probe {
    private Probe() {}

    /// Asks once.
    ///
    /// @return why the load would be in vain, and what to do; empty if it would not
    static Optional<String> ask(Ask ask, Validator validator, Judge judge)
            throws InterruptedException {
        Arrival arrival = validator.askOnce(ask.examiner().first());
        return switch (judge.judge(arrival)) {
            case Finding.Good _ -> Optional.empty();
            case Finding.Lost(String cause) -> Optional.of(lost(ask, cause, validator));
            case Finding.Unsent(String cause) -> Optional.of(lost(ask, cause, validator));
            case Finding.Refused(int status, String code) -> refused(ask, status, code);
            case Finding.Unproved(String what) ->
                    Optional.of(
                            "%s: its answer is not proved (%s); is it the miner %s? Another: --miner SS58; none that signs: --receipts off"
                                    .formatted(ask.url(), what, ask.miner()));
            case Finding.Wrong(String what) ->
                    Optional.of(
                            "%s%s: its answer is no answer to the question (%s); another model: --model, another path: --path, whatever comes: --expect anything"
                                    .formatted(ask.url(), ask.path(), what));
        };
    }

    private static String lost(Ask ask, String cause, Validator validator) {
        String remedy =
                switch (cause) {
                    case "connection refused" -> "nothing listens there";
                    case "unknown host" -> "no such host; check the URL";
                    case "no TLS" -> "the server does not speak TLS; try http://";
                    case "timeout", "no connection in time" ->
                            "no answer within %d ms; try --timeout"
                                    .formatted(validator.patience().toMillis());
                    case "answer too large" -> "it sends more than any answer needs";
                    default -> "it hung up before its answer was whole; is it an HTTP server?";
                };
        return "%s: %s: %s".formatted(ask.url(), cause, remedy);
    }

    /// A server that is merely busy may be asked.
    private static Optional<String> refused(Ask ask, int status, String code) {
        if (status == 429 || status == 503) {
            return Optional.empty();
        }
        String remedy =
                switch (code) {
                    case "AUTH_WRONG_RECEIVER" ->
                            "it is not the miner %s; name it with --miner SS58"
                                    .formatted(ask.miner());
                    case "AUTH_UNKNOWN_CALLER", "AUTH_NO_PERMIT", "AUTH_LOW_STAKE" ->
                            "it does not know these validators; give it the roster that `kiln load keys` prints, and --keys to this command";
                    case "TIME_TOO_OLD", "TIME_IN_FUTURE" ->
                            "its clock and ours differ; look at both, or try --clock-spread 0ms";
                    case "TASK_UNKNOWN", "HTTP 404" -> "nothing is served there; try --path";
                    case "TASK_UNKNOWN_MODEL" -> "another model or kind of task: --model, --task";
                    default -> "an honest question is refused";
                };
        return Optional.of(
                "%s%s: refused %d %s: %s".formatted(ask.url(), ask.path(), status, code, remedy));
    }
}
