package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.Expected;
import dev.kiln.adapter.catalog.Manifest.Given;
import dev.kiln.adapter.catalog.Manifest.GoldenSpec;
import java.util.List;
import java.util.OptionalDouble;

/// The sample that proves the embedded MiniLM: the first components of what the model's own library
/// (`langchain4j-embeddings` 1.20.0-beta30 with the tokenizer and engine that it names itself) makes of this text.
///
/// Instruction sets change the seventh digit; another model or another tokenizer changes the second.
final class MinilmGolden {
    static final GoldenSpec SAMPLE =
            new GoldenSpec(
                    "1",
                    new Given.Text(
                            "A kiln is loaded in batches and fired, and every piece leaves stamped."),
                    new Expected.Start(
                            List.of(
                                    -0.016271265,
                                    0.09036205,
                                    -0.057367675,
                                    0.014025933,
                                    -0.05094754,
                                    -0.003799744,
                                    0.017871229,
                                    -0.06935269)),
                    OptionalDouble.of(1e-4));

    private MinilmGolden() {}
}
