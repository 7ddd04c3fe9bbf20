"""Writes test/fixtures/objective.json: parts of an objective beside cross-entropy, in stock PyTorch.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_objective.py > ../fixtures/objective.json

A first task is learnt plainly; the second one with stored outputs (LwF, DER++), a reference gradient (A-GEM), or a mask and
a path (PackNet, synaptic intelligence). All layers are 16 wide, so that the parameters lie behind each other without gaps,
as in the addon. Needs torch only.
"""

import json
import os

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

WIDTH, ROWS, MEMORY, CLASSES = 16, 50, 5, 6
SEED, BATCH_SIZE, EPOCHS = 11, 6, 3


def examples(task):
    """Images and labels; a class lights a pixel of its own. The tasks have three classes each."""
    images, labels = [], []
    for row in range(ROWS):
        label = 3 * task + (row * row + row // 5) % 3
        labels.append(label)
        for column in range(WIDTH):
            images.append((row * 37 + column * 101 + task * 11) % 160 + (90 if column == label else 0))
    return torch.tensor(images, dtype=torch.uint8).view(ROWS, -1), torch.tensor(labels)


def soft(logits, stored, temperature, known):
    """Cross-entropy of softened outputs, scaled; classes that the target does not know have no share in it."""
    logarithms = functional.log_softmax(logits / temperature, dim=1)[:, :known]
    probabilities = functional.softmax(stored[:, :known] / temperature, dim=1)
    return -(probabilities * logarithms).sum(dim=1).mean() * temperature**2


class Run:
    """The second task, with the memory and the teacher of the first."""

    def __init__(self):
        torch.manual_seed(SEED)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, WIDTH)
        )
        first = TensorDataset(*as_numbers(0))
        self.train(first, lambda inputs, labels, rows: functional.cross_entropy(self.model(inputs), labels))
        self.second = TensorDataset(*as_numbers(1), torch.arange(ROWS))
        self.memory = first[:MEMORY]
        with torch.no_grad():
            self.teacher = self.model(self.second.tensors[0])
            self.stored = self.model(self.memory[0])

    def train(self, dataset, loss_of, adjust=None, after=None):
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
        losses = []
        for _ in range(EPOCHS):
            for inputs, labels, *rows in DataLoader(dataset, batch_size=BATCH_SIZE, shuffle=True):
                optimizer.zero_grad()
                loss = loss_of(inputs, labels, rows)
                loss.backward()
                if adjust:
                    adjust()
                before = [parameter.detach().clone() for parameter in self.model.parameters()]
                optimizer.step()
                if after:
                    after(before)
                losses.append(loss.item())
        return losses

    def lwf(self, classes, known):
        def loss(inputs, labels, rows):
            logits = self.model(inputs)
            target = soft(logits[:, :classes], self.teacher[rows[0]], 2, known)
            return functional.cross_entropy(logits, labels) * 0.25 + target * 0.75

        return {"losses": self.train(self.second, loss)}

    def der(self, reduction):
        def loss(inputs, labels, rows):
            total = functional.cross_entropy(self.model(inputs), labels)
            squared = functional.mse_loss(self.model(self.memory[0]), self.stored, reduction=reduction)
            total = total + (squared / MEMORY if reduction == "sum" else squared) * 0.3
            return total + functional.cross_entropy(self.model(self.memory[0]), self.memory[1]) * 0.7

        return {"losses": self.train(self.second, loss)}

    def agem(self):
        parameters = list(self.model.parameters())
        projected = []

        def adjust():
            own = torch.cat([parameter.grad.flatten() for parameter in parameters])
            self.model.zero_grad()
            functional.cross_entropy(self.model(self.memory[0]), self.memory[1]).backward()
            reference = torch.cat([parameter.grad.flatten() for parameter in parameters])
            dot = torch.dot(reference, own)
            projected.append(bool(dot < 0))
            if dot < 0:
                own = own - dot / torch.dot(reference, reference) * reference
            for parameter, part in zip(parameters, own.split([parameter.numel() for parameter in parameters])):
                parameter.grad = part.view_as(parameter).clone()

        plain = lambda inputs, labels, rows: functional.cross_entropy(self.model(inputs), labels)
        losses = self.train(self.second, plain, adjust)
        return {"losses": losses, "projected": sum(projected)}

    def watched(self):
        parameters = list(self.model.parameters())
        path = [torch.zeros_like(parameter) for parameter in parameters]
        frozen = (torch.arange(sum(parameter.numel() for parameter in parameters)) % 5 == 0).split(
            [parameter.numel() for parameter in parameters]
        )
        frozen = [part.view_as(parameter) for part, parameter in zip(frozen, parameters)]

        def adjust():
            for parameter, part in zip(parameters, frozen):
                parameter.grad.masked_fill_(part, 0)

        def after(before):
            with torch.no_grad():
                for parameter, old, part, total in zip(parameters, before, frozen, path):
                    parameter[part] = old[part]
                    total.add_(-parameter.grad * (parameter - old))

        plain = lambda inputs, labels, rows: functional.cross_entropy(self.model(inputs), labels)
        losses = self.train(self.second, plain, adjust, after)
        return {"losses": losses, "path": torch.cat([part.flatten() for part in path]).tolist()}

    def end(self, name, told):
        parameters = torch.cat([parameter.detach().flatten() for parameter in self.model.parameters()])
        return {"name": name, **told, "parameters": parameters.tolist()}


def as_numbers(task):
    images, labels = examples(task)
    return images.float() / 255, labels


def main():
    torch.set_num_threads(1)
    runs = {
        "lwf": lambda run: run.lwf(CLASSES, CLASSES),
        "lwf-known": lambda run: run.lwf(CLASSES, 3),
        "derpp": lambda run: run.der("mean"),
        "derpp-sum": lambda run: run.der("sum"),
        "agem": lambda run: run.agem(),
        "watched": lambda run: run.watched(),
    }
    done = []
    for name, learn in runs.items():
        run = Run()
        done.append(run.end(name, learn(run)))
    print(
        json.dumps(
            {
                "torch": torch.__version__.split("+")[0],
                "environment": {name: os.environ.get(name) for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY")},
                "runs": done,
            }
        )
    )


if __name__ == "__main__":
    main()
