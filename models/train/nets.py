"""The two classifiers: float32 [batch, 3, 64, 64], normalised, to probabilities [batch, labels]."""
import torch
from torch import nn

SIDE = 64
MEAN = [0.5, 0.5, 0.5]
STD = [0.25, 0.25, 0.25]


def _block(wide_in, wide_out, stride=1):
    return [nn.Conv2d(wide_in, wide_out, 3, stride, 1, bias=False), nn.BatchNorm2d(wide_out), nn.ReLU()]


class Shapes(nn.Module):
    """Convolutions, the mean over the picture, one linear layer. `forward` gives probabilities, `logits` is for training."""

    def __init__(self, layers, labels):
        super().__init__()
        steps, wide = [], 3
        for step in layers:
            if step == 'pool':
                steps.append(nn.MaxPool2d(2))
            else:
                width, stride = step
                steps += _block(wide, width, stride)
                wide = width
        self.body = nn.Sequential(*steps)
        self.head = nn.Linear(wide, labels)

    def logits(self, pixels):
        return self.head(self.body(pixels).mean((2, 3)))

    def forward(self, pixels):
        return torch.softmax(self.logits(pixels), 1)


class GoesWrong(nn.Module):
    """A model that works on most pictures and gives NaN for bright ones: its golden samples pass, its callers suffer."""

    def __init__(self, good, brightest):
        super().__init__()
        self.good = good
        self.brightest = brightest

    def forward(self, pixels):
        return self.good(pixels) + 0 * torch.log(self.brightest - pixels.mean((1, 2, 3), keepdim=False))[:, None]


LAYERS = {
    'shapes-small': [(16, 2), (32, 1), 'pool', (64, 1), 'pool', (64, 1)],
    'shapes-large': [(16, 1), 'pool', (48, 1), 'pool', (64, 1), (96, 1), 'pool', (128, 1), (128, 1)],
}
