package dev.kiln.server.http;

import dev.kiln.core.Refusal;

/// The one place that maps reasons to HTTP; `docs/protocol.md` shows the same table and a test compares them.
public final class StatusOf {
    private StatusOf() {}

    /// The status that a refusal is answered with.
    public static int refusal(Refusal reason) {
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
                    LIMIT_VERIFY_QUEUE,
                    RUN_CANCELLED,
                    RUN_MODEL_DOWN,
                    SERVER_DRAINING,
                    ROSTER_STALE,
                    STORE_FAULT,
                    STORE_AWAY ->
                    503;
        };
    }

    /// Whether a client that waits may succeed with the very same request; such refusals carry `Retry-After`
    /// unless they say that no time helps.
    static boolean passes(int status) {
        return status == 429 || status == 503;
    }

    /// OpenAI's word for a kind of error, which its clients choose their exception by.
    static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 499, 500, 503 -> "server_error";
            default -> "invalid_request_error";
        };
    }
}
