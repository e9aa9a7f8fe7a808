"""A miner as the network's signed-requests guide has it: FastAPI, uvicorn and the SDK's `http_auth.verify`, with ONNX
Runtime behind it. No batching, as the guide knows none; the model runs on threads of its own, so that the event loop
goes on reading."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import bittensor as bt
import orjson
import uvicorn
from bittensor.http_auth import AuthError
from bittensor_core import Keypair
from embedder import Embedder, answer, arguments, say, texts_of
from fastapi import FastAPI, HTTPException, Request, Response


def main() -> None:
    args = arguments(__doc__)
    embedder = Embedder(args.folder)
    # Each call computes on one thread; so many calls compute at once.
    pool = ThreadPoolExecutor(args.threads)
    hotkey = Keypair.create_from_uri("//Bob").ss58_address
    app = FastAPI()

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        body = await request.body()
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        try:
            bt.http_auth.verify(request.headers, body, method=request.method, path=path, self_hotkey_ss58=hotkey)
        except AuthError as error:
            raise HTTPException(status_code=401, detail=str(error)) from None
        texts = texts_of(orjson.loads(body))
        vectors = await asyncio.get_running_loop().run_in_executor(pool, embedder.embed, texts)
        content = orjson.dumps(answer(vectors, args.model), option=orjson.OPT_SERIALIZE_NUMPY)
        return Response(content, media_type="application/json")

    say(
        f"uvloop, httptools, one worker, no access log; http_auth.verify in the handler; {args.threads} thread(s) run "
        "the model, one call at a time each, intra-op 1; orjson; no batching",
        "fastapi",
        "uvicorn",
        "bittensor",
        "onnxruntime",
        hotkey=hotkey,
    )
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=args.port,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        backlog=2048,
    )


if __name__ == "__main__":
    main()
