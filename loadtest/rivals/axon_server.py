"""A miner as most subnets run it: the Axon of SDK 10 with its default verification and ONNX Runtime behind it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Optional

import bittensor as bt
import uvloop
from bittensor.core.synapse import Synapse
from bittensor_wallet import Keypair
from embedder import Embedder, arguments, say


class TextEmbedding(Synapse):
    texts: list[str]
    embeddings: Optional[list[list[float]]] = None


def main() -> None:
    args = arguments(__doc__)
    embedder = Embedder(args.folder)
    pool = ThreadPoolExecutor(args.threads)
    # The Axon takes whatever loop asyncio makes.
    uvloop.install()
    hotkey = Keypair.create_from_uri("//Bob")
    wallet = SimpleNamespace(hotkey=hotkey, coldkeypub=hotkey)

    async def forward(synapse: TextEmbedding) -> TextEmbedding:
        vectors = await asyncio.get_running_loop().run_in_executor(pool, embedder.embed, synapse.texts)
        synapse.embeddings = vectors.tolist()
        return synapse

    axon = bt.Axon(
        wallet=wallet, port=args.port, ip="127.0.0.1", external_ip="127.0.0.1", external_port=args.port
    )
    axon.attach(forward_fn=forward)
    say(
        f"the SDK's own server with uvloop; default verify, no blacklist, no priority; {args.threads} thread(s) run the "
        "model, one call at a time each, intra-op 1; no batching",
        "bittensor",
        "uvicorn",
        "onnxruntime",
        hotkey=hotkey.ss58_address,
    )
    axon.start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
