"""The networks of cl-torch as modules of torch.nn, with the same names of parameters, drawn in the same order.

`make_network` takes what a network's specification says: kind, input, classes and the kind's own settings. What can be
computed in place is, as torchvision does, so that they need no more memory than they must. Needs torch only.
"""

import math

import torch
from torch import nn
from torch.nn import functional

class Layer(nn.Linear):
    def __init__(self, inputs, outputs, bias, norm):
        super().__init__(inputs, outputs, bias=bias)
        self.norm = nn.BatchNorm1d(outputs) if norm else nn.Identity()

    def forward(self, x):
        return self.norm(super().forward(x))


class Mlp(nn.Module):
    def __init__(self, features, hidden, classes, activation, bias, norm, dropout):
        super().__init__()
        widths = [features, *hidden, classes]
        count = len(hidden)
        self.layers = nn.ModuleList(
            Layer(a, b, bias, norm and i < count) for i, (a, b) in enumerate(zip(widths, widths[1:]))
        )
        self.activation = activation
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.dropout(self.activation(layer(x)))
        return self.layers[-1](x)


ACTIVATIONS = {
    "relu": functional.relu,
    "tanh": torch.tanh,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "leaky-relu": functional.leaky_relu,
}


class Cnn(nn.Module):
    def __init__(self, shape, channels, kernel, hidden, classes):
        super().__init__()
        sizes = [shape[0], *channels]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, kernel, padding=kernel // 2) for a, b in zip(sizes, channels)
        )
        pixels = (shape[1] >> len(channels)) * (shape[2] >> len(channels))
        widths = [channels[-1] * pixels, *hidden, classes]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for convolution in self.convolutions:
            x = functional.max_pool2d(functional.relu(convolution(x), inplace=True), 2)
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = functional.relu(layer(x))
        return self.layers[-1](x)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = norm(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = norm(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm(outputs))

    def forward(self, x):
        out = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)), inplace=True)))
        out += x if self.downsample is None else self.downsample(x)
        return functional.relu(out, inplace=True)


class ResNet18(nn.Module):
    def __init__(self, shape, width, stem, norm, classes):
        super().__init__()
        make = nn.BatchNorm2d if norm == "batch" else lambda channels: nn.GroupNorm(math.gcd(32, channels), channels)
        large = stem == 224
        kernel, stride, padding = (7, 2, 3) if large else (3, 1, 1)
        self.conv1 = nn.Conv2d(shape[0], width, kernel, stride, padding, bias=False)
        self.bn1 = make(width)
        self.pool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        inputs = width
        for stage in range(4):
            outputs = width << stage
            first = Block(inputs, outputs, 1 if stage == 0 else 2, make)
            setattr(self, f"layer{stage + 1}", nn.Sequential(first, Block(outputs, outputs, 1, make)))
            inputs = outputs
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.pool(functional.relu(self.bn1(self.conv1(x)), inplace=True))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(functional.adaptive_avg_pool2d(x, (1, 1)).flatten(1))


def make_network(spec):
    classes = spec["classes"]
    if spec["kind"] == "mlp":
        return Mlp(
            spec["input"][0],
            spec["hidden"],
            classes,
            ACTIVATIONS[spec.get("activation", "relu")],
            spec.get("bias") != "off",
            spec.get("norm") == "batch",
            spec.get("dropout", 0),
        )
    if spec["kind"] == "cnn":
        return Cnn(spec["input"], spec["channels"], spec["kernel"], spec["hidden"], classes)
    return ResNet18(spec["input"], spec["width"], spec["stem"], spec["norm"], classes)
