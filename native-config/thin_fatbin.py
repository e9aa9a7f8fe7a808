"""Zeroes the machine code of every GPU architecture but one in a library, in place, so that it packs small.

Usage: thin_fatbin.py LIBRARY ARCHITECTURE (such as 90). The library keeps its size and layout: a driver that looks for the
one architecture finds it where it was. UNTRIED on a GPU.
"""

import mmap
import struct
import sys

CONTAINER = struct.pack("<I", 0xBA55ED50)
path, keep = sys.argv[1], int(sys.argv[2])
kept = zeroed = 0
with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as library:
    at = library.find(CONTAINER)
    while at >= 0:
        _, version, header, size = struct.unpack_from("<IHHQ", library, at)
        end = at + header + size
        if version != 1 or header != 16 or end > len(library):
            at = library.find(CONTAINER, at + 4)
            continue
        entry = at + header
        while entry + 64 <= end:
            # kind, version, header size, payload size (padded); the architecture is the 32 bits at 28
            _, _, entry_header, payload = struct.unpack_from("<HHIQ", library, entry)
            if entry_header < 32 or entry + entry_header + payload > end:
                break
            (architecture,) = struct.unpack_from("<I", library, entry + 28)
            begin = entry + entry_header
            if architecture == keep:
                kept += payload
            else:
                library[begin : begin + payload] = bytes(payload)
                zeroed += payload
            entry = begin + payload
        at = library.find(CONTAINER, end)
print(f"{path}: kept {kept >> 20} MiB for sm_{keep}, zeroed {zeroed >> 20} MiB")
sys.exit(0 if kept else 1)
