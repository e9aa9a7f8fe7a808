package dev.kiln.core;

import java.util.List;

/// Signs one answer and binds it to the request that the seal was made for.
///
/// **Threads:** the call's own.
public interface Seal {
    /// Signs nothing: API keys, and routes with answers `off`.
    Seal NONE = (_, _, _) -> List.of();

    /// The headers to send beside this very body.
    ///
    /// @param status the HTTP status that will be sent
    /// @param body the raw bytes that will be sent
    /// @param asserted what the receipt says beside that
    List<Header> seal(int status, byte[] body, Asserted asserted);

    /// The headers to send before a body that is not yet known. What [#seal] says beyond these follows the body.
    default List<Header> opening(int status) {
        return List.of();
    }
}
