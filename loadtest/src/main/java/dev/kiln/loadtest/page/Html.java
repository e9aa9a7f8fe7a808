package dev.kiln.loadtest.page;

/// Writes HTML. Every text and every attribute's value is escaped here and nowhere else; the names of elements and
/// attributes are ours.
///
/// **Threads:** confined to one.
final class Html {
    /// Longest text of one element, in characters; what a server says may be of any length.
    private static final int LONGEST = 2_000;

    private final StringBuilder out = new StringBuilder();

    /// Opens an element.
    ///
    /// @param attributes names and values in turn
    Html open(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
        out.append('>');
        return this;
    }

    Html close(String tag) {
        out.append("</").append(tag).append(">\n");
        return this;
    }

    /// Writes a text that may come from anywhere.
    Html text(String text) {
        escape(text);
        return this;
    }

    /// A whole element with nothing but text in it.
    Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close(tag);
    }

    /// Writes what is HTML already and was made here.
    Html trusted(String html) {
        out.append(html);
        return this;
    }

    private void escape(String text) {
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(misleading(c) ? '\uFFFD' : c);
            }
        }
        if (length < text.length()) {
            out.append('…');
        }
    }

    /// Control characters, and marks that turn the direction of the text after them.
    private static boolean misleading(char c) {
        return (Character.isISOControl(c) && c != '\n' && c != '\t')
                || (c >= '\u202A' && c <= '\u202E')
                || (c >= '\u2066' && c <= '\u2069');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
