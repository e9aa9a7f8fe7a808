package dev.kiln.adapter.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a graph takes and gives, and which of its open axes are the same.
///
/// @param inputAxes for each input the names of its axes, empty where an axis has none
/// @param outputAxes likewise for each output
record OnnxFace(
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        List<List<String>> inputAxes,
        List<List<String>> outputAxes) {
    static OnnxFace of(OrtSession session) throws OrtException, ModelFault {
        Collection<NodeInfo> inputs = session.getInputInfo().values();
        Collection<NodeInfo> outputs = session.getOutputInfo().values();
        return new OnnxFace(specs(inputs), specs(outputs), axes(inputs), axes(outputs));
    }

    private static List<TensorSpec> specs(Collection<NodeInfo> nodes) throws ModelFault {
        List<TensorSpec> specs = new ArrayList<>(nodes.size());
        for (NodeInfo node : nodes) {
            specs.add(new TensorSpec(node.getName(), dtype(node), shape(node)));
        }
        return specs;
    }

    private static DType dtype(NodeInfo node) throws ModelFault {
        Optional<DType> dtype =
                node.getInfo() instanceof TensorInfo tensor
                        ? OnnxTypes.of(tensor.type)
                        : Optional.empty();
        return dtype.orElseThrow(() ->
                new ModelFault(
                        "%s is %s; only tensors of numbers and truth values are carried"
                                .formatted(node.getName(), node.getInfo())));
    }

    private static List<Long> shape(NodeInfo node) {
        List<Long> shape = new ArrayList<>();
        if (node.getInfo() instanceof TensorInfo tensor) {
            for (long axis : tensor.getShape()) {
                shape.add(axis);
            }
        }
        return shape;
    }

    private static List<List<String>> axes(Collection<NodeInfo> nodes) {
        List<List<String>> axes = new ArrayList<>(nodes.size());
        for (NodeInfo node : nodes) {
            axes.add(
                    node.getInfo() instanceof TensorInfo tensor
                            ? List.of(tensor.getDimensionNames())
                            : List.of());
        }
        return axes;
    }

    /// The shape that an output will have, as far as the inputs' axes of the same name tell.
    Optional<List<Long>> predicted(int output, List<EngineTensor> inOrder) {
        Map<String, Long> known = new HashMap<>();
        for (int i = 0; i < inOrder.size(); i++) {
            List<String> names = inputAxes.get(i);
            for (int axis = 0; axis < names.size(); axis++) {
                known.putIfAbsent(names.get(axis), inOrder.get(i).shape().get(axis));
            }
        }
        known.remove("");
        List<Long> declared = outputs.get(output).shape();
        List<Long> shape = new ArrayList<>(declared.size());
        for (int axis = 0; axis < declared.size(); axis++) {
            long length = declared.get(axis);
            if (length == -1) {
                length = known.getOrDefault(outputAxes.get(output).get(axis), -1L);
            }
            if (length == -1) {
                return Optional.empty();
            }
            shape.add(length);
        }
        return Optional.of(shape);
    }
}
