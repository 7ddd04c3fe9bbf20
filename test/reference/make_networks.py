"""Writes test/fixtures/networks.json: small convolutional networks trained by stock PyTorch on made-up images.

    python make_networks.py > ../fixtures/networks.json

The modules are those of scripts/networks.py, written with torch.nn as the literature and torchvision have them. Every
tensor is told by two sums with known weights (of its numbers by cos(i + 1), and of their squares): the convolutions of
another processor may round otherwise. With --full each is there number by number, for the live test on this machine; on
a GPU with --device cuda, in another format with --precision.
Needs torch only.
"""

import argparse
import json
import math
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
from networks import make_network

ROWS, CLASSES, SEED, BATCH_SIZE, EPOCHS, FIRST = 21, 3, 7, 8, 7, 5
SGD = {"lr": 0.002, "momentum": 0.7, "weight_decay": 0.01}
ADAM = {"lr": 0.0005, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}
CASES = [
    {
        "kind": "mlp",
        "input": [12],
        "hidden": [9, 6],
        "activation": "gelu",
        "bias": "off",
        "norm": "batch",
        "optimizer": "sgd",
    },
    {"kind": "mlp", "input": [12], "hidden": [9, 6], "activation": "tanh", "dropout": 0.25, "optimizer": "adam"},
    {"kind": "mlp", "input": [12], "hidden": [8], "activation": "silu", "optimizer": "sgd"},
    {"kind": "mlp", "input": [12], "hidden": [8], "activation": "leaky-relu", "optimizer": "sgd"},
    {"kind": "cnn", "input": [3, 9, 8], "channels": [4, 5], "kernel": 3, "hidden": [6], "optimizer": "sgd"},
    {"kind": "cnn", "input": [1, 8, 8], "channels": [3], "kernel": 5, "hidden": [], "optimizer": "adam"},
    {"kind": "resnet18", "input": [3, 18, 16], "width": 3, "stem": 32, "norm": "batch", "optimizer": "sgd"},
    {"kind": "resnet18", "input": [1, 9, 13], "width": 3, "stem": 32, "norm": "group", "optimizer": "sgd"},
    {
        "kind": "resnet18",
        "input": [3, 18, 16],
        "width": 3,
        "stem": 32,
        "norm": "batch",
        "optimizer": "sgd",
        "freeze": ["conv1", "bn1", "layer1", "layer2.0.conv2"],
    },
    {"kind": "resnet18", "input": [3, 37, 70], "width": 2, "stem": 224, "norm": "batch", "optimizer": "adam"},
]
# Told with --full alone: their losses differ by 1e-2 from one class of processors to another.
LIVE_CASES = [
    {"kind": "resnet18", "input": [3, 16, 20], "width": 16, "stem": 32, "norm": "group", "optimizer": "sgd"},
    {"kind": "resnet18", "input": [1, 32, 32], "width": 16, "stem": 32, "norm": "group", "optimizer": "sgd"},
    {"kind": "resnet18", "input": [3, 32, 32], "width": 8, "stem": 32, "norm": "batch", "optimizer": "sgd"},
    {"kind": "resnet18", "input": [3, 32, 32], "width": 20, "stem": 32, "norm": "batch", "optimizer": "sgd"},
]


def freeze(model, layers):
    is_frozen = lambda name: any(f"{name}.".startswith(f"{layer}.") for layer in layers)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not is_frozen(name))
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d) and is_frozen(name):
            module.eval()
    return [name for name, _ in model.named_parameters() if is_frozen(name)]


def tell(tensor, full):
    numbers = tensor.detach().contiguous().flatten()
    if full:
        return numbers.tolist()
    numbers = numbers.double()
    weights = torch.cos(torch.arange(1, numbers.numel() + 1, dtype=torch.float64))
    return [float((numbers * weights).sum()), float((numbers * numbers).sum())]


def has_channels_last(case, device):
    """Whether the network works with its channels last in memory, where PyTorch is fastest, too."""
    return device == "cpu" and case["kind"] == "resnet18" and case["width"] >= 16


def run(case, full, device, precision):
    channels_last = has_channels_last(case, device)
    laid_out = lambda images: images.contiguous(memory_format=torch.channels_last) if channels_last else images
    autocast = lambda: torch.autocast(device, torch.bfloat16, enabled=precision == "bf16")
    features = math.prod(case["input"])
    images = [(row * row * 37 + column * 101 + row * column % 97 * 19) % 256 for row in range(ROWS) for column in range(features)]
    labels = [row * row % CLASSES for row in range(ROWS)]
    inputs = torch.tensor(images, dtype=torch.uint8).view(ROWS, *case["input"]).float() / 255
    targets = torch.tensor(labels)
    torch.manual_seed(SEED)
    model = make_network({**case, "classes": CLASSES})
    model, inputs, targets = model.to(device), inputs.to(device), targets.to(device)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    parameters = [parameter for _, parameter in model.named_parameters()]
    frozen = freeze(model, case.get("freeze", []))
    all_of = lambda tensors: [tell(tensor, full) for tensor in tensors]
    told = {"initial": all_of(parameters)}
    optimizer = (
        torch.optim.SGD(parameters, **SGD) if case["optimizer"] == "sgd" else torch.optim.Adam(parameters, **ADAM)
    )
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=BATCH_SIZE, shuffle=True)
    losses = []
    for _ in range(EPOCHS):
        for batch, batch_labels in loader:
            optimizer.zero_grad()
            with autocast():
                loss = functional.cross_entropy(model(laid_out(batch)), batch_labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    buffers = {name: buffer for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked")}
    told |= {"losses": losses, "final": all_of(parameters), "buffers": all_of(buffers.values())}
    model.eval()
    model.zero_grad()
    with autocast():
        told["logits"] = tell(model(laid_out(inputs)).float(), True)
        loss = functional.cross_entropy(model(laid_out(inputs[:FIRST])), targets[:FIRST])
    loss.backward()
    told["gradients"] = all_of(torch.zeros_like(each) if each.grad is None else each.grad for each in parameters)
    # Which also counts in modules that are frozen.
    update_bn([laid_out(batch) for batch in inputs.split(BATCH_SIZE)], model)
    told["estimated"] = None if frozen else all_of(buffers.values())
    return {
        **case,
        "names": [name for name, _ in model.named_parameters()],
        "shapes": [list(parameter.shape) for parameter in parameters],
        "bufferNames": list(buffers),
        "frozen": frozen,
        **told,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["fp32", "tf32", "bf16"], default="fp32", help="on a GPU")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.backends.cudnn.deterministic = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = args.precision == "tf32"
    # A GPU draws what dropout leaves out by a generator of its own.
    cases = [
        case
        for case in CASES + (LIVE_CASES if args.full else [])
        if args.device == "cpu" or not case.get("dropout")
    ]
    print(
        json.dumps(
            {
                "torch": torch.__version__.split("+")[0],
                "cpuCapability": torch.backends.cpu.get_cpu_capability(),
                "rows": ROWS,
                "classes": CLASSES,
                "seed": SEED,
                "batchSize": BATCH_SIZE,
                "epochs": EPOCHS,
                "first": FIRST,
                "sgd": SGD,
                "adam": ADAM,
                "cases": [run(case, args.full, args.device, args.precision) for case in cases],
            }
        )
    )


if __name__ == "__main__":
    main()
