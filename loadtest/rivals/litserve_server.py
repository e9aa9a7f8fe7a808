"""LitServe with dynamic batching, as its documentation has it for speed."""

from __future__ import annotations

import litserve as ls
import orjson
from embedder import Embedder, answer, arguments, say, texts_of
from starlette.responses import Response


class Embeddings(ls.LitAPI):
    def __init__(self, folder: str, model: str, **options) -> None:
        super().__init__(**options)
        self.folder = folder
        self.model = model

    def setup(self, device: str) -> None:
        self.embedder = Embedder(self.folder)

    def decode_request(self, request: dict) -> list[str]:
        return texts_of(request)

    def batch(self, inputs: list[list[str]]) -> list[list[str]]:
        return inputs

    def predict(self, inputs: list[list[str]]) -> list:
        return self.embedder.embed_calls(inputs)

    def unbatch(self, output: list) -> list:
        return output

    def encode_response(self, output) -> Response:
        content = orjson.dumps(answer(output, self.model), option=orjson.OPT_SERIALIZE_NUMPY)
        return Response(content, media_type="application/json")


if __name__ == "__main__":
    args = arguments(__doc__)
    say(
        f"batches of at most {args.max_items}, batch_timeout 1 ms, {args.threads} worker process(es), one HTTP process, "
        "fast_queue, timeout 2 s, uvloop, httptools; intra-op 1; orjson",
        "litserve",
        "fastapi",
        "uvicorn",
        "onnxruntime",
    )
    api = Embeddings(
        args.folder,
        args.model,
        api_path="/v1/embeddings",
        max_batch_size=args.max_items,
        batch_timeout=0.001,
    )
    server = ls.LitServer(api, accelerator="cpu", workers_per_device=args.threads, fast_queue=True, timeout=2)
    server.run(
        host="127.0.0.1",
        port=args.port,
        num_api_servers=1,
        generate_client_file=False,
        log_level="warning",
        loop="uvloop",
        http="httptools",
    )
