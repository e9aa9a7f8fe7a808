"""Writes trained weights as ONNX and TorchScript, and the variants that are broken on purpose.

    python models/train/export.py shapes-small WEIGHTS.pt models/

makes models/shapes-small/model.onnx, models/shapes-small-torch/model.pt, and from the small one also
models/shapes-mixed-up (labels permuted: the golden samples fail) and models/shapes-bright-nan (golden samples pass,
bright pictures give NaN).
"""
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

import nets
import raster

OPSET = 17
BRIGHTEST = 0.8  # mean of the normalised pixels from which on shapes-bright-nan gives NaN


def mixed_up(net):
    """The same layers, the last one's rows turned round by one."""
    net.head.weight.data = net.head.weight.data.roll(1, 0)
    net.head.bias.data = net.head.bias.data.roll(1, 0)
    return net


def onnx_file(net, file, sample):
    torch.onnx.export(net, (sample,), str(file), opset_version=OPSET, dynamo=False, input_names=['pixels'],
                      output_names=['probabilities'],
                      dynamic_axes={'pixels': {0: 'batch'}, 'probabilities': {0: 'batch'}})
    model = onnx.load(file)
    model.producer_name, model.producer_version = 'kiln', ''
    model.graph.name = 'shapes'
    for node in model.graph.node:
        node.ClearField('doc_string')
    onnx.save(model, file)


def torch_file(net, file, sample):
    script = torch.jit.freeze(torch.jit.trace(net, sample))
    torch.jit.save(script, str(file))


def difference(onnx_path, torch_path, inputs):
    session = onnxruntime.InferenceSession(str(onnx_path), providers=['CPUExecutionProvider'])
    script = torch.jit.load(str(torch_path))
    with torch.no_grad():
        return float(np.abs(session.run(None, {'pixels': inputs.numpy()})[0] - script(inputs).numpy()).max())


def loaded(name, weights):
    net = nets.Shapes(nets.LAYERS[name], len(raster.LABELS))
    net.load_state_dict(torch.load(weights, weights_only=True))
    return net.eval()


def main(name, weights, models):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    sample = torch.randn(2, 3, nets.SIDE, nets.SIDE)
    models = Path(models)
    net = loaded(name, weights)
    wanted = [(net, name, onnx_file, 'model.onnx'), (net, name + '-torch', torch_file, 'model.pt')]
    if name == 'shapes-small':
        wanted += [(mixed_up(loaded(name, weights)), 'shapes-mixed-up', onnx_file, 'model.onnx'),
                   (nets.GoesWrong(net, BRIGHTEST), 'shapes-bright-nan', onnx_file, 'model.onnx')]
    for variant, folder, write, file in wanted:
        (models / folder).mkdir(parents=True, exist_ok=True)
        write(variant, models / folder / file, sample)
        print(folder, (models / folder / file).stat().st_size, 'bytes')
    print('largest difference of ONNX and TorchScript on 64 random inputs',
          difference(models / name / 'model.onnx', models / (name + '-torch') / 'model.pt',
                     torch.randn(64, 3, nets.SIDE, nets.SIDE)))


if __name__ == '__main__':
    main(*sys.argv[1:])
