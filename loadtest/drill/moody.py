"""Writes the model of the fault drill: it doubles a number, fails at one and never comes back from another.

    .venv-rivals/fastapi/bin/python loadtest/drill/moody.py loadtest/src/main/resources/drill

Below -1e6 it looks something up that is not there, which the engine reports; above 1e6 it loops for longer than anybody waits.
"""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper


def constant(name: str, kind: int, values: list) -> onnx.NodeProto:
    shape = [] if len(values) == 1 and name.startswith("the") else [len(values)]
    return helper.make_node("Constant", [], [name], value=helper.make_tensor(name, kind, shape, values))


def moody() -> bytes:
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["goes_on"], ["goes_on_out"]),
            helper.make_node("Sin", ["turn_in"], ["turn_out"]),
        ],
        "turn",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("turn_in", TensorProto.FLOAT, []),
        ],
        [
            helper.make_tensor_value_info("goes_on_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("turn_out", TensorProto.FLOAT, []),
        ],
    )
    nodes = [
        constant("the_much", TensorProto.FLOAT, [1e6]),
        constant("the_little", TensorProto.FLOAT, [-1e6]),
        constant("the_many", TensorProto.INT64, [1 << 60]),
        constant("the_hundred", TensorProto.INT64, [100]),
        constant("the_zero", TensorProto.FLOAT, [0.0]),
        constant("the_truth", TensorProto.BOOL, [True]),
        constant("the_two", TensorProto.FLOAT, [2.0]),
        constant("shelf", TensorProto.FLOAT, [0.0]),
        helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
        helper.make_node("ReduceMin", ["x"], ["least"], keepdims=0),
        helper.make_node("Greater", ["most", "the_much"], ["hangs"]),
        helper.make_node("Cast", ["hangs"], ["hangs_number"], to=TensorProto.INT64),
        helper.make_node("Mul", ["hangs_number", "the_many"], ["turns"]),
        helper.make_node("Loop", ["turns", "the_truth", "the_zero"], ["turned"], body=body),
        helper.make_node("Less", ["least", "the_little"], ["fails"]),
        helper.make_node("Cast", ["fails"], ["fails_number"], to=TensorProto.INT64),
        helper.make_node("Mul", ["fails_number", "the_hundred"], ["place"]),
        helper.make_node("Gather", ["shelf", "place"], ["found"], axis=0),
        helper.make_node("Mul", ["x", "the_two"], ["doubled"]),
        helper.make_node("Add", ["doubled", "turned"], ["with_turned"]),
        helper.make_node("Add", ["with_turned", "found"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "moody",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


if __name__ == "__main__":
    (Path(sys.argv[1]) / "moody.onnx").write_bytes(moody())
