package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors in, tensors out. Requests whose tensors agree in all axes but the first are joined along it and run at
/// once, and what comes out is cut apart again; a model without a batch axis runs them one by one.
public final class RawTensors implements Kind<RawTensors.Item> {
    private final Purpose.Tensors purpose;
    private final boolean batches;

    /// @param inputs in the model's order
    /// @param outputs in the model's order
    public RawTensors(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this.purpose = new Purpose.Tensors(inputs, outputs);
        this.batches = hasBatchAxis(inputs) && hasBatchAxis(outputs);
    }

    private static boolean hasBatchAxis(List<TensorSpec> specs) {
        return !specs.isEmpty()
                && specs.stream()
                        .allMatch(spec -> !spec.shape().isEmpty() && spec.shape().getFirst() == -1);
    }

    @Override
    public Purpose.Tensors purpose() {
        return purpose;
    }

    @Override
    public Item prepare(ModelInput input) throws UnfitInput {
        if (!(input instanceof ModelInput.Tensors(List<Tensor> given))) {
            throw new UnfitInput("this model takes tensors");
        }
        if (given.size() != purpose.inputs().size()) {
            throw new UnfitInput(
                    "the model takes %d inputs, %d were given"
                            .formatted(purpose.inputs().size(), given.size()));
        }
        List<Tensor> ordered = new ArrayList<>(given.size());
        for (TensorSpec spec : purpose.inputs()) {
            ordered.add(fitting(spec, given));
        }
        return new Item(ordered, rows(ordered));
    }

    private static Tensor fitting(TensorSpec spec, List<Tensor> given) throws UnfitInput {
        for (Tensor tensor : given) {
            if (tensor.name().equals(spec.name())) {
                if (tensor.dtype() != spec.dtype() || !fits(tensor.shape(), spec.shape())) {
                    throw new UnfitInput(
                            "input %s is %s %s, the model takes %s %s"
                                    .formatted(
                                            spec.name(),
                                            tensor.dtype(),
                                            tensor.shape(),
                                            spec.dtype(),
                                            spec.shape()));
                }
                return tensor;
            }
        }
        throw new UnfitInput("input %s is missing".formatted(spec.name()));
    }

    private static boolean fits(List<Long> shape, List<Long> declared) {
        if (shape.size() != declared.size()) {
            return false;
        }
        for (int axis = 0; axis < shape.size(); axis++) {
            if (declared.get(axis) != -1 && !declared.get(axis).equals(shape.get(axis))) {
                return false;
            }
        }
        return true;
    }

    /// The request's own batch; 1 where the model knows none.
    private long rows(List<Tensor> ordered) throws UnfitInput {
        if (!batches) {
            return 1;
        }
        long rows = ordered.getFirst().shape().getFirst();
        for (Tensor tensor : ordered) {
            if (tensor.shape().getFirst() != rows) {
                throw new UnfitInput(
                        "inputs %s and %s differ in their first axis, the batch: %d and %d"
                                .formatted(
                                        ordered.getFirst().name(),
                                        tensor.name(),
                                        rows,
                                        tensor.shape().getFirst()));
            }
        }
        if (rows == 0) {
            throw new UnfitInput("the batch, the first axis of each input, is 0");
        }
        return rows;
    }

    @Override
    public List<ModelOutput> run(Engine engine, List<Item> batch, Arena arena) throws ModelFault {
        ModelOutput[] outputs = new ModelOutput[batch.size()];
        for (List<Integer> group : groups(batch)) {
            runGroup(engine, batch, group, arena, outputs);
        }
        return List.of(outputs);
    }

    /// Places in the batch of the items that run at once.
    private List<List<Integer>> groups(List<Item> batch) {
        Map<Object, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            Object key = batches ? batch.get(i).otherAxes() : i;
            groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
        }
        return List.copyOf(groups.values());
    }

    private void runGroup(
            Engine engine,
            List<Item> batch,
            List<Integer> group,
            Arena arena,
            ModelOutput[] outputs)
            throws ModelFault {
        List<Item> items = group.stream().map(batch::get).toList();
        long rows = items.stream().mapToLong(Item::rows).sum();
        List<EngineTensor> inputs = new ArrayList<>(purpose.inputs().size());
        for (int i = 0; i < purpose.inputs().size(); i++) {
            inputs.add(joined(items, i, rows, arena));
        }
        List<EngineTensor> found = engine.run(inputs, arena);
        long from = 0;
        for (int i = 0; i < items.size(); i++) {
            long own = items.get(i).rows();
            List<Tensor> cut = new ArrayList<>(found.size());
            for (EngineTensor whole : found) {
                cut.add(cut(whole, from, own, rows));
            }
            outputs[group.get(i)] = new ModelOutput.Tensors(cut);
            from += own;
        }
    }

    private EngineTensor joined(List<Item> items, int input, long rows, Arena arena) {
        Tensor first = items.getFirst().tensors().get(input);
        List<Long> shape = new ArrayList<>(first.shape());
        if (batches) {
            shape.set(0, rows);
        }
        var joined = EngineTensor.allocate(arena, first.name(), first.dtype(), shape);
        long at = 0;
        for (Item item : items) {
            MemorySegment part = MemorySegment.ofBuffer(item.tensors().get(input).data());
            MemorySegment.copy(part, 0, joined.data(), at, part.byteSize());
            at += part.byteSize();
        }
        return joined;
    }

    /// One item's share of an output, copied out of the batch's memory.
    private Tensor cut(EngineTensor whole, long from, long own, long rows) throws ModelFault {
        List<Long> shape = new ArrayList<>(whole.shape());
        if (batches) {
            if (shape.getFirst() != rows) {
                throw new ModelFault(
                        "output %s has %d rows for %d rows of input"
                                .formatted(whole.name(), shape.getFirst(), rows));
            }
            shape.set(0, own);
        }
        long bytes = Tensor.bytes(whole.dtype(), shape);
        long start = batches ? from * (bytes / own) : 0;
        ByteBuffer copy = ByteBuffer.allocate(Math.toIntExact(bytes));
        MemorySegment.ofBuffer(copy).copyFrom(whole.data().asSlice(start, bytes));
        return new Tensor(whole.name(), whole.dtype(), shape, copy);
    }

    /// One request.
    ///
    /// @param tensors in the model's order
    /// @param rows its own batch
    public record Item(List<Tensor> tensors, long rows) implements Prepared {
        public Item {
            tensors = List.copyOf(tensors);
        }

        /// Elements of all its inputs.
        @Override
        public int cost() {
            long elements = 0;
            for (Tensor tensor : tensors) {
                elements += tensor.data().remaining() / tensor.dtype().bytes();
            }
            return Math.clamp(elements, 1, Integer.MAX_VALUE);
        }

        private List<List<Long>> otherAxes() {
            return tensors.stream()
                    .map(tensor -> tensor.shape().subList(1, tensor.shape().size()))
                    .toList();
        }
    }
}
