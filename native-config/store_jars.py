"""Rewrites jars in place with their entries stored, not compressed, for an archive that compresses them all together.

Usage: store_jars.py JAR…
"""

import os
import sys
import zipfile

for name in sys.argv[1:]:
    with zipfile.ZipFile(name) as jar, zipfile.ZipFile(name + ".part", "w", zipfile.ZIP_STORED) as stored:
        for entry in jar.infolist():
            entry_bytes = jar.read(entry)
            entry.compress_type = zipfile.ZIP_STORED
            stored.writestr(entry, entry_bytes)
    os.replace(name + ".part", name)
