"""The reference: each text alone through ONNX Runtime, nothing else around it. Reads a text a line from standard input and
writes a vector a line, numbers separated by blanks."""

import argparse
import sys

from embedder import Embedder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True)
    args = parser.parse_args()
    embedder = Embedder(args.folder)
    for line in sys.stdin:
        print(" ".join(repr(float(x)) for x in embedder.embed([line.rstrip("\n")])[0]))


if __name__ == "__main__":
    main()
