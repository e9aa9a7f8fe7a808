package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtSession;
import dev.kiln.core.model.ModelFault;
import java.util.Locale;

/// Which of ONNX Runtime's two interfaces an embedder's batches go through.
enum RunBy {
    /// The official Java API.
    JAVA,
    /// The C interface, which knows pinned memory.
    C;

    /// What an operator says with `-Dkiln.onnx.run=java` or `=c`.
    static final String PROPERTY = "kiln.onnx.run";

    private static final System.Logger LOG = System.getLogger(RunBy.class.getName());

    /// C for a GPU and Java for the processor, unless the operator says otherwise.
    static RunBy of(String device) {
        String said = System.getProperty(PROPERTY, "");
        if (said.isEmpty()) {
            return device.equals("cpu") ? JAVA : C;
        }
        return valueOf(said.toUpperCase(Locale.ROOT));
    }

    /// Java too where the library does not offer what C needs.
    EmbedRun open(OrtSession session, EmbedGraph graph, String device) {
        if (this == C) {
            try {
                return NativeRun.open(session, graph, device);
            } catch (ModelFault e) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage() + "; its Java API runs");
            }
        }
        return new JavaRun(session, graph, device);
    }
}
