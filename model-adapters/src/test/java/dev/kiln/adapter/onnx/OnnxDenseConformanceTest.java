package dev.kiln.adapter.onnx;

import dev.kiln.adapter.DenseConformance;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.core.model.ModelFault;
import java.nio.ByteBuffer;

class OnnxDenseConformanceTest extends DenseConformance {
    @Override
    protected Engine engine() throws ModelFault {
        byte[] graph = OnnxFile.dense(WEIGHTS, BIAS);
        return OnnxEngine.open(
                OnnxGraph.alone(ByteBuffer.allocateDirect(graph.length).put(graph).flip()));
    }
}
