"""Writes files of known types and what the magika package makes of them, for FileTypeDetectorTest.

    python models/golden/files.py model-adapters/src/test/resources/files/golden.zip

Needs magika 1.0.3 and Pillow. LABEL-NUMBER is a file; LABEL-NUMBER.features its features (little-endian int16 [2048]) and
LABEL-NUMBER.scores the model's probabilities (little-endian float32 [214]), both missing where the package does not ask
the model; the label is then the package's own answer. `edge` files have no known type.
`labels` are the model's, one a line.
"""
import bz2
import csv
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import struct
import sys
import tarfile
import tempfile
import wave
import zipfile
import zlib
from pathlib import Path

import numpy as np
from magika import Magika
from magika.types.seekable import Seekable
from PIL import Image

EPOCH = (1980, 1, 1, 0, 0, 0)
WORDS = 'kiln batch fire clay glaze stack shelf cone heat soak cool draw stamp ware potter wheel bisque slip'.split()


def words(random, count):
    return ' '.join(random.choice(WORDS, count))


def python(random):
    lines = ['import os', 'import sys', '', '']
    for i in range(12):
        name = random.choice(WORDS)
        lines += [f'def {name}_{i}(value, other=None):', f'    """{words(random, 5).capitalize()}."""',
                  f'    if value > {random.integers(9)}:', f'        return [{name} for {name} in range(value)]',
                  '    raise ValueError(other)', '']
    return '\n'.join(lines + ['if __name__ == "__main__":', '    print(sys.argv, os.getcwd())', ''])


def java(random):
    body = '\n'.join(f'    private final int {w}{i};\n\n    public int get{w.title()}{i}() {{\n        return {w}{i};\n    }}\n'
                     for i, w in enumerate(random.choice(WORDS, 9)))
    return f'package dev.example;\n\nimport java.util.List;\n\npublic final class Ware {{\n{body}}}\n'


def html(random):
    rows = '\n'.join(f'<p class="{w}">{words(random, 9)}</p>' for w in random.choice(WORDS, 20))
    return f'<!DOCTYPE html>\n<html><head><title>{words(random, 3)}</title></head>\n<body>\n{rows}\n</body></html>\n'


def javascript(random):
    return '\n'.join(f"const {w}{i} = require('{w}');\nfunction use{i}(a, b) {{\n  return {w}{i}.map((x) => x + a).filter(Boolean) || b;\n}}\nmodule.exports.use{i} = use{i};\n"
                     for i, w in enumerate(random.choice(WORDS, 12)))


def c(random):
    return '#include <stdio.h>\n#include <stdlib.h>\n\n' + '\n'.join(
        f'static int {w}{i}(const char *name, size_t n) {{\n    if (!name) return -1;\n    printf("%s %zu\\n", name, n);\n    return {i};\n}}\n'
        for i, w in enumerate(random.choice(WORDS, 10))) + '\nint main(int argc, char **argv) {\n    return argc > 1 ? 0 : 1;\n}\n'


def sql(random):
    return '\n'.join(f'CREATE TABLE {w}{i} (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);\nINSERT INTO {w}{i} (id, name) VALUES ({i}, \'{w}\');\nSELECT id, name FROM {w}{i} WHERE id > {i} ORDER BY name;'
                     for i, w in enumerate(random.choice(WORDS, 12)))


def shell(random):
    return '#!/bin/bash\nset -euo pipefail\n' + '\n'.join(
        f'for {w} in "$@"; do\n    echo "${w}" | grep -q {w} && exit {i}\ndone' for i, w in enumerate(random.choice(WORDS, 9))) + '\n'


def css(random):
    return '\n'.join(f'.{w} {{\n  color: #{i:02x}33aa;\n  margin: {i}px auto;\n  display: flex;\n}}' for i, w in enumerate(random.choice(WORDS, 15)))


def table(random):
    held = io.StringIO()
    out = csv.writer(held)
    out.writerow(['id', 'ware', 'heat', 'note'])
    for i in range(60):
        out.writerow([i, random.choice(WORDS), round(float(random.uniform(600, 1300)), 2), words(random, 3)])
    return held.getvalue()


def markdown(random):
    return f'# {words(random, 3).title()}\n\n' + '\n'.join(
        f'## {w.title()}\n\n{words(random, 20)}. See [{w}](https://example.org/{w}).\n\n- **{w}**: {words(random, 5)}\n- `{w}` and _{w}_\n\n```\n{w}\n```\n'
        for w in random.choice(WORDS, 8))


def yaml(random):
    return '---\n' + '\n'.join(f'{w}{i}:\n  name: {w}\n  heat: {i * 100}\n  notes:\n    - {words(random, 3)}\n    - {words(random, 2)}'
                               for i, w in enumerate(random.choice(WORDS, 12))) + '\n'


def xml(random):
    return '<?xml version="1.0" encoding="UTF-8"?>\n<wares>\n' + '\n'.join(
        f'  <ware id="{i}"><name>{w}</name><note>{words(random, 6)}</note></ware>' for i, w in enumerate(random.choice(WORDS, 25))) + '\n</wares>\n'


