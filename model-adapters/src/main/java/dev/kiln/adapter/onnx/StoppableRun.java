package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.kiln.core.model.Stop;

/// Options of one run with which it ends, between two nodes of its graph, as soon as it is stopped. On a processor: what a
/// GPU has begun by then nobody has tried to leave behind.
///
/// **Threads:** confined to the run's; it may be stopped by any.
final class StoppableRun implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StoppableRun.class.getName());

    private final RunOptions options;
    private final Stop.Way way;

    /// @param device where the run computes
    StoppableRun(String device) throws OrtException {
        options = new RunOptions();
        Stop stop = device.equals("cpu") ? Stop.ofThisRun() : new Stop();
        way = stop.by(this::terminate);
    }

    RunOptions options() {
        return options;
    }

    private void terminate() {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            LOG.log(System.Logger.Level.WARNING, "a run goes on that nobody waits for", e);
        }
    }

    @Override
    public void close() {
        way.close();
        options.close();
    }
}
