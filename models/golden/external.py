"""Writes the ONNX model of the tests whose weights lie in a file beside it.

    pip install onnx onnxruntime
    python models/golden/external.py model-adapters/src/test/resources/external

`y = relu(x w + b) + table[0]` with 8 numbers in and 6 out: weights that are multiplied, added and looked up, so that
every way an engine may treat them is there. ONNX Runtime's own answer for three rows goes into golden.yaml.
"""

import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEIGHT = 8, 6


def main(folder: Path) -> None:
    random = numpy.random.default_rng(20261121)
    weights = {
        "w": random.standard_normal((WIDTH, HEIGHT)).astype(numpy.float32),
        "b": random.standard_normal(HEIGHT).astype(numpy.float32),
        "table": random.standard_normal((16, HEIGHT)).astype(numpy.float32),
        "first": numpy.array([3], dtype=numpy.int64),
    }
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["xw"]),
            helper.make_node("Add", ["xw", "b"], ["xwb"]),
            helper.make_node("Relu", ["xwb"], ["r"]),
            helper.make_node("Gather", ["table", "first"], ["row"], axis=0),
            helper.make_node("Add", ["r", "row"], ["y"]),
        ],
        "external",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", WIDTH])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", HEIGHT])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("model.onnx*"):
        old.unlink()
    onnx.save_model(
        model,
        str(folder / "model.onnx"),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location="model.onnx.data",
        size_threshold=0,
    )
    rows = random.standard_normal((3, WIDTH)).astype(numpy.float32)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    (out,) = session.run(None, {"x": rows})
    lines = [
        "golden:",
        "  inputs: {x: {shape: [3, %d], data: %s}}" % (WIDTH, numbers(rows)),
        "  outputs: {y: {shape: [3, %d], data: %s}}" % (HEIGHT, numbers(out)),
    ]
    (folder / "golden.yaml").write_text("\n".join(lines) + "\n")


def numbers(array: numpy.ndarray) -> str:
    return "[%s]" % ", ".join("%.7g" % value for value in array.flatten())


main(Path(sys.argv[1]))
