package dev.kiln.core.model;

import java.util.List;

/// One model on one engine.
///
/// **Threads:** [#prepare] and [#info] on any thread. [#run] on a lane's threads: by several at once only if
/// [#shareable]. [#close] once no run is under way; a second close does nothing.
public interface ModelAdapter extends AutoCloseable {
    ModelInfo info();

    /// Decodes, tokenises, states the cost.
    ///
    /// @throws UnfitInput if the model cannot eat this
    Prepared prepare(ModelInput input) throws UnfitInput;

    /// What an input costs at least, told at a glance: a call that could not be done in time even so is refused before
    /// it is made ready.
    ///
    /// @return at most what [#prepare] would state; 1 where nothing is known
    default int leastCost(ModelInput input) {
        return 1;
    }

    /// Runs one batch.
    ///
    /// @param batch items from this adapter's own [#prepare], at least one
    /// @return one output for each item, same order
    /// @throws ModelFault if the engine failed; the adapter stays usable
    /// @throws IllegalArgumentException if the batch is empty
    List<ModelOutput> run(List<Prepared> batch) throws ModelFault;

    /// Runs the golden samples again, alone and together. An adapter without any has nothing to prove.
    ///
    /// **Threads:** as [#run].
    ///
    /// @throws ModelFault if one comes out wrong, or the engine failed
    default void prove() throws ModelFault {}

    /// Inputs that this model is known to answer, such as its golden samples; a lane learns its engine's speed with
    /// them. None where there are none.
    default List<ModelInput> samples() {
        return List.of();
    }

    /// Whether several lane loops may call [#run] at once.
    boolean shareable();

    @Override
    void close();
}
