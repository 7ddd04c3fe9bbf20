"""Writes test/fixtures/python-random.json: what CPython's random module draws.

Run: python3 test/reference/make_python_random.py > test/fixtures/python-random.json && npx biome format --write test/fixtures
"""

import array
import hashlib
import json
import platform
import random
import sys

SEEDS = [0, 1, 2024, 2**32 - 1, 2**32, 2**32 + 2024, 2**53 - 1]
BOUNDS = [1, 2, 3, 8, 10, 784, 60000, 2**31 - 1, 2**31, 2**32 - 1]


def after_seeding(seed, draw, arguments):
    random.seed(seed)
    return [draw(argument) for argument in arguments]


def shuffled(length):
    items = list(range(length))
    random.shuffle(items)
    return items


def draws(seed):
    return {
        "seed": seed,
        # 1300 outputs need the generator to renew its 624 words twice.
        "bits32Sha256": sha256("I", after_seeding(seed, random.getrandbits, [32] * 1300)),
        "bits32": after_seeding(seed, random.getrandbits, [32] * 5),
        "bitsOfEachWidth": after_seeding(seed, random.getrandbits, range(1, 33)),
        "below": after_seeding(seed, random.randrange, BOUNDS),
        "shuffleOf10": after_seeding(seed, shuffled, [10])[0],
    }


def sha256(code, numbers):
    packed = array.array(code, numbers)
    assert packed.itemsize == 4 and sys.byteorder == "little"
    return hashlib.sha256(packed.tobytes()).hexdigest()


def permutations(seed, count, length):
    rows = after_seeding(seed, shuffled, [length] * count)
    return {
        "seed": seed,
        "length": length,
        "firstTen": [row[:10] for row in rows],
        "sha256": [sha256("i", row) for row in rows],
    }


json.dump(
    {
        "madeBy": "test/reference/make_python_random.py",
        "python": platform.python_version(),
        "bounds": BOUNDS,
        "draws": [draws(seed) for seed in SEEDS],
        "permutations": permutations(2024, 10, 784),
    },
    sys.stdout,
    indent=1,
)
print()
