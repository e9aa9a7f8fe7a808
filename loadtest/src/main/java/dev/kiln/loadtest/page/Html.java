package dev.kiln.loadtest.page;

/// Writes HTML. Every text and every attribute's value is escaped here and nowhere else; the names of elements and
/// attributes are ours.
///
/// **Threads:** confined to one.
final class Html {
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
        String plain = Plain.text(text, Plain.LONGEST);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
