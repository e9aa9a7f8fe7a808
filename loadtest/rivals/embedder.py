"""The model as every rival runs it: Hugging Face's tokenizer, ONNX Runtime, mean of the tokens' vectors, unit length.

One thread computes a batch, as in Kiln; texts are cut where Kiln cuts them.
"""

from __future__ import annotations

import argparse
import importlib.metadata
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

MAX_TOKENS = 128


class Embedder:
    def __init__(self, folder: str, threads: int = 1) -> None:
        self.tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(
            str(Path(folder) / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: list[str]) -> np.ndarray:
        encoded = self.tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in encoded], dtype=np.int64)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        vectors = self.session.run(None, inputs)[0]
        pooled = (vectors * mask[:, :, None]).sum(axis=1)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def embed_calls(self, texts_of_calls: list[list[str]]) -> list[np.ndarray]:
        """One run for many calls, each with texts of its own."""
        flat = [text for texts in texts_of_calls for text in texts]
        vectors = self.embed(flat)
        answers, start = [], 0
        for texts in texts_of_calls:
            answers.append(vectors[start : start + len(texts)])
            start += len(texts)
        return answers


def answer(vectors: np.ndarray, model: str) -> dict:
    """An answer in the shape of OpenAI's embeddings."""
    return {
        "object": "list",
        "model": model,
        "data": [{"object": "embedding", "index": i, "embedding": vectors[i]} for i in range(len(vectors))],
    }


def texts_of(question: dict) -> list[str]:
    texts = question["input"]
    return [texts] if isinstance(texts, str) else texts


def arguments(description: str) -> argparse.Namespace:
    """The options that every rival is started with."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", required=True, help="with model.onnx and tokenizer.json")
    parser.add_argument("--model", default="minilm", help="the name to answer under")
    parser.add_argument("--threads", type=int, default=1, help="that compute one batch")
    parser.add_argument("--max-items", type=int, default=32, help="texts in one batch, where there are batches")
    return parser.parse_args()


def say(what: str, *packages: str, hotkey: str = "none") -> None:
    """Tells the harness what runs here, with the versions that do."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"config {versions}: {what}", flush=True)
    print(f"hotkey {hotkey}", flush=True)
