package dev.kiln.adapter.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Hugging Face's own tokenizer with the rules of one `tokenizer.json`, cutting at a fixed number of tokens and never
/// padding.
///
/// The native library is unpacked from the class path into a folder of the caller's; nothing is ever downloaded.
///
/// **Threads:** [#encode] may be called from any number of threads at once. [#close] once no call is under way; a
/// second close does nothing.
public final class TextTokenizer implements AutoCloseable {
    /// Fewest tokens a text can be cut to: the two special ones and one of its own.
    public static final int MIN_TOKENS = 3;

    private final HuggingFaceTokenizer tokenizer;

    private TextTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// Reads the rules.
    ///
    /// @param rules the bytes of a `tokenizer.json`; the cut and the padding it names are overridden
    /// @param maxTokens where texts are cut, special tokens included, at least [#MIN_TOKENS]
    /// @param libraryFolder where the native library is unpacked unless this process has already loaded it
    /// @throws IOException if the rules cannot be read or the native library cannot be loaded
    public static TextTokenizer open(byte[] rules, int maxTokens, Path libraryFolder)
            throws IOException {
        if (maxTokens < MIN_TOKENS) {
            throw new IllegalArgumentException(
                    "maxTokens must be at least %d, was %d".formatted(MIN_TOKENS, maxTokens));
        }
        TokenizerLibrary.load(libraryFolder);
        Map<String, String> options =
                Map.of(
                        "truncation",
                        "true",
                        "maxLength",
                        Integer.toString(maxTokens),
                        "modelMaxLength",
                        Integer.toString(maxTokens),
                        "padding",
                        "false");
        try {
            return new TextTokenizer(
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(rules), options));
        } catch (RuntimeException e) {
            throw new IOException("not a tokenizer.json: " + e.getMessage(), e);
        }
    }

    /// Cuts a text into tokens. Every text has tokens, the empty one its two special ones.
    public Tokens encode(String text) {
        var library = TokenizersLibrary.LIB;
        long encoding = library.encode(tokenizer.getHandle(), text, true);
        try {
            return new Tokens(
                    library.getTokenIds(encoding), library.getOverflowCount(encoding) > 0);
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
