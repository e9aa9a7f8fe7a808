package dev.kiln.adapter.onnx;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/// The plainest use of tokenizer and engine, as an oracle: default options, one text at a time, no padding, fresh
/// arrays, the mean in double precision.
final class RawSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final HuggingFaceTokenizer tokenizer;

    RawSession(int maxTokens) throws IOException, OrtException {
        session = environment.createSession(EmbeddedMinilm.graph());
        tokenizer =
                HuggingFaceTokenizer.newInstance(
                        new ByteArrayInputStream(EmbeddedMinilm.rules()),
                        Map.of(
                                "padding",
                                "false",
                                "truncation",
                                "true",
                                "maxLength",
                                Integer.toString(maxTokens),
                                "modelMaxLength",
                                Integer.toString(maxTokens)));
    }

    float[] embed(String text) throws OrtException {
        long[] ids = tokenizer.encode(text).getIds();
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        try (var idTensor = tensor(ids);
                var mask = tensor(ones);
                var types = tensor(new long[ids.length]);
                var result =
                        session.run(
                                Map.of(
                                        "input_ids", idTensor,
                                        "attention_mask", mask,
                                        "token_type_ids", types))) {
            float[][][] vectors = (float[][][]) result.get(0).getValue();
            return unitMean(vectors[0]);
        }
    }

    private OnnxTensor tensor(long[] values) throws OrtException {
        return OnnxTensor.createTensor(
                environment, LongBuffer.wrap(values), new long[] {1, values.length});
    }

    private static float[] unitMean(float[][] tokens) {
        double[] mean = new double[tokens[0].length];
        for (float[] token : tokens) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += token[i] / (double) tokens.length;
            }
        }
        double length =
                Math.sqrt(Arrays.stream(mean).map(component -> component * component).sum());
        float[] unit = new float[mean.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (mean[i] / length);
        }
        return unit;
    }

    @Override
    public void close() throws OrtException {
        session.close();
        tokenizer.close();
    }
}
