package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.util.List;

/// What one kind of model does around an engine: reads an input, lays a batch out as tensors, reads the tensors that
/// come back. [KindAdapter] makes a whole adapter of a kind and an engine.
///
/// **Threads:** any, several at once; a kind keeps nothing of a batch.
///
/// @param <P> one input made ready, and what it costs
public interface Kind<P extends Prepared> extends AutoCloseable {
    /// What models of this kind, set up like this, are for.
    Purpose purpose();

    /// Decodes one input.
    ///
    /// @throws UnfitInput if this kind does not take it
    P prepare(ModelInput input) throws UnfitInput;

    /// What an input costs at least, as [dev.kiln.core.model.ModelAdapter#leastCost] says.
    default int leastCost(ModelInput input) {
        return 1;
    }

    /// Runs one batch.
    ///
    /// @param batch at least one item
    /// @param arena memory of this batch; whatever outlives it is copied out
    /// @return one output for each item, same order
    List<ModelOutput> run(Engine engine, List<P> batch, Arena arena) throws ModelFault;

    /// Frees what the kind itself holds, such as a tokenizer; a second close does nothing.
    @Override
    default void close() {}
}
