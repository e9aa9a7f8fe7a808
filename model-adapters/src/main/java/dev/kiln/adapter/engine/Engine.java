package dev.kiln.adapter.engine;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.util.List;

/// One loaded model on one native runtime: named tensors in, named tensors out, nothing known of their meaning.
///
/// **Memory:** inputs lie in an arena of the batch, outputs are put into the same arena, and closing it frees them all.
/// An engine keeps nothing of a batch.
///
/// **Threads:** [#run] by several threads at once only if [#shareable]; it computes on the thread that calls it.
/// [#close] once no run is under way; a second close does nothing. Everything else on any thread.
public interface Engine extends AutoCloseable {
    /// The runtime and the version that the native library reports: `onnxruntime-1.29.0`.
    String version();

    /// The device that the runtime itself reports.
    String device();

    /// Where its runs computed until now. An engine that keeps a profile ends it with the first look.
    ///
    /// @throws ModelFault if it was opened for a GPU and does not tell what that took
    default Placement placement() throws ModelFault {
        return new Placement(device(), Placement.UNKNOWN).believed();
    }

    /// What it takes, in the model's order.
    List<TensorSpec> inputs();

    /// What it gives, in the model's order.
    List<TensorSpec> outputs();

    /// Whether several threads may [#run] it at once.
    boolean shareable();

    /// Runs the model once.
    ///
    /// @param inputs one for each of [#inputs], in any order; read until this returns
    /// @param arena where the outputs go
    /// @return one tensor for each of [#outputs], in their order
    /// @throws ModelFault if the runtime failed, or gave an output that is not what the model declares; the engine
    ///     stays usable
    /// @throws IllegalArgumentException if an input is missing or is not what the model declares
    List<EngineTensor> run(List<EngineTensor> inputs, Arena arena) throws ModelFault;

    @Override
    void close();
}
