package dev.kiln.adapter.text;

/// A text as the model sees it.
///
/// @param ids token ids, special ones included, at least one; not copied, not to be changed
/// @param truncated whether the text was longer than the cut
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Tokens(long[] ids, boolean truncated) {
    /// How many tokens the model sees.
    public int count() {
        return ids.length;
    }
}
