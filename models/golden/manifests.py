"""Writes `model.yaml` and golden samples of the models in the catalogue, and of the broken ones.

    python models/golden/manifests.py .kiln/cache/models

The folder holds the fetched weights (`models/setup`). Golden numbers come from where the models come from: vectors from
the langchain4j library that packs the model (`EMBEDDERS` below, read off one run of it), speech from the silero-vad
package, scores from PyTorch, Pillow and ONNX Runtime in Python. Needs torch, onnxruntime, magika, silero-vad, Pillow.
"""
import hashlib
import io
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / 'train'))
import files as files_of_known_types
import nets
import raster
import voice

MODELS = Path(__file__).parent.parent
TEXT = 'A kiln is loaded in batches and fired, and every piece leaves stamped.'
EMBEDDERS = {
    'minilm': ('mean', 384, 'fp32', 'Apache-2.0', [-0.016271265, 0.09036205, -0.057367675, 0.014025933, -0.05094754, -0.003799744, 0.017871229, -0.06935269]),
    'minilm-int8': ('mean', 384, 'int8', 'Apache-2.0', [-0.019160965, 0.094349645, -0.052074004, 0.015808852, -0.059038017, -0.005176271, 0.022009494, -0.06523545]),
    'bge-small': ('cls', 384, 'fp32', 'MIT', [-0.010760257, 0.07788182, -0.013151535, -0.030131951, 0.041102163, -0.053873736, -0.012448851, -0.023681493]),
    'bge-small-int8': ('cls', 384, 'int8', 'MIT', [-0.007372189, 0.08281128, -0.008354065, -0.033776857, 0.04477546, -0.050639443, -0.01518601, -0.020743353]),
    'bge-small-zh': ('cls', 512, 'fp32', 'MIT', [0.009098668, -0.026067918, -0.012459124, -0.012145661, -0.0043045613, -0.07114399, -0.030663772, 0.011301463]),
}

# MiB that `kiln model check` saw a model add to its process at the highest (memory_mb), rounded up to tens.
MEMORY = {
    'minilm': 320, 'minilm-int8': 150, 'bge-small': 400, 'bge-small-int8': 190, 'bge-small-zh': 320,
    'silero-vad': 90, 'silero-vad-torch': 190, 'magika': 110,
    'shapes-small': 80, 'shapes-small-torch': 190, 'shapes-large': 90, 'shapes-large-torch': 190,
}
BATCH_TOLERANCE = 'batch-tolerance: 0.05         # the graph scales activations by the largest of the whole batch'


def pins(folder, weights, names):
    lines = ['files:']
    for name in names:
        file = folder / name if (folder / name).exists() else weights / name
        lines.append(f'  {name}: {hashlib.sha256(file.read_bytes()).hexdigest()}')
    return lines


def written(name, lines):
    (MODELS / name).mkdir(exist_ok=True)
    if name in MEMORY:
        lines = list(lines)
        lines.insert(next(i for i, line in enumerate(lines) if line.startswith('licence:')), f'memory: {MEMORY[name]}MiB')
    (MODELS / name / 'model.yaml').write_text('\n'.join(lines) + '\n')


def numbers(values):
    return '[' + ', '.join(f'{float(v):.6f}' for v in values) + ']'


def embedder(name, weights):
    pooling, dimension, precision, licence, start = EMBEDDERS[name]
    written(name, ['engine: onnx', 'task: text-embedding']
            + pins(MODELS / name, weights / name, ['model.onnx', 'tokenizer.json'])
            + [f'pooling: {pooling}', f'dimension: {dimension}', 'max-tokens: 512', f'precision: {precision}']
            + ([BATCH_TOLERANCE] if precision == 'int8' else [])
            + [f'licence: {licence}', 'golden:', f'  text: {TEXT}', f'  start: {numbers(start)}'])


