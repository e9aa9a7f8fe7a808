"""The SDK's native core, driven by KeysCheck and KeysBenchmark over binary pipes; numbers are big-endian.

Batches: how many records (u32), then of each the bytes of its signature (u16) and of its message (u16), a key (32 bytes),
signature, message. With a signature the reply is one byte, whether it holds; with none the key is a seed, and the reply
is its public key and a signature of its own. A batch of none ends it.

`keys.py time`: one record whose key is a seed; prints a line `nativeSign` or `nativeVerify` and microseconds per second
of one after the other, three of each kept back to warm up.
"""

import struct
import sys
from itertools import repeat
from time import perf_counter

from bittensor_core import Keypair

IN, OUT = sys.stdin.buffer, sys.stdout.buffer


def record():
    signature, message = struct.unpack(">HH", IN.read(4))
    return IN.read(32), IN.read(signature), IN.read(message)


def answer(key, signature, message):
    if not signature:
        pair = Keypair.create_from_seed(key)
        return pair.public_key + pair.sign(message)
    try:
        return b"\1" if Keypair(public_key=key).verify(message, signature) else b"\0"
    except ValueError:
        return b"\0"


def batches():
    while True:
        (count,) = struct.unpack(">I", IN.read(4))
        if count == 0:
            return
        # All is read before anything is written, so that neither side waits for the other.
        records = [record() for _ in range(count)]
        OUT.write(b"".join(answer(*each) for each in records))
        OUT.flush()


def second(what, *args):
    """Microseconds for one, over about a second."""
    began, done = perf_counter(), 0
    while perf_counter() - began < 1:
        for _ in repeat(None, 100):
            what(*args)
        done += 100
    return (perf_counter() - began) / done * 1e6


def time():
    seed, signature, message = record()
    pair = Keypair.create_from_seed(seed)
    public = Keypair(public_key=pair.public_key)
    if not public.verify(message, signature):
        sys.exit("keys.py: a good signature must verify")
    for name, what, args in (("nativeSign", pair.sign, (message,)), ("nativeVerify", public.verify, (message, signature))):
        for i in range(8):
            took = second(what, *args)
            if i >= 3:
                print(name, "%.3f" % took, flush=True)


if sys.argv[1:] == ["time"]:
    time()
else:
    batches()
