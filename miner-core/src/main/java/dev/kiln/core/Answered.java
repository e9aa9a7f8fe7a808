package dev.kiln.core;

import java.util.Optional;

/// What [CallPath] made of a call: the reply to write, and the facts that log and metrics count, taken in one place.
///
/// @param caller empty when the call was refused before its caller was proved
/// @param refusal why not, if refused
/// @param detail the refusal's message for the log
/// @param late whether it was answered, but after its caller's time
/// @param asserted what the receipt says, stage times up to the signing among it
/// @param encodeMicros how long encoding took
/// @param signMicros how long signing took
public record Answered(
        Reply reply,
        Optional<Caller> caller,
        Optional<Refusal> refusal,
        String detail,
        boolean late,
        Asserted asserted,
        long encodeMicros,
        long signMicros) {}
