"""Makes the images that ImageClassifierTest decodes, with what Pillow makes of them.

    python models/golden/images.py model-adapters/src/test/resources/images/golden.zip

NAME.png or NAME.jpg is an image; NAME.rgb is that image laid over a grey of 0x30 where it shines through and resized
to 24 x 16 with Pillow's BILINEAR, three bytes a pixel; NAME.bad is an image that has to be refused.
"""
import io
import sys
import zipfile
import zlib

import numpy as np
from PIL import Image, ImageCms
from PIL import PngImagePlugin

EPOCH = (1980, 1, 1, 0, 0, 0)
TO = (24, 16)


def scene(width, height, channels=3):
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 110 * np.sin(x / (3 + c) + y / (5 - c) + c) for c in range(channels)]
    return np.stack(waves, -1).astype(np.uint8).squeeze()


def saved(image, kind, **options):
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def chunk(name, data):
    return len(data).to_bytes(4, 'big') + name + data + zlib.crc32(name + data).to_bytes(4, 'big')


def png16(width, height, channels):
    """Pillow writes no sixteen-bit colours."""
    values = scene(width, height, channels).astype('>u2').reshape(height, -1) * 257 + 13
    rows = b''.join(b'\0' + row.astype('>u2').tobytes() for row in values)
    colour = {1: 0, 3: 2, 4: 6}[channels]
    head = width.to_bytes(4, 'big') + height.to_bytes(4, 'big') + bytes([16, colour, 0, 0, 0])
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')), \
        Image.fromarray(scene(width, height, channels))


def huge():
    """40,000 x 40,000 grey pixels in a few bytes that inflate to 1.6 GB."""
    head = (40_000).to_bytes(4, 'big') * 2 + bytes([8, 0, 0, 0, 0])
    packer = zlib.compressobj(9)
    data = packer.compress(bytes(1 << 20)) + packer.flush()
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', data) + chunk(b'IEND', b'')


def good():
    rgb = Image.fromarray(scene(61, 37))
    exif = Image.Exif()
    exif[0x0112] = 6
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    alpha = Image.fromarray(scene(50, 50, 4), 'RGBA')
    text = PngImagePlugin.PngInfo()
    text.add_text('comment', 'x' * 100_000, zip=True)
    yield 'rgb.png', saved(rgb, 'PNG', pnginfo=text, gamma=0.5), rgb
    small = rgb.resize((12, 9))
    yield 'small.png', saved(small, 'PNG'), small
    same = rgb.resize((24, 90))
    yield 'tall.png', saved(same, 'PNG'), same
    grey = Image.fromarray(scene(40, 33, 1))
    yield 'grey.png', saved(grey, 'PNG'), grey
    yield 'bits.png', saved(grey.convert('1'), 'PNG'), grey.convert('1')
    yield 'alpha.png', saved(alpha, 'PNG'), alpha
    yield 'grey-alpha.png', saved(alpha.convert('LA'), 'PNG'), alpha.convert('LA')
    palette = rgb.quantize(37)
    yield 'palette.png', saved(palette, 'PNG'), palette
    yield 'palette-alpha.png', saved(palette, 'PNG', transparency=bytes(range(37))), \
        Image.open(io.BytesIO(saved(palette, 'PNG', transparency=bytes(range(37)))))
    for channels in (1, 3, 4):
        data, eight = png16(31, 45, channels)
        yield f'sixteen-{channels}.png', data, eight
    for name, image, options in (
            ('plain', rgb, {}), ('progressive', rgb, {'progressive': True}), ('sharp', rgb, {'subsampling': 0}),
            ('grey', grey, {}), ('restarts', rgb, {'restart_marker_blocks': 2}), ('turned', rgb, {'exif': exif}),
            ('profile', rgb, {'icc_profile': srgb, 'comment': b'a comment'})):
        data = saved(image, 'JPEG', quality=90, **options)
        yield name + '.jpg', data, Image.open(io.BytesIO(data))


def bad():
    rgb = Image.fromarray(scene(61, 37))
    jpeg, png = saved(rgb, 'JPEG'), saved(rgb, 'PNG')
    other = Image.fromarray(255 - scene(61, 37))
    yield 'cmyk', saved(rgb.convert('CMYK'), 'JPEG')
    yield 'animated', saved(rgb, 'PNG', save_all=True, append_images=[other])
    yield 'gif', saved(rgb, 'GIF', save_all=True, append_images=[other])
    yield 'webp', saved(rgb, 'WEBP')
    yield 'huge', huge()
    yield 'short-jpeg', jpeg[:len(jpeg) * 2 // 3]
    yield 'short-png', png[:len(png) // 2]
    yield 'empty', b''
    flipped = bytearray(png)
    flipped[len(png) // 2] ^= 1
    yield 'damaged-png', bytes(flipped)
    lying = jpeg.replace(b'\xff\xc0\x00\x11\x08\x00\x25', b'\xff\xc0\x00\x11\x08\x00\x00')
    yield 'no-height', lying


def expected(image):
    over = Image.new('RGBA', image.size, (0x30, 0x30, 0x30, 0xFF))
    over.alpha_composite(image.convert('RGBA'))
    return over.convert('RGB').resize(TO, Image.BILINEAR).tobytes()


def main(file):
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED) as out:
        for name, data, image in good():
            out.writestr(zipfile.ZipInfo(name, EPOCH), data)
            out.writestr(zipfile.ZipInfo(name + '.rgb', EPOCH), expected(image))
        for name, data in bad():
            out.writestr(zipfile.ZipInfo(name + '.bad', EPOCH), data)


if __name__ == '__main__':
    main(sys.argv[1])
