package dev.kiln.adapter.pytorch;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.kiln.adapter.engine.EngineFault;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Faces;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One copy of a module in native memory.
///
/// **Threads:** several at once if the module keeps no state, else one at a time.
final class TorchModule implements AutoCloseable {
    private final PtNDManager manager;
    private final PtSymbolBlock block;
    private final TorchFace face;
    private final boolean keepsState;
    private final Map<Device, Long> parameters;
    private volatile @Nullable Device output; // of a module without parameters: any run

    private TorchModule(
            PtNDManager manager, PtSymbolBlock block, TorchFace face, boolean keepsState) {
        this.manager = manager;
        this.block = block;
        try (PtNDManager handles = manager.newSubManager(Device.cpu())) {
            this.parameters = TorchDevice.elements(JniUtils.moduleGetParams(block, handles));
        }
        this.face = face;
        this.keepsState = keepsState;
    }

    /// @param root that holds it
    /// @param device where its weights go
    /// @param keepsState whether it may hold on to what it is given, which is then copied
    static TorchModule load(
            PtNDManager root,
            Device device,
            InputStream archive,
            TorchFace face,
            boolean keepsState)
            throws ModelFault {
        PtNDManager manager = root.newSubManager(device);
        boolean loaded = false;
        try {
            PtSymbolBlock block = JniUtils.loadModule(manager, archive, device.isGpu(), false);
            JniUtils.enableInferenceMode(block);
            if (!List.of(JniUtils.getMethodNames(block)).contains(face.method())) {
                throw new ModelFault(
                        "the module has no method %s; it has %s"
                                .formatted(
                                        face.method(),
                                        String.join(", ", JniUtils.getMethodNames(block))));
            }
            loaded = true;
            return new TorchModule(manager, block, face, keepsState);
        } catch (EngineException | IOException e) {
            throw new ModelFault("PyTorch cannot load the module: " + firstLine(e), e);
        } finally {
            if (!loaded) {
                manager.close();
            }
        }
    }

    /// Where its parameters lie, or its last outputs lay, as PyTorch tells.
    Placement placement() {
        return TorchDevice.placement(parameters, output, manager.getDevice());
    }

    /// Inputs are laid out on the processor and taken to the device from there; outputs come back the same way.
    ///
    /// @param inOrder one tensor for each of the face's inputs
    List<EngineTensor> run(List<EngineTensor> inOrder, Arena arena) throws ModelFault {
        try (PtNDManager scratch = manager.newSubManager(Device.cpu());
                var arguments = new Arguments(scratch)) {
            for (EngineTensor input : inOrder) {
                arguments.add(input);
            }
            try (IValue result = IValueUtils.runMethod(block, face.method(), arguments.inOrder())) {
                return outputs(result, scratch, arena);
            }
        } catch (EngineException e) {
            throw EngineFault.of("PyTorch", firstLine(e), e);
        }
    }

    private List<EngineTensor> outputs(IValue result, PtNDManager scratch, Arena arena)
            throws ModelFault {
        List<PtNDArray> found = new ArrayList<>();
        if (result.isMap()) {
            Map<String, IValue> named = result.toIValueMap();
            for (TensorSpec spec : face.outputs()) {
                IValue value = named.get(spec.name());
                if (value == null) {
                    throw new ModelFault(
                            "the module gives no output %s; it gives %s"
                                    .formatted(spec.name(), named.keySet()));
                }
                found.add(tensor(value, scratch));
            }
            named.values().forEach(IValue::close);
        } else if (result.isTensor()) {
            found.add(result.toTensor(scratch));
        } else if (result.isTuple() || result.isList()) {
            for (IValue value :
                    result.isTuple() ? result.toIValueTuple() : result.toIValueArray()) {
                found.add(tensor(value, scratch));
                value.close();
            }
        } else {
            throw new ModelFault("the module gives %s, no tensors".formatted(result.getType()));
        }
        return copied(found, arena);
    }

    private static PtNDArray tensor(IValue value, PtNDManager scratch) throws ModelFault {
        if (!value.isTensor()) {
            throw new ModelFault("the module gives %s, no tensor".formatted(value.getType()));
        }
        return value.toTensor(scratch);
    }

    private List<EngineTensor> copied(List<PtNDArray> found, Arena arena) throws ModelFault {
        if (found.size() != face.outputs().size()) {
            throw new ModelFault(
                    "the module gives %d outputs, model.yaml declares %d"
                            .formatted(found.size(), face.outputs().size()));
        }
        if (parameters.isEmpty() && !found.isEmpty()) {
            output = found.getFirst().getDevice();
        }
        List<EngineTensor> outputs = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            TensorSpec spec = face.outputs().get(i);
            EngineTensor output = copy(found.get(i), spec.name(), arena);
            Faces.check(spec, output);
            outputs.add(output);
        }
        return outputs;
    }

    private static EngineTensor copy(PtNDArray array, String name, Arena arena) throws ModelFault {
        Optional<DType> dtype = TorchTypes.of(array.getDataType());
        if (dtype.isEmpty()) {
            throw new ModelFault(
                    "output %s has an element type that DJL cannot read; give float32"
                            .formatted(name));
        }
        List<Long> shape = new ArrayList<>();
        for (long axis : array.getShape().getShape()) {
            shape.add(axis);
        }
        EngineTensor copy = EngineTensor.allocate(arena, name, dtype.get(), shape);
        if (copy.elements() > 0) {
            PtNDArray here = array.toDevice(Device.cpu(), false);
            copy.data().copyFrom(MemorySegment.ofBuffer(here.toByteBuffer(true)));
        }
        return copy;
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.strip().lines().findFirst().orElse(message);
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }

    /// The arguments of one run: handles that own no memory but their own few bytes.
    private final class Arguments implements AutoCloseable {
        private final PtNDManager scratch;
        private final List<IValue> values = new ArrayList<>();

        Arguments(PtNDManager scratch) {
            this.scratch = scratch;
        }

        void add(EngineTensor input) {
            values.add(
                    face.numbers().contains(input.name())
                            ? number(input)
                            : IValue.from(array(input)));
        }

        private IValue number(EngineTensor input) {
            return switch (input.dtype()) {
                case BOOL -> IValue.from(input.buffer().get() != 0);
                case INT8 -> IValue.from((long) input.buffer().get());
                case UINT8 -> IValue.from((long) Byte.toUnsignedInt(input.buffer().get()));
                case INT16 -> IValue.from((long) input.buffer().getShort());
                case INT32 -> IValue.from((long) input.buffer().getInt());
                case INT64 -> IValue.from(input.buffer().getLong());
                case FP16 -> IValue.from((double) Float.float16ToFloat(input.buffer().getShort()));
                case FP32 -> IValue.from((double) input.buffer().getFloat());
                case FP64 -> IValue.from(input.buffer().getDouble());
            };
        }

        private PtNDArray array(EngineTensor input) {
            DataType type = TorchTypes.of(input.dtype()).orElseThrow();
            var shape = new Shape(input.shape().stream().mapToLong(Long::longValue).toArray());
            PtNDArray array = scratch.create(input.buffer(), shape, type);
            PtNDArray given = keepsState ? (PtNDArray) array.duplicate() : array;
            return given.toDevice(manager.getDevice(), false);
        }

        IValue[] inOrder() {
            return values.toArray(IValue[]::new);
        }

        @Override
        public void close() {
            values.forEach(IValue::close);
        }
    }
}
