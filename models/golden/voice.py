"""Makes the sounds of VoiceDetectorTest and what the silero-vad package makes of them.

    python models/golden/voice.py model-adapters/src/test/resources/voice/golden.zip

Needs silero-vad 6.2.3, torch and onnxruntime. The sounds are synthetic: a glottal buzz through moving formants, in
breaths of half a second to a second, over hiss. NAME.pcm is 16-bit little-endian at 16 kHz; NAME.jit and NAME.onnx are
the probabilities (little-endian float32, one for each 512 samples) of the package's TorchScript model (`audio_forward`)
and of its ONNX wrapper, fed frame by frame.
"""
import sys
import zipfile

import numpy as np
import torch
from silero_vad import load_silero_vad

RATE, FRAME = 16_000, 512
EPOCH = (1980, 1, 1, 0, 0, 0)
VOWELS = [(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410)]


def resonator(signal, frequency, width):
    r = np.exp(-np.pi * width / RATE)
    a, b = 2 * r * np.cos(2 * np.pi * frequency / RATE), -r * r
    out = np.zeros_like(signal)
    for i in range(len(signal)):
        out[i] = (1 - a - b) * signal[i] + a * out[i - 1] + b * out[i - 2]
    return out


def buzz(random, seconds):
    count = int(seconds * RATE)
    pitch = random.uniform(95, 190) * (1 + 0.12 * np.sin(np.linspace(0, random.uniform(3, 9), count)))
    phase = np.cumsum(pitch / RATE)
    pulses = np.maximum(0, np.sin(2 * np.pi * phase)) ** 4 + random.normal(0, 0.03, count)
    vowels = random.permutation(len(VOWELS))[:3]
    parts = []
    for piece, vowel in zip(np.array_split(np.diff(pulses, prepend=0), 3), vowels):
        for frequency, width in zip(VOWELS[vowel], (80, 100, 140)):
            piece = resonator(piece, frequency * random.uniform(0.95, 1.05), width)
        parts.append(piece / np.abs(piece).max())
    return np.concatenate(parts) * np.hanning(count) ** 0.3


def sound(seed, seconds):
    random = np.random.default_rng(seed)
    count = int(seconds * RATE)
    samples = random.normal(0, 0.004, count)
    at = int(0.3 * RATE)
    while at < count:
        breath = buzz(random, random.uniform(0.5, 1.0))[:count - at]
        samples[at:at + len(breath)] += random.uniform(0.15, 0.5) * breath
        at += len(breath) + int(random.uniform(0.3, 0.8) * RATE)
    return np.clip(samples * 32767, -32768, 32767).astype('<i2')


def frames(samples):
    samples = torch.from_numpy(samples.astype(np.float32) / 32768)
    return torch.nn.functional.pad(samples, (0, -len(samples) % FRAME)).split(FRAME)


def main(file):
    torch.set_num_threads(1)
    jit, onnx = load_silero_vad(), load_silero_vad(onnx=True)
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as out, torch.no_grad():
        for name, seed, seconds in (('long', 1, 6.0), ('odd', 2, 2.345), ('whole', 3, 1.024), ('short', 4, 0.01)):
            samples = sound(seed, seconds)
            whole = torch.cat(frames(samples))[None]
            together = jit.audio_forward(whole, RATE)[0].numpy()
            onnx.reset_states()
            stepped = np.array([onnx(frame[None], RATE).item() for frame in frames(samples)], np.float32)
            print(name, len(stepped), 'frames, of which speech', int((stepped > 0.5).sum()), 'highest', stepped.max(),
                  'largest difference', np.abs(together - stepped).max())
            for ending, data in (('pcm', samples), ('jit', together.astype('<f4')), ('onnx', stepped.astype('<f4'))):
                out.writestr(zipfile.ZipInfo(f'{name}.{ending}', EPOCH), data.tobytes(), zipfile.ZIP_DEFLATED)


if __name__ == '__main__':
    main(sys.argv[1])
