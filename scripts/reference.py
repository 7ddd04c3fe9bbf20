"""Trains a method on PermutedMNIST with stock PyTorch and prints what it saw: the reference for the parity tests.

    python reference.py baseline|lfd --data DIR --tasks 3 --epochs 2 --threads 2 --losses 50 > fixture.json

`lfd` is what the article's own listing computes, which is less than the method the article describes: random unit
directions that no search improves, and no equilibrium point. DIR holds the four MNIST files, not gzipped. Needs
torch only. The JSON names what the bits depend on beside the processor's maker: the PyTorch version, the instruction
set, the threads, and the MKL_CBWR and ATEN_CPU_CAPABILITY it ran under. `--device cuda` moves the model and each batch
to a GPU.
"""

import argparse
import json
import os
import pathlib
import random
import time

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

BATCH_SIZE = 256
SEED = 2024


def read_idx(path, header_bytes):
    data = bytearray(pathlib.Path(path).read_bytes())
    return torch.frombuffer(data, dtype=torch.uint8, offset=header_bytes)


def read_split(folder, prefix):
    images = read_idx(folder / f"{prefix}-images-idx3-ubyte", 16).view(-1, 784)
    labels = read_idx(folder / f"{prefix}-labels-idx1-ubyte", 8).long()
    return images, labels


def pixel_permutations(tasks):
    random.seed(SEED)
    for _ in range(tasks):
        permutation = list(range(784))
        random.shuffle(permutation)
        yield permutation


def permuted(split, permutation):
    images, labels = split
    return TensorDataset(images.float()[:, permutation] / 255, labels)


def make_model(device):
    widths = [784, 400, 400, 400, 10]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1]).to(device)


def adamw(model, **form):
    return torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4, **form)


class Baseline:
    """Cross-entropy alone; one optimizer for each task."""

    def __init__(self, model):
        self.model = model

    def begin_epoch(self, task, epoch):
        if epoch == 0:
            self.optimizer = adamw(self.model)

    def loss(self, inputs, labels):
        return functional.cross_entropy(self.model(inputs), labels)

    def end_task(self, loader):
        pass


class Lfd(Baseline):
    """From task 1 on, penalises each tensor's offset from the last task's, save along that epoch's direction."""

    ALPHA = 0.05

    def __init__(self, model):
        super().__init__(model)
        self.directions = []
        self.remember_parameters()

    def remember_parameters(self):
        self.previous = [parameter.detach().clone() for parameter in self.model.parameters()]

    def begin_epoch(self, task, epoch):
        self.optimizer = adamw(self.model)
        if task > 0:
            drawn = (torch.randn_like(parameter) for parameter in self.model.parameters())
            self.directions = [direction / (torch.norm(direction) + 1e-8) for direction in drawn]

    def loss(self, inputs, labels):
        loss = super().loss(inputs, labels)
        return loss + self.ALPHA * self.penalty() if self.directions else loss

    def penalty(self):
        # The order of the operations is the reference implementation's: the bits depend on it.
        total = 0.0
        for parameter, previous, direction in zip(self.model.parameters(), self.previous, self.directions):
            offset = parameter - previous
            projection = torch.dot(offset.flatten(), direction.flatten()) * direction
            deviation = offset - projection
            total += (deviation**2).sum()
        return total

    def end_task(self, loader):
        # The reference implementation fills a memory that changes no number, but reading the loader moves the random stream on.
        for _ in loader:
            pass
        self.remember_parameters()


METHODS = {"baseline": Baseline, "lfd": Lfd}


def train_epoch(method, loader, losses, device):
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        method.optimizer.zero_grad()
        loss = method.loss(inputs, labels)
        loss.backward()
        method.optimizer.step()
        losses.append(loss.item())


@torch.no_grad()
def accuracy(model, loader, device):
    correct = sum((model(inputs.to(device)).argmax(1).cpu() == labels).sum().item() for inputs, labels in loader)
    return 100.0 * correct / len(loader.dataset)


def run(args):
    folder = pathlib.Path(args.data)
    train, test = read_split(folder, "train"), read_split(folder, "t10k")
    torch.manual_seed(SEED)
    model = make_model(args.device)
    method = METHODS[args.method](model)
    test_loaders, rows, losses, seconds = [], [], [], []
    for task, permutation in enumerate(pixel_permutations(args.tasks)):
        loader = DataLoader(permuted(train, permutation), batch_size=BATCH_SIZE, shuffle=True)
        test_loaders.append(DataLoader(permuted(test, permutation), batch_size=BATCH_SIZE))
        for epoch in range(args.epochs):
            start = time.perf_counter()
            method.begin_epoch(task, epoch)
            train_epoch(method, loader, losses, args.device)
            seconds.append(time.perf_counter() - start)
        method.end_task(loader)
        rows.append([accuracy(model, test_loader, args.device) for test_loader in test_loaders])
    return rows, losses, seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--losses", type=int, required=True, help="how many of the first step losses to print")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rows, losses, seconds = run(args)
    print(
        json.dumps(
            {
                "method": args.method,
                "tasks": args.tasks,
                "epochs": args.epochs,
                "threads": args.threads,
                "torch": torch.__version__.split("+")[0],
                "cpuCapability": torch.backends.cpu.get_cpu_capability(),
                "environment": {name: os.environ.get(name) for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY")},
                "losses": losses[: args.losses],
                "accuracy": rows,
                "epochSeconds": seconds,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
