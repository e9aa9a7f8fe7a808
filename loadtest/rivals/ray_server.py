"""Ray Serve with `@serve.batch`, as its documentation has it for speed, on one machine."""

from __future__ import annotations

import logging
import os
import time

# Ray's own choices for throughput, read when it is imported; without direct ingress, which wants an HAProxy in front.
os.environ.update(RAY_SERVE_THROUGHPUT_OPTIMIZED="1", RAY_SERVE_ENABLE_DIRECT_INGRESS="0")

import orjson
import ray
from embedder import arguments, say
from ray import serve
from starlette.requests import Request
from starlette.responses import Response

args = arguments(__doc__)


@serve.deployment(
    num_replicas=args.threads, max_ongoing_requests=64, max_queued_requests=128, ray_actor_options={"num_cpus": 0.1}
)
class Embeddings:
    def __init__(self, folder: str, model: str) -> None:
        from embedder import Embedder

        self.embedder = Embedder(folder)
        self.model = model

    @serve.batch(max_batch_size=args.max_items, batch_wait_timeout_s=0.001)
    async def embed(self, calls: list[list[str]]) -> list:
        return self.embedder.embed_calls(calls)

    async def __call__(self, request: Request) -> Response:
        from embedder import answer, texts_of

        vectors = await self.embed(texts_of(orjson.loads(await request.body())))
        content = orjson.dumps(answer(vectors, self.model), option=orjson.OPT_SERIALIZE_NUMPY)
        return Response(content, media_type="application/json")


def main() -> None:
    say(
        f"batches of at most {args.max_items}, batch_wait_timeout_s 1 ms, {args.threads} replica(s), "
        "RAY_SERVE_THROUGHPUT_OPTIMIZED, max_ongoing_requests 64, max_queued_requests 128 (what is answered within 2 s), one proxy, access log off, dashboard off; intra-op 1; orjson",
        "ray",
        "uvicorn",
        "onnxruntime",
    )
    ray.init(
        num_cpus=1,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        object_store_memory=200_000_000,
        _node_ip_address="127.0.0.1",
    )
    serve.start(http_options={"host": "127.0.0.1", "port": args.port})
    serve.run(
        Embeddings.options(logging_config={"enable_access_log": False, "log_level": "ERROR"}).bind(
            args.folder, args.model
        ),
        route_prefix="/",
    )
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
