package dev.kiln.core;

/// Bytes and headers as they came; nothing in it is believed yet.
///
/// @param body the raw body bytes as received; not copied, not to be changed
@SuppressWarnings("ArrayRecordComponent") // a carrier between two methods, never compared
public record SignedCall(RequestHead head, byte[] body) {}
