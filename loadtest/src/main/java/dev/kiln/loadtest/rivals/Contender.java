package dev.kiln.loadtest.rivals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is measured, in the order of a round.
public enum Contender {
    RAW("raw", "the engine alone, Kiln's own loop", "none"),
    KILN_KEY("kiln-key", "Kiln", "API key"),
    KILN_SIGNED("kiln-signed", "Kiln", "verify and sign"),
    FASTAPI("fastapi", "FastAPI, http_auth.verify, ONNX Runtime", "verify"),
    AXON("axon", "the Axon of SDK 10, ONNX Runtime", "verify and sign"),
    INFINITY("infinity", "infinity-emb", "none"),
    LITSERVE("litserve", "LitServe", "none"),
    RAY("ray", "Ray Serve", "none");

    private final String id;
    private final String words;
    private final String auth;

    Contender(String id, String words, String auth) {
        this.id = id;
        this.words = words;
        this.auth = auth;
    }

    /// Its name on the command line and in files.
    public String id() {
        return id;
    }

    String words() {
        return words;
    }

    /// What each request costs it beside the model.
    String auth() {
        return auth;
    }

    /// Whether it is Kiln's server.
    boolean isKiln() {
        return this == KILN_KEY || this == KILN_SIGNED;
    }

    /// The one of this name.
    public static Optional<Contender> named(String id) {
        return Arrays.stream(values()).filter(each -> each.id.equals(id)).findFirst();
    }

    /// All names.
    public static List<String> ids() {
        return Arrays.stream(values()).map(Contender::id).toList();
    }
}
