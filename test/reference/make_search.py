"""Writes test/fixtures/search.json: how near Optuna's TPE comes to the optimum of test functions in 100 trials.

Run: python test/reference/make_search.py > test/fixtures/search.json

Needs Optuna and no GPU. Of each function: the differences from the optimum after 100 trials, one a seed, by the TPESampler as it is by
default (over all parameters together) and over each parameter by itself; and the function's values at random
points, so that a test can tell that it has the same functions. And the densities that Optuna estimates from random points.
"""

import json
import math
import sys

import numpy as np
import optuna
from optuna.distributions import FloatDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

TRIALS = 100
SEEDS = range(20)
COUNTS = {"mixed": [0, 1, 2, 10], "sphere": [10, 26, 40]}

ALPHA = [1.0, 1.2, 3.0, 3.2]
A = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def branin(trial):
    """Dixon and Szegö 1978."""
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    """Dixon and Szegö 1978."""
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    distances = [sum(a * (xi - p / 1e4) ** 2 for a, xi, p in zip(row, x, ps)) for row, ps in zip(A, P)]
    return -sum(alpha * math.exp(-distance) for alpha, distance in zip(ALPHA, distances))


def sphere(trial):
    """Over the logarithms of four numbers, as learning rates and penalties are searched."""
    x = [trial.suggest_float(f"x{i}", 1e-6, 1, log=True) for i in range(4)]
    return sum((math.log10(xi) + 1.5 + i) ** 2 for i, xi in enumerate(x))


def mixed(trial):
    """A learning rate whose optimum is another one for each choice, and a width in steps."""
    rate = trial.suggest_float("rate", 1e-5, 1, log=True)
    optimizer = trial.suggest_categorical("optimizer", ["sgd", "momentum", "adam", "lion"])
    width = trial.suggest_int("width", 16, 512, step=16)
    best, offset = {"sgd": (-1, 0.3), "momentum": (-2, 0.1), "adam": (-3, 0), "lion": (-4, 0.2)}[optimizer]
    return (math.log10(rate) - best) ** 2 + offset + ((width - 400) / 200) ** 2


FUNCTIONS = {
    "branin": (branin, 0.39788735772973816),
    "hartmann6": (hartmann6, -3.322368011391339),
    "sphere": (sphere, 0.0),
    "mixed": (mixed, 0.0),
}


def study_of(function, sampler, trials):
    study = optuna.create_study(sampler=sampler)
    study.optimize(function, n_trials=trials)
    return study


def regrets(function, optimum, **options):
    studies = (study_of(function, optuna.samplers.TPESampler(seed=seed, **options), TRIALS) for seed in SEEDS)
    return [study.best_value - optimum for study in studies]


def values(function):
    study = study_of(function, optuna.samplers.RandomSampler(seed=0), 5)
    return [{"setting": trial.params, "value": trial.value} for trial in study.trials]


def densities(name, count):
    """Optuna's density in units of each interval's length, as estimated from so many points, at six others."""
    study = study_of(FUNCTIONS[name][0], optuna.samplers.RandomSampler(seed=count), count + 6)
    space = study.trials[0].distributions

    def internal(trials):
        return {
            name: np.asarray([distribution.to_internal_repr(trial.params[name]) for trial in trials])
            for name, distribution in space.items()
        }

    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    estimate = _ParzenEstimator(internal(study.trials[:count]), space, parameters)
    floats = [domain for domain in space.values() if isinstance(domain, FloatDistribution)]
    length = math.prod(math.log(domain.high / domain.low) for domain in floats)
    logarithms = estimate.log_pdf(internal(study.trials[count:])) + math.log(length)
    return {
        "function": name,
        "observed": [trial.params for trial in study.trials[:count]],
        "logDensities": [
            {"setting": trial.params, "value": float(value)}
            for trial, value in zip(study.trials[count:], logarithms)
        ],
    }


optuna.logging.set_verbosity(optuna.logging.WARNING)
fixture = {
    "madeBy": "test/reference/make_search.py",
    "optuna": optuna.__version__,
    "trials": TRIALS,
    # Of more points than 16, NumPy sorts equal ones in no certain order: there are none in `sphere`.
    "densities": [densities(name, count) for name in ("mixed", "sphere") for count in COUNTS[name]],
    "functions": {
        name: {
            "optimum": optimum,
            "values": values(function),
            "regrets": {
                "together": regrets(function, optimum),
                "alone": regrets(function, optimum, multivariate=False),
            },
        }
        for name, (function, optimum) in FUNCTIONS.items()
    },
}
json.dump(fixture, sys.stdout, indent=1)
print()
