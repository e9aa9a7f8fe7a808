"""Draws pictures from fresh seeds into a zip of PNG and JPEG files named LABEL-NUMBER, for the accuracy tests.

    python models/train/heldout.py 77 300 model-adapters/src/test/resources/shapes/heldout.zip

The same command with another seed and a larger count makes a larger set; ./kiln has no need of it.
"""
import io
import sys
import zipfile

from PIL import Image

import raster

EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same seed makes the same bytes


def encoded(pixels, number):
    held = io.BytesIO()
    if number % 6 == 0:
        Image.fromarray(pixels).save(held, 'PNG', optimize=True)
        return 'png', held.getvalue()
    Image.fromarray(pixels).save(held, 'JPEG', quality=70 + number % 26)
    return 'jpg', held.getvalue()


def main(seed, count, file):
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED) as out:
        for number in range(count):
            pixels, label = raster.picture(seed, number, (40, 80))
            ending, data = encoded(pixels, number)
            out.writestr(zipfile.ZipInfo(f'{raster.LABELS[label]}-{number}.{ending}', EPOCH), data)


if __name__ == '__main__':
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
