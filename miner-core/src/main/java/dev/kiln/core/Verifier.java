package dev.kiln.core;

/// Turns a [SignedCall] into a [Call] or refuses: cheap gates first. Nothing is counted against a caller before its
/// signature holds.
public interface Verifier {
    /// The gates that need only headers: dialect, shape, sender known, permitted and staked, clock. Called on the
    /// event loop before the body is read: no curve arithmetic, no waiting.
    Screened screen(RequestHead head, Route route) throws Refused;

    /// The rest: signature, replay, rate. May wait in a bounded queue; called on the call's own thread.
    Call verify(Screened screened, byte[] body) throws Refused, InterruptedException;

    /// A request whose headers passed. Only the verifier that made it can read it.
    interface Screened {
        RequestHead head();

        Route route();
    }
}
