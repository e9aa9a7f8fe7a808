package dev.kiln.core;

/// How long a call spent where, in microseconds, on the monotonic clock.
///
/// @param verify arrival of the last body byte to the end of all gates, waiting included
/// @param prepare decoding and tokenising
/// @param queue submission until a lane took the last item
/// @param batchWait from there until its batch began to run
/// @param compute the engine's run of that batch
public record Stages(long verify, long prepare, long queue, long batchWait, long compute) {
    public static final Stages NONE = new Stages(0, 0, 0, 0, 0);

    public Stages withVerify(long micros) {
        return new Stages(micros, prepare, queue, batchWait, compute);
    }

    public Stages withPrepare(long micros) {
        return new Stages(verify, micros, queue, batchWait, compute);
    }
}
