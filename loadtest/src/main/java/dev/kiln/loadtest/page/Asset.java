package dev.kiln.loadtest.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/// A script or style that ships inside the harness and is put into the page as it is.
record Asset(String text) {
    /// One of ours.
    static Asset of(String name) {
        return new Asset(read("/page/" + name));
    }

    /// Chart.js with its licence.
    static Asset library() {
        return new Asset(
                "/*!\n"
                        + read("/page/chart.js/LICENSE.md").strip()
                        + "\n*/\n"
                        + read("/page/chart.js/chart.umd.js")
                                .replaceFirst("(?m)^//# sourceMappingURL=.*$", ""));
    }

    /// As a content security policy names it.
    String policy() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String read(String resource) {
        try (InputStream in =
                Objects.requireNonNull(Asset.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
