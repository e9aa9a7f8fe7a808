package dev.kiln.adapter.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Pattern BERT_RULES =
            Pattern.compile(
                    "\"pre_tokenizer\"\\s*:\\s*\\{\\s*\"type\"\\s*:\\s*\"BertPreTokenizer\"");

    /// Characters looked at first for each token of the cut; ordinary English has five.
    private static final int CHARACTERS_PER_TOKEN = 8;

    private final HuggingFaceTokenizer tokenizer;
    private final int maxTokens;
    private final boolean splitsAtBlanks;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, int maxTokens, boolean splitsAtBlanks) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.splitsAtBlanks = splitsAtBlanks;
    }

    /// Reads the rules, leaving nothing on the disk.
    ///
    /// @see #open(byte[], int, Path)
    public static TextTokenizer open(byte[] rules, int maxTokens) throws IOException {
        TokenizerLibrary.load(Optional.empty());
        return read(rules, maxTokens);
    }

    /// Reads the rules.
    ///
    /// @param rules the bytes of a `tokenizer.json`; the cut and the padding it names are overridden
    /// @param maxTokens where texts are cut, special tokens included, at least [#MIN_TOKENS]
    /// @param libraryFolder where the native library is unpacked unless this process has already loaded it
    /// @throws IOException if the rules cannot be read or the native library cannot be loaded
    public static TextTokenizer open(byte[] rules, int maxTokens, Path libraryFolder)
            throws IOException {
        TokenizerLibrary.load(Optional.of(libraryFolder));
        return read(rules, maxTokens);
    }

    private static TextTokenizer read(byte[] rules, int maxTokens) throws IOException {
        if (maxTokens < MIN_TOKENS) {
            throw new IllegalArgumentException(
                    "maxTokens must be at least %d, was %d".formatted(MIN_TOKENS, maxTokens));
        }
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
            boolean splitsAtBlanks =
                    BERT_RULES.matcher(new String(rules, StandardCharsets.UTF_8)).find();
            return new TextTokenizer(
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(rules), options),
                    maxTokens,
                    splitsAtBlanks);
        } catch (RuntimeException e) {
            throw new IOException("not a tokenizer.json: " + e.getMessage(), e);
        }
    }

    /// Cuts a text into tokens. Every text has tokens, the empty one its two special ones.
    ///
    /// The library tokenises the whole of a text before it cuts. BERT's rules never look across a blank, so there a
    /// long text's beginning is tried first, and is enough once it is too long itself: a text of a megabyte then costs
    /// what its first kilobyte does, and its tokens are the same.
    public Tokens encode(String text) {
        long look = splitsAtBlanks ? (long) maxTokens * CHARACTERS_PER_TOKEN : Integer.MAX_VALUE;
        while (look < text.length()) {
            int blank = nextBlank(text, (int) look);
            if (blank == text.length()) {
                break;
            }
            Tokens beginning = encodeWhole(text.substring(0, blank));
            if (beginning.truncated()) {
                return beginning;
            }
            look = 4L * blank;
        }
        return encodeWhole(text);
    }

    /// Tokens that a text has at least, without cutting it: by BERT's rules each word that has a letter or digit of ASCII
    /// makes one or more. By others 1, since their tokens may hold several words.
    public int fewest(String text) {
        int words = 0;
        boolean counted = false;
        for (int i = 0; splitsAtBlanks && i < text.length() && words < maxTokens; i++) {
            char character = text.charAt(i);
            if (isBlank(character)) {
                counted = false;
            } else if (!counted && isPlain(character)) {
                counted = true;
                words++;
            }
        }
        return Math.max(1, words);
    }

    private static int nextBlank(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (isBlank(text.charAt(i))) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean isBlank(char character) {
        return character == ' ' || character == '\n' || character == '\t' || character == '\r';
    }

    private static boolean isPlain(char character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9');
    }

    private Tokens encodeWhole(String text) {
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
