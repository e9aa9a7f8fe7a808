package dev.kiln.adapter.onnx;

/// Where the vectors of a text's tokens become one.
enum PoolAt {
    /// Behind the session, on the processor.
    HOST,
    /// In the session's own graph, so that a GPU gives back one vector for each text instead of one for each token. Its
    /// matrix product rounds as the GPU's others do (TF32, by ONNX Runtime's default).
    GRAPH;

    /// In the graph on a GPU; the processor has nothing to copy.
    static PoolAt of(String device) {
        return device.equals("cpu") ? HOST : GRAPH;
    }
}
