"""Draws glyphs and shapes with nothing but numpy: anti-aliased from signed distances, no fonts.

A figure is a union of parts in the square from -1 to 1, y downwards. A picture is that figure under a random affine
map, in random colours, over a gradient with clutter, with noise and sometimes blur. Every picture depends on its seed
and its number alone.
"""
import numpy as np

STROKE = 0.17  # half a stroke's width


def _segment(points, a, b):
    a, b = np.asarray(a), np.asarray(b)
    along = b - a
    t = np.clip(((points - a) @ along) / (along @ along), 0, 1)
    return np.linalg.norm(points - a - t[..., None] * along, axis=-1)


def line(a, b):
    return lambda p, w: _segment(p, a, b) - w


def polyline(*corners):
    return lambda p, w: np.min([_segment(p, a, b) for a, b in zip(corners, corners[1:])], axis=0) - w


def disc(centre, radius):
    return lambda p, w: np.linalg.norm(p - np.asarray(centre), axis=-1) - radius


def ring(centre, radius):
    return lambda p, w: np.abs(np.linalg.norm(p - np.asarray(centre), axis=-1) - radius) - w


def polygon(*corners):
    corners = np.asarray(corners, float)

    def distance(p, w):
        inside = np.zeros(p.shape[:-1], bool)
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, 0)):
            crosses = (ay > p[..., 1]) != (by > p[..., 1])
            with np.errstate(divide='ignore', invalid='ignore'):
                at = (bx - ax) * (p[..., 1] - ay) / (by - ay) + ax
            inside ^= crosses & (p[..., 0] < at)
        edge = np.min([_segment(p, a, b) for a, b in zip(corners, np.roll(corners, -1, 0))], axis=0)
        return np.where(inside, -edge, edge)

    return distance


def arc(centre, radius, start, end, pieces=10):
    angles = np.radians(np.linspace(start, end, pieces))
    return polyline(*[(centre[0] + radius * np.cos(t), centre[1] + radius * np.sin(t)) for t in angles])


def union(*parts):
    return lambda p, w: np.min([part(p, w) for part in parts], axis=0)


def without(whole, hole):
    return lambda p, w: np.maximum(whole(p, w), -hole(p, w))


def _star():
    turns = np.arange(10) * np.pi / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2 == 0, 0.95, 0.4)
    return polygon(*zip(radii * np.cos(turns), radii * np.sin(turns)))


FIGURES = {
    'circle': disc((0, 0), 0.8),
    'ring': ring((0, 0), 0.7),
    'triangle': polygon((0, -0.85), (0.85, 0.7), (-0.85, 0.7)),
    'square': polygon((-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)),
    'star': _star(),
    'plus': union(line((-0.75, 0), (0.75, 0)), line((0, -0.75), (0, 0.75))),
    'arrow': union(line((-0.8, 0), (0.7, 0)), polyline((0.2, -0.5), (0.75, 0), (0.2, 0.5))),
    'crescent': without(disc((-0.05, 0), 0.85), disc((0.4, 0), 0.7)),
    'letter-a': union(polyline((-0.65, 0.8), (0, -0.8), (0.65, 0.8)), line((-0.35, 0.25), (0.35, 0.25))),
    'letter-e': union(polyline((0.5, -0.8), (-0.5, -0.8), (-0.5, 0.8), (0.5, 0.8)), line((-0.5, 0), (0.35, 0))),
    'letter-h': union(line((-0.5, -0.8), (-0.5, 0.8)), line((0.5, -0.8), (0.5, 0.8)), line((-0.5, 0), (0.5, 0))),
    'letter-k': union(line((-0.5, -0.8), (-0.5, 0.8)), polyline((0.5, -0.8), (-0.45, 0.05), (0.55, 0.8))),
    'letter-r': union(line((-0.5, -0.8), (-0.5, 0.8)), polyline((-0.5, -0.8), (0.15, -0.8)),
                      arc((0.1, -0.4), 0.4, -90, 90), polyline((0.15, 0), (-0.5, 0)), line((0, 0), (0.55, 0.8))),
    'letter-s': union(arc((0, -0.4), 0.42, -20, -270), arc((0, 0.42), 0.42, -90, 160)),
    'letter-z': polyline((-0.6, -0.75), (0.6, -0.75), (-0.6, 0.75), (0.6, 0.75)),
    'digit-4': union(polyline((0.3, 0.85), (0.3, -0.8), (-0.6, 0.3), (0.65, 0.3))),
}
LABELS = list(FIGURES)


def _inverse_affine(random):
    """From pixels (-1 to 1 over the shorter side) to the figure's square, and the figure's size in that unit."""
    turn = np.radians(random.uniform(-22, 22))
    size = random.uniform(0.42, 0.8)
    stretch = np.exp(random.uniform(-0.2, 0.2))
    shear = random.uniform(-0.25, 0.25)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    forward = rotation @ np.array([[1, shear], [0, 1]]) @ np.diag([size * stretch, size / stretch])
    return np.linalg.inv(forward), size


def _grid(width, height):
    y, x = np.mgrid[0:height, 0:width]
    half = min(width, height) / 2
    return np.stack([(x + 0.5 - width / 2) / half, (y + 0.5 - height / 2) / half], axis=-1), half


def _colours(random):
    while True:
        behind, front = random.uniform(0, 1, 3), random.uniform(0, 1, 3)
        if np.abs(behind - front).mean() > 0.2:
            return behind, front


def _clutter(random, points, half, canvas):
    for _ in range(random.integers(0, 4)):
        a, b = random.uniform(-1.2, 1.2, 2), random.uniform(-1.2, 1.2, 2)
        cover = np.clip(0.5 - (_segment(points, a, b) - random.uniform(0.01, 0.04)) * half, 0, 1)
        cover *= random.uniform(0.2, 0.6)
        canvas += cover[..., None] * (random.uniform(0, 1, 3) - canvas)


def picture(seed, number, sizes=(40, 112)):
    """One picture, uint8 [height, width, 3], and the number of its label."""
    random = np.random.default_rng([seed, number])
    label = int(random.integers(len(LABELS)))
    width = int(random.integers(*sizes))
    height = int(np.clip(width * random.uniform(0.8, 1.25), sizes[0], sizes[1]))
    points, half = _grid(width, height)
    behind, front = _colours(random)
    slope = random.uniform(-0.12, 0.12, (2, 3))
    canvas = behind + points @ slope
    _clutter(random, points, half, canvas)
    inverse, size = _inverse_affine(random)
    middle = random.uniform(-0.2, 0.2, 2)
    distance = FIGURES[LABELS[label]]((points - middle) @ inverse.T, random.uniform(0.7, 1.25) * STROKE)
    cover = np.clip(0.5 - distance * size * half, 0, 1)[..., None]
    canvas = canvas + cover * (front + points @ random.uniform(-0.08, 0.08, (2, 3)) - canvas)
    if random.random() < 0.3:
        canvas = _blurred(canvas)
    canvas = canvas + random.normal(0, random.uniform(0, 0.14), canvas.shape)
    return np.clip(canvas * 255 + 0.5, 0, 255).astype(np.uint8), label


def _blurred(canvas):
    padded = np.pad(canvas, ((1, 1), (1, 1), (0, 0)), mode='edge')
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4
