"""infinity-emb with its ONNX engine. Its command offers no way to say how many threads compute one batch, so this file
says it to ONNX Runtime: on a core of its own more than one only get in each other's way."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import types
from pathlib import Path

from embedder import arguments, say


def with_threads(threads: int) -> None:
    import onnxruntime

    usual = onnxruntime.InferenceSession.__init__

    def bounded(self, path_or_bytes, sess_options=None, *rest, **others):
        options = sess_options or onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        usual(self, path_or_bytes, options, *rest, **others)

    onnxruntime.InferenceSession.__init__ = bounded


def without_compiler() -> None:
    """Its torch engine, which does not run here, asks for parts of torch that a torch before 2.0 has not."""
    import torch

    for name in ("torch._dynamo", "torch._inductor"):
        if importlib.util.find_spec(name) is None:
            module, config = types.ModuleType(name), types.ModuleType(name + ".config")
            setattr(module, "config", config)
            setattr(torch, name.removeprefix("torch."), module)
            sys.modules[name], sys.modules[name + ".config"] = module, config


def own_copy(folder: str) -> str:
    """It writes the graph that it has optimised beside the graph that it was given, and takes it from there next time."""
    copy = Path(sys.prefix) / "models" / Path(folder).name
    if not (copy / "model.yaml").exists() or (copy / "model.yaml").read_bytes() != (
        Path(folder) / "model.yaml"
    ).read_bytes():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
    return str(copy)


def main() -> None:
    args = arguments(__doc__)
    os.environ.update(
        HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", DO_NOT_TRACK="1", INFINITY_ANONYMOUS_USAGE_STATS="0"
    )
    with_threads(args.threads)
    without_compiler()
    say(
        f"v2 --engine optimum --device cpu --batch-size {args.max_items}, its own graph optimisation, dynamic batching and length sorting, "
        "uvicorn with uvloop and httptools; intra-op 1",
        "infinity-emb",
        "optimum",
        "onnxruntime",
        "torch",
        "uvicorn",
    )
    from infinity_emb.cli import cli

    sys.argv = [
        "infinity_emb",
        "v2",
        "--model-id",
        own_copy(args.folder),
        "--served-model-name",
        args.model,
        "--engine",
        "optimum",
        "--device",
        "cpu",
        "--batch-size",
        str(args.max_items),
        "--pooling-method",
        "mean",
        "--no-bettertransformer",
        "--no-model-warmup",
        "--url-prefix",
        "/v1",
        "--host",
        "127.0.0.1",
        "--port",
        str(args.port),
        "--log-level",
        "warning",
    ]
    cli()


if __name__ == "__main__":
    main()
