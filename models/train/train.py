"""Trains one of the image classifiers from a fixed seed, on one thread, and writes its weights.

    python models/train/train.py shapes-small WEIGHTS.pt | tee models/train/shapes-small.log
"""
import io
import resource
import sys
import time

import numpy as np
import torch
from PIL import Image

import nets
import raster

SEED = 20261121
PICTURES = 24_000
CHECKED = 2_000
BATCH = 128
EPOCHS = {'shapes-small': 10, 'shapes-large': 4}


def seen(seed, number):
    """A picture as the adapter shows it to the model: every third through JPEG, all resized."""
    pixels, label = raster.picture(seed, number)
    image = Image.fromarray(pixels)
    if number % 3 == 0:
        held = io.BytesIO()
        image.save(held, 'JPEG', quality=60 + number % 36)
        image = Image.open(held)
    return np.asarray(image.resize((nets.SIDE, nets.SIDE), Image.BILINEAR)), label


def pictures(seed, count):
    drawn = [seen(seed, number) for number in range(count)]
    return np.stack([pixels for pixels, _ in drawn]), torch.tensor([label for _, label in drawn])


def normalised(pixels):
    values = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(v)[:, None, None] for v in (nets.MEAN, nets.STD))
    return ((values - mean) / std).contiguous(memory_format=torch.channels_last)


def accuracy(net, pixels, labels):
    net.eval()
    with torch.no_grad():
        right = sum((net.logits(normalised(pixels[i:i + 250])).argmax(1) == labels[i:i + 250]).sum().item()
                    for i in range(0, len(labels), 250))
    return right / len(labels)


def main(name, file):
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    began = time.process_time()
    pixels, labels = pictures(SEED, PICTURES)
    checked = pictures(SEED + 1, CHECKED)
    net = nets.Shapes(nets.LAYERS[name], len(raster.LABELS)).to(memory_format=torch.channels_last)
    print(f'{name}: torch {torch.__version__}, seed {SEED}, {PICTURES} pictures, {len(raster.LABELS)} labels, '
          f'{sum(p.numel() for p in net.parameters())} parameters, drawn in {time.process_time() - began:.0f} s', flush=True)
    epochs, steps = EPOCHS[name], PICTURES // BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 5e-3, epochs * steps)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.02)
    for epoch in range(epochs):
        net.train()
        losses = 0.0
        order = torch.randperm(PICTURES)
        for step in range(steps):
            some = order[step * BATCH:(step + 1) * BATCH]
            loss = loss_of(net.logits(normalised(pixels[some.numpy()])), labels[some])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
            losses += loss.item()
        print(f'epoch {epoch + 1}/{epochs}  loss {losses / steps:.4f}  accuracy on fresh seeds '
              f'{accuracy(net, *checked):.4f}  processor time {time.process_time() - began:.0f} s', flush=True)
    torch.save(net.state_dict(), file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f'done: processor time {time.process_time() - began:.0f} s, peak memory {peak} MB', flush=True)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
