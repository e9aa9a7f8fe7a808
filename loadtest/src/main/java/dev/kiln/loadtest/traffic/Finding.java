package dev.kiln.loadtest.traffic;

/// What the judge makes of one request's end.
public sealed interface Finding {
    /// An answer that is proved and in shape; whether it is right, its marks say.
    record Good(Provenance provenance, Marks marks) implements Finding {}

    /// An answer with the right signature and a wrong content.
    ///
    /// @param what the same words for the same cause
    record Wrong(String what) implements Finding {}

    /// A response that is unsigned where a signature is due, or signed wrongly.
    record Unproved(String what) implements Finding {}

    /// An honest "no".
    ///
    /// @param code the reason's code, or `HTTP <status>` where the body names none
    record Refused(int status, String code) implements Finding {}

    /// Neither answered nor refused.
    record Lost(String cause) implements Finding {}

    /// Never got a connection in its caller's patience.
    record Unsent(String cause) implements Finding {}
}
