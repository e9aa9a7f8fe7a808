package dev.kiln.core;

/// Why Kiln said no: one reason per cause, the same word in reply, log, metric and page.
///
/// The HTTP status of each stands in one switch of the server and in `docs/protocol.md`; a test compares them.
public enum Refusal {
    /// No signature header, or an empty one.
    AUTH_NO_SIGNATURE(Owner.CALLER),
    /// A header of the dialect is missing or not in its one canonical spelling.
    AUTH_MALFORMED(Owner.CALLER),
    /// The same authentication header came twice.
    AUTH_DUPLICATE_HEADER(Owner.CALLER),
    /// Headers of two dialects in one request.
    AUTH_TWO_DIALECTS(Owner.CALLER),
    /// The route does not accept this dialect.
    AUTH_DIALECT_NOT_ACCEPTED(Owner.CALLER),
    /// The caller has spoken a newer dialect since the start, and the route allows no step back.
    AUTH_STEP_BACK(Owner.CALLER),
    /// The signature does not hold over what arrived.
    AUTH_BAD_SIGNATURE(Owner.CALLER),
    /// The signature holds, but the body's fields are not those whose digest was signed.
    AUTH_BODY_HASH(Owner.CALLER),
    /// The request names another scheme than the roster pins for its sender.
    AUTH_SCHEME_MISMATCH(Owner.CALLER),
    /// Signed for another miner, or for none.
    AUTH_WRONG_RECEIVER(Owner.CALLER),
    /// The request claims to come from this miner's own hotkey.
    AUTH_OWN_KEY(Owner.CALLER),
    /// The API key is not one of ours.
    AUTH_BAD_API_KEY(Owner.CALLER),
    /// The sender is not on the roster.
    AUTH_UNKNOWN_CALLER(Owner.CALLER),
    /// The sender holds no validator permit.
    AUTH_NO_PERMIT(Owner.CALLER),
    /// The sender's stake is under the configured least.
    AUTH_LOW_STAKE(Owner.CALLER),
    /// The nonce is older than the window.
    TIME_TOO_OLD(Owner.CALLER),
    /// The nonce lies in the future beyond the allowed skew.
    TIME_IN_FUTURE(Owner.CALLER),
    /// The nonce was used before, or can no longer be told from one that was.
    TIME_REPLAY(Owner.CALLER),
    /// The nonce is not later than the fence left by a restart.
    TIME_BEFORE_FENCE(Owner.MINER),
    /// The caller exceeds its configured rate.
    LIMIT_RATE_CALLER(Owner.CALLER),
    /// The body is, or says it is, larger than the route takes.
    LIMIT_BODY_SIZE(Owner.CALLER),
    /// The body did not arrive in time.
    LIMIT_BODY_TIME(Owner.CALLER),
    /// Bodies that are still arriving fill the memory kept for them, in all or of one address.
    LIMIT_BODIES(Owner.MINER),
    /// Request line or headers are larger than the server takes.
    LIMIT_HEADER_SIZE(Owner.CALLER),
    /// Too many calls or too much work inside, in all or of this caller.
    LIMIT_QUEUE_FULL(Owner.MINER),
    /// The caller has too many streams open, or all callers together have.
    LIMIT_STREAMS(Owner.CALLER),
    /// Too many signatures wait to be checked.
    LIMIT_VERIFY_QUEUE(Owner.MINER),
    /// The predicted wait is longer than the deadline.
    LIMIT_WOULD_MISS_DEADLINE(Owner.MINER),
    /// No such route.
    TASK_UNKNOWN(Owner.CALLER),
    /// The route does not take this method.
    TASK_BAD_METHOD(Owner.CALLER),
    /// The body is of a type the task does not read.
    TASK_MEDIA_TYPE(Owner.CALLER),
    /// The task cannot read the body.
    TASK_BAD_INPUT(Owner.CALLER),
    /// The piece is not the next one of its stream.
    TASK_STREAM(Owner.CALLER),
    /// No model of this name is served.
    TASK_UNKNOWN_MODEL(Owner.CALLER),
    /// The deadline passed before the engine began.
    RUN_EXPIRED_IN_QUEUE(Owner.MINER),
    /// The deadline passed while the engine ran.
    RUN_EXPIRED(Owner.MINER),
    /// The client left before its answer was ready.
    RUN_CALLER_GONE(Owner.CALLER),
    /// The operator had the call given up.
    RUN_CANCELLED(Owner.MINER),
    /// The engine failed on this batch.
    RUN_MODEL_ERROR(Owner.MINER),
    /// The model is out of rotation: it failed repeatedly or hangs, and is being rebuilt.
    RUN_MODEL_DOWN(Owner.MINER),
    /// A fault of ours; the message carries an id and nothing else.
    INTERNAL_ERROR(Owner.MINER),
    /// The answer could not be signed.
    REPLY_SIGN_ERROR(Owner.MINER),
    /// The server is shutting down.
    SERVER_DRAINING(Owner.MINER),
    /// The roster is older than its configured age.
    ROSTER_STALE(Owner.MINER),
    /// A store that a promise rests on failed.
    STORE_FAULT(Owner.MINER),
    /// The store that several boxes share cannot be asked, is full, or may forget.
    STORE_AWAY(Owner.MINER);

    /// Whose fault a refusal is.
    public enum Owner {
        CALLER,
        MINER
    }

    private final Owner owner;

    Refusal(Owner owner) {
        this.owner = owner;
    }

    /// Whose fault this refusal is.
    public Owner owner() {
        return owner;
    }
}
