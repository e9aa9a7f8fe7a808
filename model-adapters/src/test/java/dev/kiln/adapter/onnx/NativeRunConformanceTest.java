package dev.kiln.adapter.onnx;

import dev.kiln.core.model.ModelAdapter;

/// The shipped embedder through ONNX Runtime's C interface.
class NativeRunConformanceTest extends OnnxEmbedderConformanceTest {
    @Override
    protected ModelAdapter open() throws Exception {
        System.setProperty(RunBy.PROPERTY, "c");
        try {
            return super.open();
        } finally {
            System.clearProperty(RunBy.PROPERTY);
        }
    }
}
