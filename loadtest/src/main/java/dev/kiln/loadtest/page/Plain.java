package dev.kiln.loadtest.page;

/// A stranger's text made harmless for a reader's eye, not yet for HTML.
final class Plain {
    /// Longest text, in characters; what a server says may be of any length.
    static final int LONGEST = 2_000;

    /// Longest name in a plot.
    static final int NAME = 24;

    private Plain() {}

    /// The text, cut, without control characters and without marks that turn the direction of what follows them.
    static String text(String text, int longest) {
        int length = Math.min(text.length(), longest);
        var plain = new StringBuilder(length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            plain.append(misleading(c) ? '\uFFFD' : c);
        }
        return length < text.length() ? plain.append('…').toString() : plain.toString();
    }

    private static boolean misleading(char c) {
        return (Character.isISOControl(c) && c != '\n' && c != '\t')
                || (c >= '\u202A' && c <= '\u202E')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
