"""Weights between cl-torch and PyTorch, for weights.test.ts.

weights.py make FILE     a network like the article's, saved by safetensors.torch under the reference implementation's names; beside it
                         FILE.io with inputs and the logits that PyTorch computes
weights.py compare A B   the largest difference between the weights of two files, matched by their order in the network
weights.py logits FILE IO  the largest difference between the logits in IO and those of the network in FILE
"""
import json
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

LISTING = ["fc1", "fc2", "fc_before_last", "fc_out"]


def network(tensors):
    ours = [f"layers.{i}" for i in range(len(tensors) // 2)]
    names = ours if f"{ours[0]}.weight" in tensors else LISTING
    return [(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in names]


def logits(layers, inputs):
    for weight, bias in layers[:-1]:
        inputs = torch.relu(nn.functional.linear(inputs, weight, bias))
    return nn.functional.linear(inputs, *layers[-1])


def make(path):
    torch.manual_seed(5)
    widths = [784, 400, 400, 400, 10]
    model = nn.ModuleDict({name: nn.Linear(*widths[i : i + 2]) for i, name in enumerate(LISTING)})
    save_file(model.state_dict(), path)
    inputs = torch.rand(300, 784)
    outputs = logits(network(load_file(path)), inputs)
    save_file({"inputs": inputs, "logits": outputs.detach()}, path + ".io")
    return {}


def compare(a, b):
    pairs = zip(network(load_file(a)), network(load_file(b)), strict=True)
    return {"difference": max(float((x - y).abs().max()) for p, q in pairs for x, y in zip(p, q, strict=True))}


def logits_difference(path, io):
    known = load_file(io)
    difference = logits(network(load_file(path)), known["inputs"]) - known["logits"]
    return {"difference": float(difference.abs().max()), "largest": float(known["logits"].abs().max())}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"make": make, "compare": compare, "logits": logits_difference}[command](*arguments)))
