"""Writes test/fixtures/optimizers-amd.json, -intel.json or -clipped.json: what PyTorch's optimizers make of a layer of
16 inputs.

    python make_optimizers.py > ../fixtures/optimizers-intel.json
    python make_optimizers.py --clipped > ../fixtures/optimizers-clipped.json

The layer's two biases lie so far apart that the softmax is 0 and 1 to the last bit, and a batch is one row. So each
gradient is 0 or +-1 times the row's inputs, whatever the processor, and what is compared is the optimizer's arithmetic
alone, in which the square roots of Adam are MKL's: their last bit depends on the processor's maker. 32 weights fill whole vector registers.

With --clipped the gradients are clipped by torch.nn.utils.clip_grad_norm_, and the rates have a warm-up. The inputs are 0
or 1 there, so that every sum of squares is exact in any order. With --layers 64,40,10 it trains such a network instead, on rows of the
same kind in batches of 32, clipped and not, whose sums depend on the processor and the threads: the live test runs that beside the
addon. Needs torch only.
"""

import argparse
import json
import math

import torch
from torch.nn import functional
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

SEED, EPOCHS, APART = 7, 5, 1e6
ADAM = {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-6}
STEPS = {"schedule": "steps", "milestones": [1, 3], "gamma": 0.3}
COSINE = {"schedule": "cosine", "min_lr": 1e-4}
RESTARTS = {"schedule": "restarts", "restart_epochs": 1, "restart_factor": 2, "min_lr": 1e-4}
CASES = [
    {"kind": "adamw", "options": {**ADAM, "weight_decay": 0.1}},
    {"kind": "adamw", "options": {**ADAM, "weight_decay": 0}, **COSINE},
    {"kind": "adam", "options": {**ADAM, "weight_decay": 0.1}},
    {"kind": "adam", "options": {**ADAM, "weight_decay": 0}, **STEPS},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0}},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0.02}, **STEPS},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0, "momentum": 0.9}, **COSINE},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0.02, "momentum": 0.9}, **RESTARTS},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0, "momentum": 0.7, "nesterov": True}, **RESTARTS},
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0.02, "momentum": 0.7, "nesterov": True}},
]
WARM_UP = {"warm_up_epochs": 2, "warm_up_factor": 0.3}
SGD = {"lr": 0.03, "weight_decay": 0.02, "momentum": 0.9}
CLIPPED = [
    {"kind": "sgd", "options": {"lr": 0.03, "weight_decay": 0}, "clip": 3.9},
    {"kind": "sgd", "options": SGD, "clip": 3.9, **RESTARTS, **WARM_UP},
    {"kind": "sgd", "options": {**SGD, "nesterov": True}, "clip": 3.9, **COSINE, **WARM_UP},
]
LIVE = [
    {"kind": "sgd", "options": {"lr": 0.5, "weight_decay": 0}, "clip": 0.9},
    {"kind": "sgd", "options": SGD, "clip": 0.9, **RESTARTS, **WARM_UP},
    {"kind": "adam", "options": {**ADAM, "weight_decay": 0.1}, "clip": 0.9},
    {"kind": "adamw", "options": {**ADAM, "weight_decay": 0.1}, "clip": 0.9, **STEPS, **WARM_UP},
]
# Learning rate, epochs of the task, and the schedule.
RATES = [
    (0.1, 30, {"schedule": "steps", "milestones": [2, 3, 17], "gamma": 0.1}),
    (0.3, 12, {"schedule": "steps", "milestones": [1, 5, 6, 40], "gamma": 0.7}),
    (0.1, 24, {"schedule": "cosine", "min_lr": 0}),
    (0.05, 7, {"schedule": "cosine", "min_lr": 0.003}),
    (1e-3, 1, {"schedule": "cosine", "min_lr": 1e-5}),
    (0.1, 20, {"schedule": "restarts", "restart_epochs": 5, "restart_factor": 1, "min_lr": 0}),
    (0.1, 40, {"schedule": "restarts", "restart_epochs": 3, "restart_factor": 2, "min_lr": 0.002}),
    (0.02, 9, {"schedule": "restarts", "restart_epochs": 1, "restart_factor": 3, "min_lr": 1e-6}),
]
WARMED_RATES = [
    (0.05, 128, {**RESTARTS, "min_lr": 0.0005, "warm_up_epochs": 1, "warm_up_factor": 0.1}),
    (0.1, 24, {**COSINE, **WARM_UP}),
    (0.3, 12, {**STEPS, "warm_up_epochs": 3, "warm_up_factor": 0.7}),
    (0.1, 5, {"schedule": "constant", **WARM_UP}),
    (0.1, 3, {**COSINE, "warm_up_epochs": 4, "warm_up_factor": 1}),
]
OPTIMIZERS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam, "sgd": torch.optim.SGD}


