"""Writes test/fixtures/paired.json: Student's t, paired t-tests and their intervals by SciPy, Holm's method by SciPy's p-values.

Run with any Python that has scipy: python test/reference/make_paired.py
"""

import json
import pathlib
import random

import numpy as np
import scipy
from scipy import stats

random.seed(11)
T = [0.0, 0.01, 0.5, 1.0, 1.7, 2.5, 4.0, 9.0, 31.0, 1000.0]
FREEDOMS = [1, 2, 3, 4, 5, 7, 9, 10, 19, 29, 30, 31, 99, 500]

tails = [{"t": t, "freedom": n, "p": float(2 * stats.t.sf(t, n))} for n in FREEDOMS for t in T]
quantiles = [
    {"probability": p, "freedom": n, "t": float(stats.t.isf(p / 2, n))}
    for n in FREEDOMS
    for p in [0.5, 0.1, 0.05, 0.01, 1e-4]
]


def pair(count: int, shift: float, noise: float) -> dict:
    first = [round(random.uniform(60, 95), 2) for _ in range(count)]
    second = [round(value + random.gauss(shift, noise), 2) for value in first]
    test = stats.ttest_rel(first, second)
    interval = test.confidence_interval(0.95)
    return {
        "first": first,
        "second": second,
        "mean": float(np.mean(np.subtract(first, second))),
        "deviation": float(np.std(np.subtract(first, second), ddof=1)),
        "interval": [float(interval.low), float(interval.high)],
        "p": float(test.pvalue),
    }


pairs = [pair(n, shift, noise) for n in [2, 3, 5, 10, 40] for shift, noise in [(0, 1), (2, 1), (-5, 0.5)]]


def holm(values: list[float]) -> list[float]:
    """Of its definition: with hypotheses sorted, the largest of (m - j + 1) p over all j up to its own, at most 1."""
    ordered = sorted(values)
    count = len(values)
    return [
        min(1.0, max((count - j) * ordered[j] for j in range(ordered.index(value) + 1))) for value in values
    ]


families = [[each["p"] for each in pairs], [0.01, 0.04, 0.03, 0.005], [0.5], [0.02, 0.02, 0.9]]
result = {
    "scipy": scipy.__version__,
    "tails": tails,
    "quantiles": quantiles,
    "pairs": pairs,
    "holm": [{"probabilities": family, "adjusted": holm(family)} for family in families],
}
path = pathlib.Path(__file__).parent.parent / "fixtures" / "paired.json"
path.write_text(json.dumps(result, indent=1) + "\n")
