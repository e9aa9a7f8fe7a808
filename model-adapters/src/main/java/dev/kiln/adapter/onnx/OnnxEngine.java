package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineFault;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Faces;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Any ONNX graph of tensors on ONNX Runtime.
///
/// Inputs are read where they lie. An output whose shape follows from the inputs is written straight into the batch's
/// memory; another is copied there.
///
/// **Threads:** as [Engine] says; shareable.
public final class OnnxEngine implements Engine {
    private final OpenSession open;
    private final OrtSession session;
    private final OnnxFace face;
    private final Set<String> outputNames;
    private volatile boolean predicts = true; // any run may find that the graph's axes are misnamed

    private OnnxEngine(OpenSession open, OnnxFace face) {
        this.open = open;
        this.session = open.session();
        this.face = face;
        this.outputNames =
                face.outputs().stream().map(TensorSpec::name).collect(Collectors.toSet());
    }

    /// Loads a graph for the processor.
    ///
    /// @see #open(OnnxGraph, String)
    public static OnnxEngine open(OnnxGraph graph) throws ModelFault {
        return open(graph, "cpu");
    }

    /// Loads a graph.
    ///
    /// @param graph needed only during this call
    /// @param device `cpu`, or `cuda:0` and the like
    /// @throws ModelFault if the engine cannot load it there, or it takes or gives something else than tensors
    public static OnnxEngine open(OnnxGraph graph, String device) throws ModelFault {
        OpenSession session = Sessions.open(graph, device);
        boolean usable = false;
        try {
            var engine = new OnnxEngine(session, OnnxFace.of(session.session()));
            usable = true;
            return engine;
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime cannot read the graph: " + e.getMessage(), e);
        } finally {
            if (!usable) {
                session.close();
            }
        }
    }

    @Override
    public String version() {
        return Sessions.version();
    }

    @Override
    public String device() {
        return open.device();
    }

    @Override
    public Placement placement() throws ModelFault {
        return open.placement();
    }

    @Override
    public List<TensorSpec> inputs() {
        return face.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
        return face.outputs();
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public List<EngineTensor> run(List<EngineTensor> inputs, Arena arena) throws ModelFault {
        List<EngineTensor> inOrder = Faces.inOrder(face.inputs(), inputs);
        try (var wrapped = new Tensors()) {
            Map<String, OnnxTensor> fed = new HashMap<>();
            for (EngineTensor input : inOrder) {
                fed.put(input.name(), wrapped.add(input));
            }
            if (!predicts) {
                return copied(fed, Map.of(), arena);
            }
            Map<String, EngineTensor> placed = placed(inOrder, arena);
            try {
                return copied(fed, placed, arena);
            } catch (OrtException e) {
                return again(fed, arena, e);
            }
        } catch (OrtException e) {
            throw EngineFault.of("ONNX Runtime", String.valueOf(e.getMessage()), e);
        }
    }

    /// Memory for the outputs whose shape is known beforehand.
    private Map<String, EngineTensor> placed(List<EngineTensor> inOrder, Arena arena) {
        Map<String, EngineTensor> placed = new HashMap<>();
        for (int i = 0; i < face.outputs().size(); i++) {
            TensorSpec spec = face.outputs().get(i);
            face.predicted(i, inOrder)
                    .map(shape -> EngineTensor.allocate(arena, spec.name(), spec.dtype(), shape))
                    .ifPresent(tensor -> placed.put(spec.name(), tensor));
        }
        return placed;
    }

    /// Some graphs name two axes alike that are not. ONNX Runtime then refuses the memory it is given, and such a graph
    /// brings its own from there on.
    private List<EngineTensor> again(Map<String, OnnxTensor> fed, Arena arena, OrtException refused)
            throws OrtException, ModelFault {
        if (!String.valueOf(refused.getMessage()).contains("shape")) {
            throw refused;
        }
        List<EngineTensor> outputs = copied(fed, Map.of(), arena);
        predicts = false;
        return outputs;
    }

    private List<EngineTensor> copied(
            Map<String, OnnxTensor> fed, Map<String, EngineTensor> placed, Arena arena)
            throws OrtException, ModelFault {
        try (var wrapped = new Tensors()) {
            Map<String, OnnxTensor> pinned = new HashMap<>();
            for (EngineTensor output : placed.values()) {
                pinned.put(output.name(), wrapped.add(output));
            }
            Set<String> requested =
                    outputNames.stream()
                            .filter(name -> !pinned.containsKey(name))
                            .collect(Collectors.toSet());
            try (var stoppable = new StoppableRun(open.device());
                    var result = session.run(fed, requested, pinned, stoppable.options())) {
                return outputs(result, placed, arena);
            }
        }
    }

    private List<EngineTensor> outputs(
            OrtSession.Result result, Map<String, EngineTensor> placed, Arena arena)
            throws ModelFault {
        List<EngineTensor> outputs = new ArrayList<>(face.outputs().size());
        for (TensorSpec spec : face.outputs()) {
            EngineTensor output = placed.get(spec.name());
            if (output == null) {
                output = copy(result, spec, arena);
            }
            Faces.check(spec, output);
            outputs.add(output);
        }
        return outputs;
    }

    private static EngineTensor copy(OrtSession.Result result, TensorSpec spec, Arena arena)
            throws ModelFault {
        if (result.get(spec.name()).orElse(null) instanceof OnnxTensor found) {
            List<Long> shape = new ArrayList<>();
            for (long axis : found.getInfo().getShape()) {
                shape.add(axis);
            }
            EngineTensor copy = EngineTensor.allocate(arena, spec.name(), spec.dtype(), shape);
            copy.data().copyFrom(MemorySegment.ofBuffer(found.getByteBuffer()));
            return copy;
        }
        throw new ModelFault("ONNX Runtime gave no tensor " + spec.name());
    }

    @Override
    public void close() {
        open.close();
    }

    /// The engine's handles on tensors of one run; they own no memory but their own few bytes.
    private static final class Tensors implements AutoCloseable {
        private final List<OnnxTensor> open = new ArrayList<>();

        OnnxTensor add(EngineTensor tensor) throws OrtException {
            long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
            OnnxTensor wrapped =
                    OnnxTensor.createTensor(
                            Sessions.environment(),
                            tensor.buffer(),
                            shape,
                            OnnxTypes.of(tensor.dtype()));
            open.add(wrapped);
            return wrapped;
        }

        @Override
        public void close() {
            open.forEach(OnnxTensor::close);
        }
    }
}
