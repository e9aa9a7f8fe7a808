package dev.kiln.core;

/// Puts a refusal into words for the wire; the one place that maps reasons to statuses stands behind it.
public interface RefusalReplies {
    /// The reply that says no.
    ///
    /// @param head the request refused; its dialect decides the shape
    /// @param known whether the caller is authenticated; to strangers at most 256 bytes are said
    Reply reply(Refused refused, RequestHead head, boolean known);
}
