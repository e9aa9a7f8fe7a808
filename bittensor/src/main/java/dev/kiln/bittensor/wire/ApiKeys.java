package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The API keys of a file, kept as SHA-256 digests only.
///
/// One key a line, `label: key`; blank lines and lines that begin with `#` are skipped. A label is 1 to 64 of
/// `a-z A-Z 0-9 . _ -`, a key 16 to 512 printable ASCII characters without blanks.
///
/// **Threads:** immutable.
public final class ApiKeys {
    /// Accepts no key.
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private static final Pattern LINE =
            Pattern.compile("([A-Za-z0-9._-]{1,64})\\s*:\\s*([!-~]{16,512})");

    private final List<Entry> entries;

    private ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /// Reads a file of keys.
    ///
    /// @throws IOException if it cannot be read, or a line is not as above; the message names the line, never the key
    public static ApiKeys read(Path file) throws IOException {
        return of(Files.readAllLines(file, UTF_8));
    }

    /// Reads lines of keys, see [#read].
    public static ApiKeys of(List<String> lines) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new IOException(
                        "line %d of the API keys is not `label: key` with a key of 16 to 512 characters"
                                .formatted(i + 1));
            }
            if (!labels.add(parts.group(1))) {
                throw new IOException(
                        "line %d of the API keys repeats a label; each key needs its own"
                                .formatted(i + 1));
            }
            entries.add(new Entry(new Caller.KeyHolder(parts.group(1)), digest(parts.group(2))));
        }
        return new ApiKeys(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /// Whose key this is, if it is one of ours. Takes as long for a wrong key as for a right one.
    Optional<Caller.KeyHolder> holderOf(String key) {
        byte[] digest = digest(key);
        Caller.@Nullable KeyHolder found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest, digest)) {
                found = entry.holder;
            }
        }
        return Optional.ofNullable(found);
    }

    private static byte[] digest(String key) {
        return Digests.sha256(key.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "ApiKeys[%d]".formatted(entries.size());
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Entry(Caller.KeyHolder holder, byte[] digest) {}
}
