"""A miner as most subnets on Bittensor SDK 11 have it: FastAPI, uvicorn, and the SDK's own verifier, used as its
signed-requests guide recommends. It embeds nothing: vectors of unit length are made of the text's digest. It is there to be attacked and loaded, and its
quality is what such vectors are worth.

    .venv-fastapi/bin/python interop/counterparts/fastapi_miner.py --port 8192 --allow 5F…

``--allow`` stands for the metagraph: who is not named gets 403. Prints ``ready URL hotkey SS58`` once it listens.
"""

from __future__ import annotations

import argparse
import hashlib
import socket
from typing import Union

import bittensor as bt
import uvicorn
from bittensor.http_auth import AuthError
from bittensor_core import Keypair
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, ValidationError


class Question(BaseModel):
    input: Union[str, list[str]]
    model: str = ""


def vector(text: str) -> list[float]:
    centred = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()]
    length = sum(each * each for each in centred) ** 0.5
    return [each / length for each in centred]


def miner(hotkey: str, allowed: set[str]) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> dict:
        body = await request.body()
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        try:
            caller = bt.http_auth.verify(
                request.headers, body, method=request.method, path=path, self_hotkey_ss58=hotkey
            )
        except AuthError as error:
            raise HTTPException(status_code=401, detail=str(error)) from None
        if allowed and caller.hotkey_ss58 not in allowed:
            raise HTTPException(status_code=403, detail="not on the metagraph")
        try:
            question = Question.model_validate_json(body)
        except ValidationError as error:
            raise HTTPException(status_code=422, detail=str(error)[:200]) from None
        texts = [question.input] if isinstance(question.input, str) else question.input
        data = [{"object": "embedding", "index": i, "embedding": vector(text)} for i, text in enumerate(texts)]
        return {"object": "list", "model": question.model, "data": data}

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8192)
    parser.add_argument("--allow", action="append", default=[], metavar="SS58")
    arguments = parser.parse_args()
    hotkey = Keypair.create_from_uri("//Bob").ss58_address
    server = uvicorn.Server(
        uvicorn.Config(
            miner(hotkey, set(arguments.allow)), host="127.0.0.1", port=arguments.port, log_level="warning"
        )
    )
    listening = socket.create_server(("127.0.0.1", arguments.port), backlog=2048)
    print(f"ready http://127.0.0.1:{listening.getsockname()[1]} hotkey {hotkey}", flush=True)
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
