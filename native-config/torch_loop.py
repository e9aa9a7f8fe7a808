"""The plain PyTorch loop beside Kiln's engine: an encoder of MiniLM's shape with random weights, batches of 32 x 64 tokens.

Usage: torch_loop.py DEVICE SECONDS. Prints one JSON object. The weights are random: only the time means anything.
"""

import json
import sys
import time

import torch

ITEMS, TOKENS = 32, 64  # as gpu-check gives Kiln's engine, where the model takes texts

device, seconds = sys.argv[1], float(sys.argv[2])
layer = torch.nn.TransformerEncoderLayer(384, 12, 1536, activation="gelu", batch_first=True)
model = torch.nn.TransformerEncoder(layer, 6, enable_nested_tensor=False).eval().to(device)
batch = torch.randn(ITEMS, TOKENS, 384, device=device)


def wait():
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def matmul(dtype):
    size = 8192 if device.startswith("cuda") else 1024
    a = torch.randn(size, size, device=device, dtype=dtype)
    for _ in range(3):
        a @ a
    wait()
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < seconds / 2:
        a @ a
        wait()
        rounds += 1
    return 2 * size**3 * rounds / (time.perf_counter() - began)


with torch.inference_mode():
    for _ in range(3):
        model(batch)
    wait()
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        model(batch).mean(1).cpu()
        wait()
        rounds += 1
    took = time.perf_counter() - began
    print(
        json.dumps(
            {
                "section": "torch",
                "version": torch.__version__,
                "items_per_s": ITEMS * rounds / took,
                "items_per_batch": ITEMS,
                "tokens_per_item": TOKENS,
                "matmul_fp32_flops": matmul(torch.float32),
                "matmul_bf16_flops": matmul(torch.bfloat16),
            }
        )
    )
