package dev.kiln.loadtest.attack;

import dev.kiln.core.Refusal;

/// The HTTP status that each reason must come with, as `docs/protocol.md` publishes it: a second reading beside the
/// server's own, since the measurer shares no code with the measured.
final class Statuses {
    private Statuses() {}

    static int of(Refusal reason) {
        return switch (reason) {
            case AUTH_DUPLICATE_HEADER, AUTH_TWO_DIALECTS, TASK_BAD_INPUT -> 400;
            case AUTH_NO_SIGNATURE,
                    AUTH_MALFORMED,
                    AUTH_DIALECT_NOT_ACCEPTED,
                    AUTH_STEP_BACK,
                    AUTH_BAD_SIGNATURE,
                    AUTH_BODY_HASH,
                    AUTH_SCHEME_MISMATCH,
                    AUTH_WRONG_RECEIVER,
                    AUTH_OWN_KEY,
                    AUTH_BAD_API_KEY,
                    TIME_TOO_OLD,
                    TIME_IN_FUTURE,
                    TIME_REPLAY,
                    TIME_BEFORE_FENCE ->
                    401;
            case AUTH_UNKNOWN_CALLER, AUTH_NO_PERMIT, AUTH_LOW_STAKE -> 403;
            case TASK_UNKNOWN, TASK_UNKNOWN_MODEL -> 404;
            case TASK_BAD_METHOD -> 405;
            case LIMIT_BODY_TIME, RUN_EXPIRED_IN_QUEUE, RUN_EXPIRED -> 408;
            case TASK_STREAM -> 409;
            case LIMIT_BODY_SIZE -> 413;
            case TASK_MEDIA_TYPE -> 415;
            case LIMIT_RATE_CALLER, LIMIT_QUEUE_FULL, LIMIT_STREAMS, LIMIT_WOULD_MISS_DEADLINE ->
                    429;
            case LIMIT_HEADER_SIZE -> 431;
            case RUN_CALLER_GONE -> 499;
            case RUN_MODEL_ERROR, INTERNAL_ERROR, REPLY_SIGN_ERROR -> 500;
            case LIMIT_BODIES,
                    RUN_CANCELLED,
                    RUN_MODEL_DOWN,
                    LIMIT_VERIFY_QUEUE,
                    SERVER_DRAINING,
                    ROSTER_STALE,
                    STORE_FAULT,
                    STORE_AWAY ->
                    503;
        };
    }
}
