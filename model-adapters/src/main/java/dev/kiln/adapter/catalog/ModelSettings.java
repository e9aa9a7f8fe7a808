package dev.kiln.adapter.catalog;

/// What the configuration says about one model. [Models#open] judges it.
///
/// @param name the name it is served under
/// @param source `embedded:minilm`, `catalog:NAME` for one that was added, or the path of a folder with a `model.yaml`
/// @param maxTokens where texts are cut, special tokens included
/// @param device `cpu`, `cuda` or `cuda:N`, or `auto` for the best that can be proved
/// @param engineThreads how many lane threads will run it at once, at least 1
public record ModelSettings(
        String name, String source, int maxTokens, String device, int engineThreads) {
    /// The source of the model that ships inside this build.
    public static final String EMBEDDED_MINILM = "embedded:minilm";

    /// What comes before the name of a model that was added from the catalogue.
    public static final String CATALOG = "catalog:";

    /// Where the embedded model's own tokenizer cuts.
    public static final int DEFAULT_MAX_TOKENS = 128;

    /// The same on another device.
    public ModelSettings on(String other) {
        return new ModelSettings(name, source, maxTokens, other, engineThreads);
    }

    /// The embedded model as it is served without a configuration.
    public static ModelSettings minilm(int engineThreads) {
        return new ModelSettings(
                "minilm", EMBEDDED_MINILM, DEFAULT_MAX_TOKENS, "auto", engineThreads);
    }
}