def picture(kind):
    def make(random):
        held = io.BytesIO()
        Image.fromarray(random.integers(0, 255, (40, 40, 3)).astype(np.uint8)).save(held, kind)
        return held.getvalue()
    return make


def archive(random):
    held = io.BytesIO()
    with zipfile.ZipFile(held, 'w', zipfile.ZIP_DEFLATED) as out:
        for i in range(4):
            out.writestr(zipfile.ZipInfo(f'{random.choice(WORDS)}{i}.txt', EPOCH), words(random, 300))
    return held.getvalue()


def tape(random):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode='w') as out:
        for i in range(3):
            data = words(random, 300).encode()
            info = tarfile.TarInfo(f'{random.choice(WORDS)}{i}.txt')
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return held.getvalue()


def sound(random):
    held = io.BytesIO()
    with wave.open(held, 'wb') as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(random.integers(-9000, 9000, 4000).astype('<i2').tobytes())
    return held.getvalue()


def database(random):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'wares.db'
        held = sqlite3.connect(file)
        held.execute('create table ware (id integer primary key, name text)')
        held.executemany('insert into ware (name) values (?)', [(str(w),) for w in random.choice(WORDS, 200)])
        held.commit()
        held.close()
        return file.read_bytes()


def pdf(random):
    text = words(random, 60)
    stream = f'BT /F1 12 Tf 72 720 Td ({text}) Tj ET'.encode()
    parts = [b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
             b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
             b'<< /Length %d >>\nstream\n%s\nendstream' % (len(stream), stream),
             b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
    body, offsets = b'%PDF-1.4\n', []
    for i, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b'%d 0 obj\n%s\nendobj\n' % (i, part)
    table_at = len(body)
    body += b'xref\n0 6\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % at for at in offsets)
    return body + b'trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % table_at


def packed(pack):
    return lambda random: pack(words(random, 3000).encode())


KINDS = {
    'python': python, 'java': java, 'html': html, 'javascript': javascript, 'c': c, 'sql': sql, 'shell': shell, 'css': css,
    'csv': table, 'markdown': markdown, 'yaml': yaml, 'xml': xml,
    'json': lambda random: json.dumps([{'id': i, 'ware': str(random.choice(WORDS)), 'ok': True} for i in range(60)], indent=1),
    'png': picture('PNG'), 'gif': picture('GIF'), 'bmp': picture('BMP'), 'jpeg': picture('JPEG'), 'webp': picture('WEBP'),
    'tiff': picture('TIFF'), 'zip': archive, 'tar': tape, 'wav': sound, 'sqlite': database, 'pdf': pdf,
    'gzip': packed(lambda data: gzip.compress(data, mtime=0)), 'bzip': packed(bz2.compress), 'xz': packed(lzma.compress),
    'pickle': lambda random: pickle.dumps({i: str(w) for i, w in enumerate(random.choice(WORDS, 300))}, 4),
}


def edges(random):
    """Files that say little, and files whose blanks matter."""
    yield 'empty', b''
    yield 'txt', b'kiln'
    yield 'unknown', b'\xff\xfe\x80'
    yield 'txt', b' ' * 5000
    yield 'edge', b'\n\t\r\x0b\x0c  kiln\n' + b' ' * 6000
    yield 'edge', b'\x80  ' + b' ' * 4093 + b'kiln'
    yield 'edge', b'\n' * 3000 + python(random).encode() + b'\n' * 3000
    yield 'edge', b'\n' * 600 + python(random).encode()[:1000]


def main(file):
    magika = Magika()
    random = np.random.default_rng(11)
    made = [(label, make(random)) for label, make in KINDS.items() for _ in range(2)] + list(edges(random))
    right = asked = 0
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as out:
        labels = magika._model_config.target_labels_space
        out.writestr(zipfile.ZipInfo('labels', EPOCH), '\n'.join(map(str, labels)), zipfile.ZIP_DEFLATED)
        for number, (label, content) in enumerate(made):
            content = content.encode() if isinstance(content, str) else content
            result, features = magika._get_result_or_features_from_seekable(Seekable(io.BytesIO(content)))
            entries = [('', content)]
            if features is None:
                assert str(result.prediction.output.label) == label, (label, result)
            else:
                tokens = np.array(features.beg + features.end, '<i2')
                scores = np.array(magika._get_raw_predictions([(Path('-'), features)])[0], '<f4')
                best = labels[scores.argmax()]
                asked += label != 'edge'
                right += best == label
                if label not in (best, 'edge'):
                    print(f'{label}-{number} is called {best} ({scores.max():.3f})')
                entries += [('.features', tokens.tobytes()), ('.scores', scores.tobytes())]
            for ending, data in entries:
                out.writestr(zipfile.ZipInfo(f'{label}-{number}{ending}', EPOCH), data, zipfile.ZIP_DEFLATED)
    print(f'{right} of {asked} files of known types called what they are')


if __name__ == '__main__':
    main(sys.argv[1])
