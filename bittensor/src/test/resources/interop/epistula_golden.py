"""Makes vectors/epistula.json: requests in Epistula 2 and what a strict verifier says of them.

Signed by py-sr25519-bindings (schnorrkel), which shares no code with Kiln:
    pip install py-sr25519-bindings==0.2.4 base58==2.1.1
    python epistula_golden.py > ../vectors/epistula.json
Signatures are randomised, so another run makes other bytes and the same verdicts.
"""
import base64, hashlib, json
import base58, sr25519
from importlib.metadata import version

MINI = "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"
NOW = 1795245899599


def account(name):
    """The development key //name: a hard junction from the phrase's mini secret."""
    chain = bytes([len(name) << 2]) + name.encode()
    pair = sr25519.pair_from_seed(bytes.fromhex(MINI))
    extended = chain + bytes(32 - len(chain))
    _, public, secret = sr25519.hard_derive_keypair((extended, *pair), b"")
    raw = b"\x2a" + public
    check = hashlib.blake2b(b"SS58PRE" + raw).digest()[:2]
    return base58.b58encode(raw + check).decode(), (public, secret)


(ALICE, _), (BOB, BOB_PAIR), (CHARLIE, CHARLIE_PAIR) = map(account, ("Alice", "Bob", "Charlie"))
assert ALICE == "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
UUID = "6f1f1c4e-3a0c-4b7e-9b1a-0d7c1d2e3f40"
BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'


def signature(body, uuid, stamp, signed_for, pair=BOB_PAIR, wrap=False):
    message = f"{hashlib.sha256(body).hexdigest()}.{uuid}.{stamp}.{signed_for}".encode()
    if wrap:
        message = b"<Bytes>" + message + b"</Bytes>"
    return "0x" + sr25519.sign(pair, message).hex()


def headers(body=BODY, uuid=UUID, stamp=NOW, signed_for=ALICE, **how):
    found = {
        "Epistula-Version": "2",
        "Epistula-Timestamp": str(stamp),
        "Epistula-Uuid": uuid,
        "Epistula-Signed-By": BOB,
        "Epistula-Request-Signature": signature(body, uuid, stamp, signed_for, **how),
    }
    if signed_for:
        found["Epistula-Signed-For"] = signed_for
    return found


CASES = []


def case(name, verdict, sent, body=BODY, require_receiver=True):
    CASES.append({
        "name": name, "verdict": verdict, "method": "POST", "target": "/v1/chat/completions",
        "headers": sent, "body_base64": base64.b64encode(body).decode(),
        "require_receiver": require_receiver,
    })


def changed(**values):
    sent = headers()
    for key, value in values.items():
        name = "Epistula-" + key.replace("_", "-")
        if value is None:
            del sent[name]
        else:
            sent[name] = value
    return sent


case("plain", "accepted", headers())
case("empty-body", "accepted", headers(b""), b"")
case("unbound", "accepted", headers(signed_for=""), require_receiver=False)
case("unbound-where-a-receiver-is-required", "AUTH_WRONG_RECEIVER", headers(signed_for=""))
case("signed-for-empty-header", "accepted", headers(signed_for="") | {"Epistula-Signed-For": ""},
     require_receiver=False)
secret = {
    f"Epistula-Secret-Signature-{i}":
        "0x" + sr25519.sign(BOB_PAIR, f"{1795245900000 + i - 1}.0.{ALICE}".encode()).hex()
    for i in range(3)
}
case("secret-signatures", "accepted", headers() | secret)
case("oldest", "accepted", headers(stamp=NOW - 10_000))
case("too-old", "TIME_TOO_OLD", headers(stamp=NOW - 10_001))
case("furthest", "accepted", headers(stamp=NOW + 2_000))
case("in-future", "TIME_IN_FUTURE", headers(stamp=NOW + 2_001))
case("other-body", "AUTH_BAD_SIGNATURE", headers(), BODY + b" ")
case("other-uuid", "AUTH_BAD_SIGNATURE", changed(Uuid="7f1f1c4e-3a0c-4b7e-9b1a-0d7c1d2e3f40"))
case("other-timestamp", "AUTH_BAD_SIGNATURE", changed(Timestamp=str(NOW + 1)))
case("other-key", "AUTH_BAD_SIGNATURE", headers(pair=CHARLIE_PAIR))
case("bytes-wrapped", "AUTH_BAD_SIGNATURE", headers(wrap=True))
case("none-spelled-out", "AUTH_WRONG_RECEIVER", headers(signed_for="None"))
case("for-another", "AUTH_WRONG_RECEIVER", headers(signed_for=CHARLIE))
case("for-no-address", "AUTH_WRONG_RECEIVER", headers(signed_for="5Nobody"))
case("version-1", "AUTH_MALFORMED", changed(Version="1"))
case("version-missing", "AUTH_MALFORMED", changed(Version=None))
case("timestamp-missing", "AUTH_MALFORMED", changed(Timestamp=None))
case("timestamp-in-seconds", "TIME_TOO_OLD", headers(stamp=NOW // 1000))
case("timestamp-in-nanoseconds", "AUTH_MALFORMED", headers(stamp=NOW * 1_000_000))
case("timestamp-float", "AUTH_MALFORMED", headers(stamp=float(NOW)))
case("timestamp-word", "AUTH_MALFORMED", headers(stamp="now"))
case("uuid-missing", "AUTH_MALFORMED", changed(Uuid=None))
case("uuid-with-dot", "AUTH_MALFORMED", headers(uuid="a.1"))
case("sender-missing", "AUTH_MALFORMED", changed(Signed_By=None))
case("sender-no-address", "AUTH_MALFORMED", changed(Signed_By="bob"))
case("signature-missing", "AUTH_NO_SIGNATURE", changed(Request_Signature=None))
case("signature-empty", "AUTH_NO_SIGNATURE", changed(Request_Signature=""))
case("signature-no-0x", "AUTH_MALFORMED", changed(Request_Signature=headers()["Epistula-Request-Signature"][2:]))
case("signature-short", "AUTH_MALFORMED", changed(Request_Signature="0x" + "00" * 63))
case("signature-zero", "AUTH_BAD_SIGNATURE", changed(Request_Signature="0x" + "00" * 64))

print(json.dumps({
    "what": "Epistula 2: Bob asks, Alice mines. " + __doc__.strip(),
    "made_with": f"py-sr25519-bindings {version('py-sr25519-bindings')}",
    "now_ms": NOW, "receiver": ALICE, "cases": CASES,
}, indent=1))
