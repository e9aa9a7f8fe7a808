package dev.kiln.core;

/// Turns a [SignedCall] into a [Call] or refuses: cheap gates first. Nothing is counted against a caller before its
/// signature holds.
public interface Verifier {
    /// The gates that need only headers: dialect, shape, sender known, permitted and staked, clock. Called on the
    /// event loop before the body is read: no curve arithmetic, no waiting.
    Screened screen(RequestHead head, Route route) throws Refused;

    /// Signature and replay. May wait in a bounded queue; called on the call's own thread.
    Call verify(Screened screened, byte[] body) throws Refused, InterruptedException;

    /// The gates that count against a caller once it is proved: rate. Apart from [#verify] because what is refused here
    /// is already a call, so that the refusal can be sealed.
    default void count(Call call) throws Refused {}

    /// A request whose headers passed. Only the verifier that made it can read it.
    interface Screened {
        RequestHead head();

        Route route();
    }
}
