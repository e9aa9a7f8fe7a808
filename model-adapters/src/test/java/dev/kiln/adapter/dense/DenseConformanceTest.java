package dev.kiln.adapter.dense;

import dev.kiln.adapter.DenseConformance;
import dev.kiln.adapter.engine.Engine;

class DenseConformanceTest extends DenseConformance {
    @Override
    protected Engine engine() {
        return new DenseEngine(WEIGHTS, BIAS);
    }
}
