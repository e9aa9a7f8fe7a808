"""Checks an answer in the shape ``kiln-answer/1`` with Bittensor SDK 11. One file, no state.

    from kiln_verify import verify_answer

    headers = bittensor.http_auth.sign(wallet, method="POST", path=path, body=body, receiver_ss58=miner)
    response = httpx.post(url + path, content=body, headers=headers)
    asserted = verify_answer(
        miner_ss58=miner, caller_ss58=my_hotkey,
        method="POST", path=path, body=body, request_headers=headers,
        status=response.status_code, answer_headers=response.headers.multi_items(), answer_body=response.content,
    )

A request of another dialect (axon as Dendrites of SDK 10 send it, or Epistula) is checked likewise: give its headers as
they were sent. The answer to a streamed request has its receipt in the trailer; add that to ``answer_headers``.

It returns what the miner asserts (a dict) or raises ``bittensor.http_auth.AuthError``. What is asserted is the miner's
word: docs/answers.md says what a receipt does not prove. Check every answer once; the function keeps no memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Optional, Union

from bittensor import http_auth
from bittensor.http_auth import AuthError, BadSignature, InMemoryNonceStore, MalformedAuth, StaleRequest

Pairs = Union[Mapping[str, str], Iterable[tuple[str, str]]]


def verify_answer(
    *,
    miner_ss58: str,
    caller_ss58: str,
    method: str,
    path: str,
    body: bytes,
    request_headers: Mapping[str, str],
    status: int,
    answer_headers: Pairs,
    answer_body: bytes,
    miner_scheme: str = "sr25519",
    max_age: float = 10.0,
    allowed_skew: float = 2.0,
    now_ns: Optional[int] = None,
) -> dict:
    """Returns the asserted facts of a good answer; raises ``AuthError`` for any other.

    ``miner_ss58`` is the miner that was asked and is never taken from the answer: anybody can sign anybody's answer.
    ``path`` is the request target as sent, ``answer_body`` the raw bytes before any decoding. Give ``answer_headers``
    as pairs where the HTTP client has them, so that duplicates are seen.
    """
    if not miner_ss58 or not caller_ss58:
        raise ValueError("miner_ss58 and caller_ss58 must not be empty")
    answer: dict[str, str] = {}
    for name, value in answer_headers.items() if isinstance(answer_headers, Mapping) else answer_headers:
        name = name.lower()
        if name in answer and (name.startswith("x-bittensor-") or name.startswith("x-kiln-") or name == "content-type"):
            raise MalformedAuth(f"{name} came twice")
        answer[name] = value
    if "x-bittensor-signature" not in answer:
        raise MalformedAuth("the answer is unsigned: it says nothing about the miner")
    if "content-encoding" in answer:
        raise MalformedAuth("the body is encoded; ask for identity")
    if answer.get("x-bittensor-hotkey") != miner_ss58:
        raise BadSignature("signed by another hotkey than the miner that was asked")
    if answer.get("x-bittensor-crypto", "sr25519") != miner_scheme:
        raise BadSignature("signed with another scheme than the miner's")

    asked = {name.lower(): value for name, value in request_headers.items()}
    nonce_ns, request_bytes = _request(asked, method, path, body, caller_ss58, miner_ss58)
    request_digest = hashlib.sha256(request_bytes).hexdigest()
    asserted = answer.get("x-kiln-asserted", "")
    asserted_digest = hashlib.sha256(asserted.encode()).hexdigest()
    body_digest = hashlib.sha256(answer_body).hexdigest()

    actual = {"status": str(status), "request": request_digest, "asserted": asserted_digest, "body": body_digest}
    bound = answer.get("x-kiln-answer", "").split("/")
    if len(bound) != len(actual):
        raise MalformedAuth("X-Kiln-Answer is missing or malformed")
    for (what, found), signed in zip(actual.items(), bound):
        if found != signed:
            raise BadSignature(f"another {what} than was signed")

    caller = http_auth.verify(
        answer,
        answer_body,
        method="RESPONSE/1",
        path=f"/kiln-answer/1/{status}/{request_digest}/{asserted_digest}",
        self_hotkey_ss58=caller_ss58,
        max_age=max_age,
        allowed_skew=allowed_skew,
        nonce_store=InMemoryNonceStore(retention=max_age + allowed_skew),
        now_ns=now_ns,
    )
    if caller.hotkey_ss58 != miner_ss58:
        raise BadSignature("signed by another hotkey than the miner that was asked")
    if caller.nonce_ns < nonce_ns:
        raise StaleRequest("the answer was signed before the request")

    facts = json.loads(asserted)
    if type(facts) is not dict or any(type(value) not in (str, int) for value in facts.values()):
        raise MalformedAuth("X-Kiln-Asserted must be a flat object of strings and integers")
    if "content_type" in facts and facts["content_type"] != answer.get("content-type"):
        raise BadSignature("another content type than was asserted")
    return facts


def _request(asked: Mapping[str, str], method: str, path: str, body: bytes, caller: str, miner: str) -> tuple[int, bytes]:
    """The request's nonce in nanoseconds, and the bytes whose digest its receipt is bound to (docs/answers.md)."""
    body_digest = hashlib.sha256(body).hexdigest()
    try:
        if any(name.startswith("bt_header_") for name in asked):
            nonce, uuid = asked["bt_header_dendrite_nonce"], asked["bt_header_dendrite_uuid"]
            if asked["bt_header_dendrite_hotkey"] != caller:
                raise MalformedAuth("the request is another caller's")
            body_hash = asked.get("computed_body_hash", "")
            lines = [
                "axon", method, path, body_digest, "timeout:" + asked.get("timeout", ""),
                "computed_body_hash:" + body_hash, f"{nonce}.{caller}.{miner}.{uuid}.{body_hash}",
            ]
            return int(nonce), "\n".join(lines).encode()
        if any(name.startswith("epistula-") for name in asked):
            timestamp, uuid = asked["epistula-timestamp"], asked["epistula-uuid"]
            if asked["epistula-signed-by"] != caller:
                raise MalformedAuth("the request is another caller's")
            signed = f"{body_digest}.{uuid}.{timestamp}.{asked.get('epistula-signed-for', '')}"
            return int(timestamp) * 1_000_000, "\n".join(["epistula", method, path, signed]).encode()
        return int(asked["x-bittensor-nonce"]), http_auth.build_payload(
            scheme=asked.get("x-bittensor-crypto", "sr25519"),
            method=method,
            path=path,
            body=body,
            nonce_ns=int(asked["x-bittensor-nonce"]),
            sender_ss58=caller,
            receiver_ss58=asked.get("x-bittensor-receiver"),
        )
    except KeyError as missing:
        raise MalformedAuth(f"the request has no {missing}") from None


__all__ = ["AuthError", "verify_answer"]
