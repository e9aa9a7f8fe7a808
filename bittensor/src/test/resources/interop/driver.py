"""Driven by PythonInteropIT: one JSON command a line on standard input, one JSON reply a line on standard output."""

import base64
import json
import sys

sys.path.insert(0, sys.argv[1])

from bittensor import http_auth
from bittensor.sp_core import Keypair
from kiln_verify import verify_answer


def sign(command):
    scheme = {"ed25519": 0, "sr25519": 1}[command["scheme"]]
    key = Keypair.create_from_uri(command["uri"], crypto_type=scheme)
    return http_auth.sign(
        key,
        method=command["method"],
        path=command["target"],
        body=base64.b64decode(command["body_base64"]),
        receiver_ss58=command.get("receiver"),
        nonce_ns=command.get("nonce"),
    )


def pairs(headers):
    for name, value in headers.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, each


def verify(command):
    request, response = command["request"], command["response"]
    return verify_answer(
        miner_ss58=command["miner"],
        miner_scheme=command["miner_scheme"],
        caller_ss58=command["caller"],
        method=request["method"],
        path=request["target"],
        body=base64.b64decode(request["body_base64"]),
        request_headers=dict(pairs(request["headers"])),
        status=response["status"],
        answer_headers=list(pairs(response["headers"])),
        answer_body=base64.b64decode(response["body_base64"]),
        now_ns=int(command["now_ns"]),
    )


for line in sys.stdin:
    command = json.loads(line)
    try:
        reply = {"ok": {"sign": sign, "verify": verify}[command["op"]](command)}
    except http_auth.AuthError as refused:
        reply = {"refused": type(refused).__name__, "message": str(refused)}
    print(json.dumps(reply), flush=True)
