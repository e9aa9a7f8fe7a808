"""Driven by TritonInteropIT: NVIDIA's own client asks a running miner. Every line must hold; the last one says how many did.

Arguments: the miner's port, an API key, and what to ask: `toys` of TaskRig, or `minilm`.
"""

import sys

import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

checks = 0


def check(condition, *what):
    global checks
    assert condition, what
    checks += 1


def refused(code, call):
    try:
        call()
    except InferenceServerException as no:
        check(no.message().startswith(code + ": "), code, no.message(), no.status())
        return
    check(False, code, "was not refused")


# Every call gets headers of its own: the client writes the length of its JSON into those it is given, and a call without
# binary data would send the one of the call before.
def put(name, array, datatype, binary=True):
    tensor = http.InferInput(name, list(array.shape), datatype)
    return tensor.set_data_from_numpy(array, binary_data=binary)


def about(client, headers, model):
    check(client.is_server_live())
    check(client.is_server_ready())
    check(client.is_model_ready(model, headers=dict(headers)))
    check(client.is_model_ready(model, "1", headers=dict(headers)))
    check(not client.is_model_ready("none", headers=dict(headers)))
    check(client.get_server_metadata(headers=dict(headers))["name"] == "kiln")
    check(client.get_model_metadata(model, headers=dict(headers))["versions"] == ["1"])
    check(client.get_model_config(model, headers=dict(headers))["max_batch_size"] == 0)
    index = client.get_model_repository_index(headers=dict(headers))
    check(model in [each["name"] for each in index], index)
    refused("AUTH_NO_SIGNATURE", lambda: client.get_model_metadata(model))
    refused("TASK_UNKNOWN_MODEL", lambda: client.get_model_metadata("none", headers=dict(headers)))
    refused("TASK_UNKNOWN", lambda: client.get_inference_statistics(model, headers=dict(headers)))


def minilm(client, headers):
    about(client, headers, "minilm")
    texts = np.array(["the dough must rest".encode(), "wörld 😀".encode()], dtype=np.object_)
    by_form = {}
    for binary_in in (True, False):
        for binary_out in (True, False):
            answer = client.infer(
                "minilm",
                [put("text", texts, "BYTES", binary_in)],
                outputs=[http.InferRequestedOutput("embedding", binary_data=binary_out)],
                request_id="call 7",
                headers=dict(headers),
            )
            check(answer.get_response()["id"] == "call 7")
            by_form[binary_in, binary_out] = answer.as_numpy("embedding")
    first = by_form[True, True]
    check(first.shape == (2, 384) and first.dtype == np.float32)
    check(np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5))
    for other in by_form.values():
        check(np.allclose(other, first, atol=1e-6))
    ahead = client.async_infer("minilm", [put("text", texts, "BYTES")], headers=dict(headers))
    check(np.allclose(ahead.get_result().as_numpy("embedding"), first, atol=1e-6))
    two = np.array([["a".encode()]], dtype=np.object_)
    refused("TASK_BAD_INPUT", lambda: client.infer("minilm", [put("text", two, "BYTES")], headers=dict(headers)))
    refused(
        "TASK_MEDIA_TYPE",
        lambda: client.infer(
            "minilm",
            [put("text", texts, "BYTES")],
            headers=dict(headers),
            request_compression_algorithm="gzip",
        ),
    )


def mirror(client, headers):
    rng = np.random.default_rng(7)
    grid = rng.standard_normal((500, 2)).astype(np.float32)
    ids = np.array([-(2**63), 2**63 - 1, 2**53 + 1], dtype=np.int64)
    halves = np.array([0.1, -65504, 6e-8], dtype=np.float16)
    for binary_in in (True, False):
        for binary_out in (True, False):
            answer = client.infer(
                "mirror",
                [
                    put("halves", halves, "FP16", binary_in),
                    put("grid", grid, "FP32", binary_in),
                    put("ids", ids, "INT64", binary_in),
                ],
                outputs=[
                    http.InferRequestedOutput(name, binary_data=binary_out)
                    for name in ("ids", "grid", "halves")
                ],
                headers=dict(headers),
            )
            for name, sent in (("ids", ids), ("grid", grid), ("halves", halves)):
                came = answer.as_numpy(name)
                check(came.dtype == sent.dtype and np.array_equal(came, sent), name, came, sent)
    answer = client.infer(
        "mirror",
        [put("halves", halves, "FP16"), put("grid", grid, "FP32"), put("ids", ids, "INT64")],
        outputs=[http.InferRequestedOutput("ids")],
        headers=dict(headers),
    )
    check(answer.as_numpy("grid") is None)
    refused("TASK_BAD_INPUT", lambda: client.infer("mirror", [put("grid", grid, "FP32")], headers=dict(headers)))
    refused(
        "TASK_BAD_INPUT",
        lambda: client.infer("square", [put("x", grid.astype(np.float64), "FP64")], headers=dict(headers)),
    )
    refused(
        "TASK_BAD_INPUT",
        lambda: client.infer("square", [put("x", grid, "FP32")], headers=dict(headers), sequence_id=5),
    )


def toys(client, headers):
    about(client, headers, "mirror")
    mirror(client, headers)
    image = np.array([b"\x01\xff\xd8", b"\x02"], dtype=np.object_)
    answer = client.infer("shapes", [put("image", image, "BYTES")], headers=dict(headers))
    check(answer.as_numpy("probabilities").argmax(axis=1).tolist() == [1, 2])
    answer = client.infer(
        "shapes",
        [put("image", image, "BYTES")],
        outputs=[http.InferRequestedOutput("probabilities", class_count=1)],
        headers=dict(headers),
    )
    check(answer.as_numpy("probabilities").tolist() == [[b"0.75:1:square"], [b"0.75:2:star"]])
    samples = np.array([0.5, 0, 0, 0, 0.25], dtype=np.float32)
    answer = client.infer("ears", [put("samples", samples, "FP32")], headers=dict(headers))
    check(answer.as_numpy("probabilities").tolist() == [0.5, 0.25])
    state = answer.as_numpy("state")
    answer = client.infer(
        "ears", [put("samples", samples, "FP32"), put("state", state, "FP32")], headers=dict(headers)
    )
    check(answer.as_numpy("state").tolist() == [1.5])


with http.InferenceServerClient(f"127.0.0.1:{sys.argv[1]}", network_timeout=60, connection_timeout=60) as client:
    {"toys": toys, "minilm": minilm}[sys.argv[3]](client, {"Authorization": f"Bearer {sys.argv[2]}"})
print(checks)
