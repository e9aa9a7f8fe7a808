"""A miner as subnets on Bittensor SDK 10 have it: the SDK's own Axon with one synapse and its default verification.
It embeds nothing: vectors of unit length are made of the text's digest. It is there to be attacked and loaded, and its
quality is what such vectors are worth.

    READ_ONLY=1 .venv10/bin/python interop/counterparts/axon_miner.py --port 8193 --allow 5F…

``--allow`` stands for the metagraph, as the template's blacklist function asks it. Prints ``ready URL hotkey SS58``.
"""

import argparse
import hashlib
import time
from types import SimpleNamespace
from typing import Optional, Tuple

import bittensor as bt
from bittensor.core.synapse import Synapse
from bittensor_wallet import Keypair


class TextEmbedding(Synapse):
    texts: list[str]
    embeddings: Optional[list[list[float]]] = None


def vector(text: str) -> list[float]:
    centred = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()]
    length = sum(each * each for each in centred) ** 0.5
    return [each / length for each in centred]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8193)
    parser.add_argument("--allow", action="append", default=[], metavar="SS58")
    arguments = parser.parse_args()
    allowed = set(arguments.allow)
    hotkey = Keypair.create_from_uri("//Bob")
    wallet = SimpleNamespace(hotkey=hotkey, coldkeypub=hotkey)

    async def forward(synapse: TextEmbedding) -> TextEmbedding:
        synapse.embeddings = [vector(text) for text in synapse.texts]
        return synapse

    async def blacklist(synapse: TextEmbedding) -> Tuple[bool, str]:
        if allowed and synapse.dendrite.hotkey not in allowed:
            return True, "not on the metagraph"
        return False, "welcome"

    axon = bt.Axon(
        wallet=wallet,
        port=arguments.port,
        ip="127.0.0.1",
        external_ip="127.0.0.1",
        external_port=arguments.port,
    )
    axon.attach(forward_fn=forward, blacklist_fn=blacklist)
    axon.start()
    print(f"ready http://127.0.0.1:{arguments.port} hotkey {hotkey.ss58_address}", flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