def make_scheduler(optimizer, epochs, schedule="constant", milestones=None, gamma=None, restart_epochs=None,
                   restart_factor=None, min_lr=None):
    if schedule == "steps":
        return lr_scheduler.MultiStepLR(optimizer, milestones, gamma)
    if schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, epochs, min_lr)
    if schedule == "restarts":
        return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, restart_epochs, restart_factor, min_lr)
    return lr_scheduler.ConstantLR(optimizer, factor=1)


class Rates:
    """Sets the learning rate before each epoch: by hand in a warm-up, and then as a scheduler that is new after it."""

    def __init__(self, optimizer, epochs, warm_up_epochs=0, warm_up_factor=None, **schedule):
        self.optimizer, self.rate = optimizer, optimizer.param_groups[0]["lr"]
        self.epochs, self.schedule = epochs, schedule
        self.warm_up_epochs, self.warm_up_factor = warm_up_epochs, warm_up_factor

    def begin(self, epoch):
        (group,) = self.optimizer.param_groups
        if epoch < self.warm_up_epochs:
            group["lr"] = self.rate * self.warm_up_factor
        elif epoch == self.warm_up_epochs:
            group["lr"] = self.rate
            self.scheduler = make_scheduler(self.optimizer, self.epochs - epoch, **self.schedule)
        else:
            self.scheduler.step()
        return group["lr"]


def rates(rate, epochs, schedule):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=rate)
    all_rates = Rates(optimizer, epochs, **schedule)
    seen = []
    for epoch in range(epochs):
        seen.append(all_rates.begin(epoch))
        optimizer.step()
    return seen


def make_model(widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def train(case, widths, rows, batch_size):
    inputs = torch.tensor(rows["images"], dtype=torch.uint8).view(-1, widths[0]).float() / 255
    torch.manual_seed(SEED)
    model = make_model(widths)
    if len(widths) == 2:
        with torch.no_grad():
            model[0].bias.copy_(torch.tensor([-APART, APART]))
    dataset = TensorDataset(inputs, torch.tensor(rows["labels"]))
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    optimizer = OPTIMIZERS[case["kind"]](model.parameters(), **case["options"])
    schedule = {name: value for name, value in case.items() if name not in ("kind", "options", "clip")}
    all_rates = Rates(optimizer, EPOCHS, **schedule)
    losses, norms = [], []
    for epoch in range(EPOCHS):
        all_rates.begin(epoch)
        for batch, labels in loader:
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(batch), labels)
            loss.backward()
            if "clip" in case:
                norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), case["clip"]).item())
            optimizer.step()
            losses.append(loss.item())
    assert "clip" not in case or min(norms) < case["clip"] < max(norms), (case, min(norms), max(norms))
    return {"losses": losses, "final": [parameter.detach().flatten().tolist() for parameter in model.parameters()]}


def made_up_rows(count, features, classes):
    return {
        "images": [(row * 37 + column * 101 + row * column) % 256 for row in range(count) for column in range(features)],
        "labels": [row * row % classes for row in range(count)],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", type=lambda text: [int(width) for width in text.split(",")], default=[16, 2])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clipped", action="store_true")
    arguments = parser.parse_args()
    widths, is_small = arguments.layers, len(arguments.layers) == 2
    torch.set_num_threads(arguments.threads)
    rows = made_up_rows(11 if is_small else 500, widths[0], widths[-1])
    batch_size = 1 if is_small else 32
    cases, scheduled = CASES if is_small else CASES + LIVE, RATES
    if arguments.clipped:
        rows["images"] = [255 if value > 127 else 0 for value in rows["images"]]
        cases, scheduled = CLIPPED, WARMED_RATES
    fixture = {
        "torch": torch.__version__.split("+")[0],
        "cpuCapability": torch.backends.cpu.get_cpu_capability(),
        "layers": widths,
        "batchSize": batch_size,
        "epochs": EPOCHS,
        "seed": SEED,
        **rows,
        "cases": [{**case, **train(case, widths, rows, batch_size)} for case in cases],
        "rates": [
            {"rate": rate, "epochs": epochs, **schedule, "seen": rates(rate, epochs, schedule)}
            for rate, epochs, schedule in scheduled
        ],
    }
    assert all(math.isfinite(loss) for case in fixture["cases"] for loss in case["losses"])
    print(json.dumps(fixture))


if __name__ == "__main__":
    main()
