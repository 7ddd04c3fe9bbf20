"""Writes assets/digits: the 8 x 8 digits of scikit-learn (digits.csv.gz) as the four gzipped files of the IDX format.

    python make_digits.py .../sklearn/datasets/data/digits.csv.gz ../../assets/digits

The first 1437 rows are for training, the last 360 for testing. A pixel from 0 to 16 becomes a byte, 255 / 16 times as much.
"""

import gzip
import pathlib
import struct
import sys

TRAIN_ROWS = 1437


def idx(dims, values):
    return struct.pack(f">HBB{len(dims)}I", 0, 8, len(dims), *dims) + bytes(values)


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = [[int(float(value)) for value in line.split(",")] for line in gzip.open(source, "rt")]
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", rows[:TRAIN_ROWS]), ("t10k", rows[TRAIN_ROWS:])):
        pixels = [(value * 255 + 8) // 16 for row in part for value in row[:64]]
        files = {
            f"{name}-images-idx3-ubyte.gz": idx([len(part), 8, 8], pixels),
            f"{name}-labels-idx1-ubyte.gz": idx([len(part)], [row[64] for row in part]),
        }
        for file, content in files.items():
            (folder / file).write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main()
