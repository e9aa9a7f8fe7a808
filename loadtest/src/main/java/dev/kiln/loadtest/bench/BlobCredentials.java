package dev.kiln.loadtest.bench;

import dev.kiln.core.Header;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import java.util.List;

/// An API key for bodies that are no JSON: nothing is signed either way.
///
/// **Threads:** any.
final class BlobCredentials implements Credentials {
    private final List<Header> headers;

    /// @param key secret; it is sent and never shown
    /// @param media the bodies' type
    BlobCredentials(String key, String media) {
        this.headers =
                List.of(
                        new Header("Authorization", "Bearer " + key),
                        new Header("Content-Type", media));
    }

    @Override
    public Signed sign(String target, Question question) {
        return new Signed(target, headers, question.body(), _ -> new Provenance.NotAsked());
    }

    @Override
    public String name() {
        return "api key";
    }
}
