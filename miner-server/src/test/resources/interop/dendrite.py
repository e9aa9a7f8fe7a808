"""Driven by DendriteInteropIT: SDK 10's own Dendrite asks one question and says what it made of the answer.

Arguments: the caller's key URI, the miner's hotkey, its port, then the texts. Prints one JSON object.
"""

import json
import os
import sys

os.environ.setdefault("READ_ONLY", "1")

from bittensor.utils import networking

networking.get_external_ip = lambda: "203.0.113.7"  # the SDK would ask the internet

import bittensor
from bittensor.core.chain_data import AxonInfo
from bittensor.core.dendrite import Dendrite
from bittensor_wallet import Keypair


class TextEmbedding(bittensor.Synapse):
    texts: list[str]
    embeddings: list[list[float]] | None = None


class HashedEmbedding(TextEmbedding):
    scale: float
    options: dict = {}
    required_hash_fields: tuple[str, ...] = ("texts", "scale", "options")


def main(uri, hotkey, port, synapse, *texts):
    dendrite = Dendrite(wallet=Keypair.create_from_uri(uri))
    miner = AxonInfo(
        version=1, ip="127.0.0.1", port=int(port), ip_type=4, hotkey=hotkey, coldkey=hotkey
    )
    if synapse == "HashedEmbedding":
        question = HashedEmbedding(texts=texts, scale=1, options={"it's": [1, 1e-7, None, "é"]})
    else:
        question = TextEmbedding(texts=texts)
    answer = dendrite.query(axons=[miner], synapse=question, deserialize=False, timeout=12)[0]
    print(json.dumps({
        "status": answer.dendrite.status_code,
        "message": answer.dendrite.status_message,
        "success": answer.is_success,
        "axon_hotkey": answer.axon.hotkey,
        "texts": answer.texts,
        "lengths": None if answer.embeddings is None else [len(each) for each in answer.embeddings],
    }))


main(*sys.argv[1:])
