"""Driven by DendriteInteropIT: SDK 10's own Dendrite asks one question and says what it made of the answer.

Arguments: the caller's key URI, the miner's hotkey, its port, the synapse, then the texts. Prints one JSON object.
"""

import asyncio
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


class StreamedEmbedding(bittensor.StreamingSynapse):
    """As subnets subclass it: the body is text, and the class decides how to cut it."""

    texts: list[str]
    embeddings: list[list[float]] | None = None
    refusal: dict = {}

    async def process_streaming_response(self, response):
        vectors = []
        async for line in response.content:
            if response.status != 200:
                self.refusal = json.loads(line)
                return
            vectors.append(json.loads(line))
            self.embeddings = vectors
            yield line.decode()

    def extract_response_json(self, response):
        if response.status != 200:
            return self.refusal
        headers = {name.decode().lower(): value.decode() for name, value in response.raw_headers}

        def terminal(prefix):
            return {name[len(prefix):]: value for name, value in headers.items() if name.startswith(prefix)}

        return {
            "name": headers.get("name", ""),
            "timeout": float(headers.get("timeout", 0)),
            "total_size": int(headers.get("total_size", 0)),
            "header_size": int(headers.get("header_size", 0)),
            "dendrite": terminal("bt_header_dendrite_"),
            "axon": terminal("bt_header_axon_"),
            "texts": self.texts,
            "embeddings": self.embeddings,
        }


class StreamedEvents(StreamedEmbedding):
    async def process_streaming_response(self, response):
        vectors = []
        async for line in response.content:
            if line.startswith(b"data: "):
                vectors.append(json.loads(line[6:]))
                self.embeddings = vectors
                yield line.decode()


async def stream(dendrite, miner, question):
    chunks = [each async for each in dendrite.call_stream(miner, question, timeout=12.0, deserialize=False)]
    return chunks[:-1], chunks[-1]


def main(uri, hotkey, port, synapse, *texts):
    dendrite = Dendrite(wallet=Keypair.create_from_uri(uri))
    miner = AxonInfo(
        version=1, ip="127.0.0.1", port=int(port), ip_type=4, hotkey=hotkey, coldkey=hotkey
    )
    if synapse == "HashedEmbedding":
        question = HashedEmbedding(texts=texts, scale=1, options={"it's": [1, 1e-7, None, "é"]})
    else:
        question = TextEmbedding(texts=texts)
    chunks = []
    if synapse.startswith("Streamed"):
        question = globals()[synapse](texts=texts)
        chunks, answer = asyncio.run(stream(dendrite, miner, question))
    else:
        answer = dendrite.query(axons=[miner], synapse=question, deserialize=False, timeout=12)[0]
    print(json.dumps({
        "chunks": len(chunks),
        "status": answer.dendrite.status_code,
        "message": answer.dendrite.status_message,
        "success": answer.is_success,
        "axon_hotkey": answer.axon.hotkey,
        "texts": answer.texts,
        "lengths": None if answer.embeddings is None else [len(each) for each in answer.embeddings],
    }))


main(*sys.argv[1:])
