"""Writes test/fixtures/direction.json: the less-forgetting direction and the equilibrium point of a 6-5-3 network.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_direction.py > ../fixtures/direction.json

Written from the article's formulas with autograd of the objectives themselves, so that it shares no derivation with
the addon: g(nu) = mean over r of L_M(w_t + r nu) / r, and L_M((1 - lambda) w_t + lambda w_{t+1}). Vectors hold
weight0, bias0, weight1, bias1, flattened. Needs torch only.
"""

import json
import os

import torch
from torch.func import functional_call
from torch.nn import functional

ROWS, LAYERS = 11, [6, 5, 3]
RATIOS = [0.3, 0.5, 0.7, 0.9, 1.0]
RADIUS, MOMENTUM = 2.0, 0.7
DIRECTION = {"iterations": 200, "learningRate": 0.05}
RECORDED = [1, 10, 50, 100, 200]
EQUILIBRIUM = {"iterations": 40, "learningRate": 0.1}
CLIP, START_LAMBDA, LAMBDAS = 5.0, 0.5, [0.0, 0.25, 0.5, 1.0, 1.3]
SEED = 49

images = [[(row * 37 + column * 101) % 256 for column in range(LAYERS[0])] for row in range(ROWS)]
labels = [row % LAYERS[-1] for row in range(ROWS)]
network = torch.nn.Sequential(
    torch.nn.Linear(LAYERS[0], LAYERS[1]), torch.nn.ReLU(), torch.nn.Linear(LAYERS[1], LAYERS[2])
)
SHAPES = {name: parameter.shape for name, parameter in network.named_parameters()}
SIZES = [shape.numel() for shape in SHAPES.values()]


def memory_loss(vector):
    parts = vector.split(SIZES)
    parameters = {name: part.view(shape) for (name, shape), part in zip(SHAPES.items(), parts)}
    outputs = functional_call(network, parameters, torch.tensor(images).to(vector.dtype) / 255)
    return functional.cross_entropy(outputs, torch.tensor(labels))


def value_and_gradient(function, point):
    point = point.detach().requires_grad_()
    value = function(point)
    return value.item(), torch.autograd.grad(value, point)[0]


def central_differences(function, point, step=1e-5):
    shifts = step * torch.eye(len(point), dtype=point.dtype)
    return torch.stack([(function(point + shift) - function(point - shift)) / (2 * step) for shift in shifts])


def learning_rate(schedule, iteration):
    """Divided by 10 at half and again at three quarters of the iterations."""
    milestones = (schedule["iterations"] // 2, schedule["iterations"] * 3 // 4)
    return schedule["learningRate"] / 10 ** sum(iteration >= milestone for milestone in milestones)


def on_spheres(vector, sizes):
    return torch.cat([RADIUS * part / part.norm() for part in vector.split(sizes)])


def tangent(point, vector, sizes):
    pairs = zip(point.split(sizes), vector.split(sizes))
    return torch.cat([v - (p @ v) / (p @ p) * p for p, v in pairs])


def search(objective, start, sizes):
    """Riemannian SGD with momentum; `sizes` says how long each sphere's part of the vector is."""
    nu, momentum, points = start, torch.zeros_like(start), []
    for iteration in range(DIRECTION["iterations"]):
        _, gradient = value_and_gradient(objective, nu)
        momentum = MOMENTUM * momentum + tangent(nu, gradient, sizes)
        nu = on_spheres(nu - learning_rate(DIRECTION, iteration) * momentum, sizes)
        momentum = tangent(nu, momentum, sizes)
        if iteration + 1 in RECORDED:
            points.append({"iterations": iteration + 1, "objective": objective(nu).item(), "nu": nu.tolist()})
    return points


def direction_variant(parameters, random_start, sizes):
    def objective_around(centre):
        return lambda nu: torch.stack([memory_loss(centre + r * nu) / r for r in RATIOS]).mean()

    start = on_spheres(random_start, sizes)
    objective = objective_around(parameters)
    value, gradient = value_and_gradient(objective, start)
    differences = central_differences(objective, start)
    torch.testing.assert_close(gradient, differences, rtol=0, atol=1e-6)
    return {
        "start": start.tolist(),
        "objectiveAtStart": value,
        "gradientAtStart": {"autograd": gradient.tolist(), "centralDifferences": differences.tolist()},
        "float64": search(objective, start, sizes),
        "float32": search(objective_around(parameters.float()), start.float(), sizes),
    }


def equilibrium(before, after):
    def loss_at(lam):
        return memory_loss((1 - lam) * before + lam * after)

    def scalar(value):
        return torch.tensor(value, dtype=before.dtype)

    derivatives = []
    for lam in LAMBDAS:
        value, derivative = value_and_gradient(loss_at, scalar(lam))
        derivatives.append({"lambda": lam, "loss": value, "derivative": derivative.item()})
    trajectory, lam = [], START_LAMBDA
    for iteration in range(EQUILIBRIUM["iterations"]):
        _, derivative = value_and_gradient(loss_at, scalar(lam))
        lam -= learning_rate(EQUILIBRIUM, iteration) * max(-CLIP, min(CLIP, derivative.item()))
        trajectory.append(lam)
    return {
        **EQUILIBRIUM,
        "gradientClip": CLIP,
        "startLambda": START_LAMBDA,
        "before": before.tolist(),
        "after": after.tolist(),
        "derivatives": derivatives,
        "lambdas": trajectory,
    }


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    # Drawn in float32, so that both precisions start from the same parameters. With this seed and these scales
    # lambda's steps are clipped in both directions, it still moves when its rate falls, and it ends beyond 1.
    parameters, before, random_start = ((scale * torch.randn(sum(SIZES))).double() for scale in (0.7, 2.5, 1.0))
    print(
        json.dumps(
            {
                "torch": torch.__version__.split("+")[0],
                "environment": {name: os.environ.get(name) for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY")},
                "layers": LAYERS,
                "images": sum(images, []),
                "labels": labels,
                "direction": {
                    **DIRECTION,
                    "momentum": MOMENTUM,
                    "radius": RADIUS,
                    "ratios": RATIOS,
                    "parameters": parameters.tolist(),
                    "global": direction_variant(parameters, random_start, [sum(SIZES)]),
                    "perTensor": direction_variant(parameters, random_start, SIZES),
                },
                "equilibrium": equilibrium(before, parameters),
            }
        )
    )


if __name__ == "__main__":
    main()
