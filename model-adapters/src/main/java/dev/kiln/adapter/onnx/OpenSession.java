package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtSession;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import org.jspecify.annotations.Nullable;

/// A session, and where it computes.
///
/// **Threads:** any.
final class OpenSession {
    private final OrtSession session;
    private final String device;
    private final boolean profiled;
    private @Nullable Placement placement; // guarded by this
    private boolean closed; // guarded by this

    /// @param device that it was opened for
    /// @param profiled whether it has kept a profile since its birth
    OpenSession(OrtSession session, String device, boolean profiled) {
        this.session = session;
        this.device = device;
        this.profiled = profiled;
    }

    OrtSession session() {
        return session;
    }

    /// The device it was opened for, or that its profile named.
    synchronized String device() {
        return placement == null ? device : placement.device();
    }

    /// Where its runs until the first look computed. That look ends the profile.
    ///
    /// @throws ModelFault if it was opened for a GPU and there is no profile that shows what that took
    Placement placement() throws ModelFault {
        return looked().believed();
    }

    /// Ends the profile, whatever it shows.
    void endProfile() {
        looked();
    }

    private synchronized Placement looked() {
        if (placement == null) {
            placement =
                    profiled
                            ? SessionProfile.end(session, device)
                            : new Placement(device, Placement.UNKNOWN);
        }
        return placement;
    }

    /// A second time does nothing.
    synchronized void close() {
        if (!closed) {
            looked();
            closed = true;
            Sessions.close(session);
        }
    }
}