def silero(weights):
    samples = voice.sound(3, 1.024)
    model = voice.load_silero_vad()
    whole = torch.cat(voice.frames(samples))[None]
    with torch.no_grad():
        speech = model.audio_forward(whole, voice.RATE)[0].numpy()
    for name, own in (('silero-vad', [
            'voice:', '  rate: 16000', '  frame: 512', '  context: 64                 # samples of the frame before, in front of each frame',
            '  rate-input: sr', '  state: {input: state, output: stateN, shape: [2, -1, 128]}']),
                      ('silero-vad-torch', [
            'method: audio_forward         # whole clips; the module resets its own state', 'inputs:',
            '  - {name: input, dtype: fp32, shape: [-1, -1]}', '  - {name: sr, dtype: int64, shape: [], plain: true}', 'outputs:',
            '  - {name: output, dtype: fp32, shape: [-1, -1]}', 'voice:', '  rate: 16000', '  frame: 512', '  rate-input: sr'])):
        (MODELS / name).mkdir(exist_ok=True)
        (MODELS / name / 'golden.s16').write_bytes(samples.tobytes())
        onnx = name == 'silero-vad'
        written(name, [f'engine: {"onnx" if onnx else "pytorch"}', 'task: voice-activity']
                + pins(MODELS / name, weights / name, ['model.onnx' if onnx else 'model.pt', 'golden.s16']) + own
                + ['licence: MIT', 'golden:', '  sound: golden.s16', f'  speech: {numbers(speech)}'])


def magika(weights):
    folder = MODELS / 'magika'
    folder.mkdir(exist_ok=True)
    model = files_of_known_types.Magika()
    labels = [str(label) for label in model._model_config.target_labels_space]
    (folder / 'labels.txt').write_text('\n'.join(labels) + '\n')
    content = files_of_known_types.python(np.random.default_rng(3)).encode()
    (folder / 'golden.py.txt').write_bytes(content)
    _, features = model._get_result_or_features_from_seekable(files_of_known_types.Seekable(io.BytesIO(content)))
    scores = np.array(model._get_raw_predictions([(Path('-'), features)])[0])
    written('magika', ['engine: onnx', 'task: file-type']
            + pins(folder, weights / 'magika', ['model.onnx', 'labels.txt', 'golden.py.txt'])
            + ['file-type:', '  begin: 1024', '  end: 1024', '  block: 4096                 # bytes on either side whose blanks are stripped',
               '  padding-token: 256', '  min-bytes: 8', '  labels: labels.txt', 'licence: Apache-2.0', 'golden:',
               '  file: golden.py.txt', '  probabilities:'] + probabilities(labels, scores))


def probabilities(labels, scores):
    best = np.argsort(-scores)[:4]
    return [f'    {labels[i]}: {scores[i]:.6f}' for i in best]


def shapes(name, engine, seed_number):
    folder = MODELS / name
    picture, _ = raster.picture(99, seed_number)
    Image.fromarray(picture).save(folder / 'golden.png', optimize=True)
    true = MODELS / ('shapes-small' if name in ('shapes-mixed-up', 'shapes-bright-nan') else name.removesuffix('-torch'))
    pixels = np.asarray(Image.fromarray(picture).resize((nets.SIDE, nets.SIDE), Image.BILINEAR)) / 255
    given = ((pixels - nets.MEAN) / nets.STD).astype(np.float32).transpose(2, 0, 1)[None]
    scores = onnxruntime.InferenceSession(true / 'model.onnx').run(None, {'pixels': given})[0][0]
    face = ['inputs:', f'  - {{name: pixels, dtype: fp32, shape: [-1, 3, {nets.SIDE}, {nets.SIDE}]}}', 'outputs:',
            f'  - {{name: probabilities, dtype: fp32, shape: [-1, {len(raster.LABELS)}]}}']
    written(name, [f'engine: {engine}', 'task: image-classification']
            + pins(folder, folder, ['model.onnx' if engine == 'onnx' else 'model.pt', 'golden.png']) + face
            + ['image:', f'  size: [{nets.SIDE}, {nets.SIDE}]', '  resize: stretch', '  layout: nchw', f'  mean: {nets.MEAN}', f'  std: {nets.STD}',
               f'  labels: [{", ".join(raster.LABELS)}]', 'licence: Apache-2.0', 'golden:', '  image: golden.png', '  probabilities:']
            + probabilities(raster.LABELS, scores))


def main(weights):
    for name in EMBEDDERS:
        embedder(name, weights)
    silero(weights)
    magika(weights)
    for name, engine in (('shapes-small', 'onnx'), ('shapes-small-torch', 'pytorch'), ('shapes-large', 'onnx'),
                         ('shapes-large-torch', 'pytorch'), ('shapes-mixed-up', 'onnx'), ('shapes-bright-nan', 'onnx')):
        shapes(name, engine, 4)


if __name__ == '__main__':
    main(Path(sys.argv[1]))
