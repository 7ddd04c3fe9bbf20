"""Writes test/fixtures/numpy-rounding.json: rows of accuracies with numpy's mean and round(mean, 2).

Run with any Python that has numpy: python test/reference/make_numpy_rounding.py
"""

import json
import pathlib
import random

import numpy as np

random.seed(7)
LENGTHS = [*range(1, 40), 63, 64, 65, 127, 128, 129, 130, 135, 136, 137, 200, 255, 256, 257, 299, 300]


def accuracy() -> float:
    """A percentage of 10,000 images, of 128 images, or any number."""
    return random.choice(
        [100.0 * random.randrange(10_001) / 10_000, 100.0 * random.randrange(129) / 128, random.uniform(0, 100)]
    )


def entry(row: list[float]) -> dict:
    mean = np.mean(row)
    return {"row": row, "mean": float(mean), "rounded": float(np.round(mean, 2))}


rows = [[accuracy() for _ in range(length)] for length in LENGTHS for _ in range(4)]
# Hundredths and their halves: where rounding ties, and where the binary value is just off the tie.
rows += [[thousandths / 1000] for thousandths in range(5, 100_000, 1370)]
rows += [[quarters / 8, 0.0] for quarters in range(1, 60)]
path = pathlib.Path(__file__).parent.parent / "fixtures" / "numpy-rounding.json"
path.write_text(json.dumps({"numpy": np.__version__, "entries": [entry(row) for row in rows]}) + "\n")
