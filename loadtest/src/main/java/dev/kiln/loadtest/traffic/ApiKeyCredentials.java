package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.util.List;

/// An API key: nothing is signed either way.
///
/// **Threads:** any.
public final class ApiKeyCredentials implements Credentials {
    private final List<Header> headers;

    /// @param key secret; it is sent and never shown
    public ApiKeyCredentials(String key) {
        this.headers = List.of(new Header("Authorization", "Bearer " + key));
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
