package dev.kiln.core;

/// Where an answer goes piece by piece, while the model still works on the rest of it.
///
/// The receipt covers every byte, so it comes behind them: with the whole reply, which [CallPath#answer] returns. A
/// refusal that it returns instead, once a piece is out, means that the answer stays unfinished.
///
/// **Threads:** the call's own; nothing waits for the network.
public interface Outlet {
    /// Sends nothing ahead: whoever asks gets the whole reply at once.
    Outlet NONE =
            new Outlet() {
                @Override
                public void open(Reply head) {}

                @Override
                public void piece(byte[] bytes) {}
            };

    /// Called once, before the first piece.
    ///
    /// @param head status and headers; without a body
    void open(Reply head);

    /// The next bytes of the body; not copied, not to be changed.
    void piece(byte[] bytes);
}
