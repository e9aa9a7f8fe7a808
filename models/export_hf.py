#!/usr/bin/env python3
"""Exports a sentence embedder of Hugging Face's format into a folder that Kiln serves.

    python models/export_hf.py MODEL FOLDER [--engine onnx|pytorch] [--pooling mean|cls]

MODEL is a folder with config.json, weights and tokenizer.json, or a name that `transformers` can fetch. Needs torch and
transformers 4 (and onnx for --engine onnx); the miner itself needs no Python. The golden sample is computed here, by
PyTorch, so that Kiln proves its own tokenizer and engine against somebody else's. Then:  kiln model check FOLDER
"""

import argparse
import hashlib
import pathlib

import torch
from transformers import AutoModel, AutoTokenizer

SAMPLES = [
    "A kiln is loaded in batches and fired, and every piece leaves stamped.",
    "clay",
    "How long does a glaze firing take, and at what temperature does the glaze melt?",
]


class TokenVectors(torch.nn.Module):
    """The model's last hidden state and nothing else."""

    def __init__(self, model, takes_types):
        super().__init__()
        self.model = model
        self.takes_types = takes_types

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        types = {"token_type_ids": token_type_ids} if self.takes_types else {}
        return self.model(input_ids=input_ids, attention_mask=attention_mask, return_dict=False, **types)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--engine", choices=["onnx", "pytorch"], default="onnx")
    parser.add_argument("--pooling", choices=["mean", "cls"], default="mean")
    parser.add_argument("--licence", default="state it", help="of the weights")
    given = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(given.model, use_fast=True)
    model = AutoModel.from_pretrained(given.model, attn_implementation="eager").eval()
    most = min(model.config.max_position_embeddings, tokenizer.model_max_length, 8192)
    takes_types = "token_type_ids" in tokenizer.model_input_names
    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if takes_types else [])
    wrapped = TokenVectors(model, takes_types).eval()

    given.folder.mkdir(parents=True, exist_ok=True)
    tokenizer.backend_tokenizer.save(str(given.folder / "tokenizer.json"))
    weights = given.folder / ("model.onnx" if given.engine == "onnx" else "model.pt")
    example = tuple(torch.ones(2, 7, dtype=torch.int64) for _ in names)
    with torch.no_grad():
        if given.engine == "onnx":
            axes = {name: {0: "batch", 1: "tokens"} for name in names + ["vectors"]}
            torch.onnx.export(
                wrapped, example, str(weights), input_names=names, output_names=["vectors"], dynamic_axes=axes,
                opset_version=17, dynamo=False,
            )  # fmt: skip
        else:
            torch.jit.freeze(torch.jit.trace(wrapped, example)).save(str(weights))
        golden = [(text, embed(wrapped, tokenizer, names, text, given.pooling, most)) for text in SAMPLES]

    manifest = given.folder / "model.yaml"
    manifest.write_text(yaml(given, names, weights, model.config.hidden_size, most, golden), encoding="utf-8")
    print(f"wrote {manifest}; next: kiln model check {given.folder}")


def embed(wrapped, tokenizer, names, text, pooling, most):
    tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=min(most, 128))
    vectors = wrapped(*(tokens[name] for name in names))[0]
    vector = vectors.mean(0) if pooling == "mean" else vectors[0]
    return torch.nn.functional.normalize(vector, dim=0)


def yaml(given, names, weights, dimension, most, golden):
    lines = [f"engine: {given.engine}", "task: text-embedding", "files:"]
    for name in (weights.name, "tokenizer.json"):
        digest = hashlib.sha256((given.folder / name).read_bytes()).hexdigest()
        lines.append(f"  {name}: {digest}")
    if given.engine == "pytorch":
        lines.append("inputs:")
        lines += [f"  - {{name: {name}, dtype: int64, shape: [-1, -1]}}" for name in names]
        lines += ["outputs:", f"  - {{name: vectors, dtype: fp32, shape: [-1, -1, {dimension}]}}"]
    lines += [f"pooling: {given.pooling}", f"dimension: {dimension}", f"max-tokens: {most}", "precision: fp32"]
    lines += [f"licence: {given.licence}", "golden:"]
    for text, vector in golden:
        start = ", ".join(f"{component:.6f}" for component in vector[:16].tolist())
        lines += [f"  - text: {text!r}", f"    start: [{start}]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
