package dev.kiln.bittensor.wire;

import dev.kiln.core.Header;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;

/// How one family of callers spells headers and the signed message. Chosen by header alone; when it fails, no other
/// is tried.
///
/// **Threads:** any; implementations remember nothing about requests.
public interface Dialect {
    /// The name that routes list.
    String name();

    /// Whether this header field belongs to the dialect and to no other.
    boolean marks(Header header);

    /// Reads the headers, every one in its one canonical spelling.
    ///
    /// @throws Refused with an `AUTH_` reason; no other exception whatever the headers
    Claim read(RequestHead head) throws Refused;
}
