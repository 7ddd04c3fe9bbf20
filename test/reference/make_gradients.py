"""Writes test/fixtures/gradients.json: cross-entropy and its gradient by PyTorch's autograd in float64.

    python make_gradients.py > ../fixtures/gradients.json && npx biome format --write ../fixtures

Networks of several shapes, with ReLU between the layers, on made-up examples. Needs torch only.
"""

import json

import torch
from torch.nn import functional

SHAPES = [[10, 4], [6, 5, 3], [12, 9, 7, 3], [30, 16, 16, 16, 10]]
BATCHES = [1, 7, 33]


def draw_parameters(layers, generator):
    tensors = []
    for inputs, units in zip(layers, layers[1:]):
        for shape in ((units, inputs), (units,)):
            tensors.append(torch.randn(shape, generator=generator) / inputs**0.5)  # float32, as the addon holds them
    return tensors


def loss_and_gradient(parameters, pixels, labels):
    tensors = [tensor.double().requires_grad_() for tensor in parameters]
    activations = pixels.double() / 255
    for layer in range(0, len(tensors), 2):
        if layer > 0:
            activations = functional.relu(activations)
        activations = functional.linear(activations, tensors[layer], tensors[layer + 1])
    loss = functional.cross_entropy(activations, labels)
    loss.backward()
    return loss.item(), [tensor.grad.flatten().tolist() for tensor in tensors]


def describe(layers, generator):
    parameters = draw_parameters(layers, generator)
    rows = max(BATCHES)
    images = torch.randint(0, 256, (rows, layers[0]), generator=generator, dtype=torch.uint8)
    labels = torch.randint(0, layers[-1], (rows,), generator=generator)
    batches = []
    for count in BATCHES:
        loss, gradient = loss_and_gradient(parameters, images[:count], labels[:count])
        batches.append({"rows": count, "loss": loss, "gradient": gradient})
    return {
        "layers": layers,
        "parameters": [tensor.flatten().tolist() for tensor in parameters],
        "images": images.flatten().tolist(),
        "labels": labels.tolist(),
        "batches": batches,
    }


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(2024)
    print(json.dumps([describe(layers, generator) for layers in SHAPES]))
