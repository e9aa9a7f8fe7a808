package dev.kiln.adapter.pytorch;

import dev.kiln.adapter.DenseConformance;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.util.List;
import java.util.Set;

class TorchDenseConformanceTest extends DenseConformance {
    @Override
    protected Engine engine() throws ModelFault {
        var x = new TensorSpec("x", DType.FP32, List.of(-1L, (long) WIDTH));
        var y = new TensorSpec("y", DType.FP32, List.of(-1L, (long) HEIGHT));
        var face = new TorchFace("forward", List.of(x), Set.of(), List.of(y));
        return TorchEngineTest.open(TorchFile.dense(WEIGHTS, BIAS), face, 2);
    }
}
