package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.kiln.core.model.ModelFault;

/// Opens sessions, all with the same options but for the device.
final class Sessions {
    private Sessions() {}

    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "kiln");
    }

    /// The engine's name and the version that the native library reports.
    static String version() {
        return "onnxruntime-" + environment().getVersion();
    }

    /// @param graph needed only during this call
    /// @param device `cpu`, or `cuda:0` and the like, which fails where it cannot be had
    static OpenSession open(OnnxGraph graph, String device) throws ModelFault {
        try (var beside = Beside.of(graph);
                var options = options()) {
            if (!beside.tensors().isEmpty()) {
                options.addExternalInitializers(beside.tensors());
            }
            if (!device.equals("cpu")) {
                Cuda.add(options, device);
            }
            boolean profiled = SessionProfile.begin(options);
            OrtSession session =
                    DeepStack.run(() -> environment().createSession(graph.file(), options));
            return new OpenSession(session, device, profiled);
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime cannot load the graph: " + e.getMessage(), e);
        }
    }

    static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session", e);
        }
    }

    /// One thread computes a run from its first node to its last: the lanes' threads share the session, so that cores
    /// are used by batches side by side and never by one batch on all of them.
    ///
    /// The arena stays on: with batches of bounded cost it holds no more than without (measured, see
    /// `models/README.md`), and it spares the system the mapping and unmapping of every intermediate. Memory patterns
    /// are off: they pay for shapes that come back, and ragged batches hardly do.
    private static SessionOptions options() throws OrtException {
        var options = new SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.setMemoryPatternOptimization(false);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }
}
