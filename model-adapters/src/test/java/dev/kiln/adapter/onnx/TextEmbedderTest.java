package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.adapter.kind.Golden;
import dev.kiln.adapter.kind.KindAdapter;
import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.kind.TextEmbedder;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The embedder for any engine against the one that has ONNX Runtime to itself.
class TextEmbedderTest {
    @Test
    void bothEmbeddersGiveTheSameVectors() throws Exception {
        byte[] bytes = EmbeddedMinilm.graph();
        var engine =
                OnnxEngine.open(
                        OnnxGraph.alone(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()));
        var kind =
                new TextEmbedder(
                        EmbeddedMinilm.tokenizer(128), Pooling.MEAN, EmbeddedMinilm.DIMENSION);
        var identity = new KindAdapter.Identity("minilm", "0".repeat(64), "cpu");
        try (var general = KindAdapter.open(kind, engine, identity, List.of());
                var own = EmbeddedMinilm.open(128, List.of())) {
            List<String> texts = VariedTexts.generate(12, 5);
            List<Prepared> batch = new ArrayList<>();
            for (String text : texts) {
                batch.add(general.prepare(new ModelInput.Text(text)));
            }
            var expected = EmbeddedMinilm.embed(own, texts);
            var found = general.run(batch);

            assertThat(general.info().purpose()).isEqualTo(own.info().purpose());
            for (int i = 0; i < texts.size(); i++) {
                assertThat(Golden.distance(expected.get(i), found.get(i))).isLessThan(1e-6);
            }
        }
    }
}
