"""How often a trained model is right about fresh pictures, prepared by Pillow as the adapter prepares them.

    python models/train/accuracy.py models/shapes-small/model.onnx 78 5000
"""
import sys

import numpy as np
import onnxruntime

import nets
import train


def main(file, seed, count):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options)
    right = 0
    for number in range(count):
        pixels, label = train.seen(seed, number)
        values = ((pixels / 255 - nets.MEAN) / nets.STD).astype(np.float32).transpose(2, 0, 1)[None]
        right += session.run(None, {'pixels': values})[0].argmax() == label
    print(f'{file}: {right} of {count} right, {right / count:.4f}, seed {seed}')


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
