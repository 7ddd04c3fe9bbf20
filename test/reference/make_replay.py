"""Writes test/fixtures/replay.json: methods that learn from a memory, each from its formula, in stock PyTorch.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_replay.py > ../fixtures/replay.json

Data, network and training are those of methods.py. Memories are drawn whole, or hold all that there was, so that nothing depends on
what a step draws. Needs torch only.
"""

import copy
import random

import torch
from make_scenarios import PER_TASK, SEED
from methods import LEARNING_RATE, MEMORY, Method, Remembering, head, write
from torch.nn import functional
from torch.utils.data import TensorDataset


def own_logits(logits, labels):
    """Of each row, the outputs of its own task, and its label among them."""
    columns = (labels // PER_TASK * PER_TASK).unsqueeze(1) + torch.arange(PER_TASK)
    return logits.gather(1, columns), labels % PER_TASK


def entropy(model, inputs, labels):
    return functional.cross_entropy(*own_logits(model(inputs), labels))


def stream_of(task):
    stream = random.Random(SEED)
    seeds = [stream.getrandbits(32) for _ in range(task + 1)]
    return random.Random(seeds[-1])


class Separate(Remembering):
    """The batch's loss and the memory's, a mean each."""

    def loss(self, model, task, inputs, labels):
        loss = super().loss(model, task, inputs, labels)
        return loss + self.entropy(model) if self.memory else loss


class Ace(Remembering):
    def loss(self, model, task, inputs, labels):
        present = torch.tensor(sorted(set(labels.tolist())))
        outside = torch.full((1, model[-1].out_features), float("-inf"))
        outside[0, present] = 0
        loss = functional.cross_entropy(model(inputs) + outside, labels)
        return loss + self.entropy(model) if self.memory else loss


class Mir(Remembering):
    """The whole memory is looked at, and `chosen` of it are replayed."""

    def __init__(self, size, chosen):
        super().__init__(size)
        self.chosen = chosen

    def loss(self, model, task, inputs, labels):
        loss = super().loss(model, task, inputs, labels)
        if not self.memory:
            return loss
        kept, classes = (torch.cat([part[i] for part in self.memory]) for i in (1, 2))
        virtual = copy.deepcopy(model)
        slopes = torch.autograd.grad(super().loss(virtual, task, inputs, labels), list(virtual.parameters()))
        with torch.no_grad():
            for parameter, slope in zip(virtual.parameters(), slopes):
                parameter -= LEARNING_RATE * slope
            each = [functional.cross_entropy(*own_logits(net(kept), classes), reduction="none") for net in (virtual, model)]
        chosen = (each[0] - each[1]).argsort(descending=True, stable=True)[: self.chosen]
        return loss + entropy(model, kept[chosen], classes[chosen])


class ReservoirOfAll(Method):
    """Every example of every step is kept, with the outputs of that step, and all are replayed by the next."""

    def __init__(self, alpha, beta):
        self.alpha, self.beta, self.kept = alpha, beta, []

    def loss(self, model, task, inputs, labels):
        loss = super().loss(model, task, inputs, labels)
        with torch.no_grad():
            seen = (inputs, labels, model(inputs))
        if self.kept:
            kept, classes, stored = (torch.cat([part[i] for part in self.kept]) for i in range(3))
            loss = loss + self.alpha * functional.mse_loss(model(kept), stored)
            loss = loss + self.beta * entropy(model, kept, classes)
        self.kept.append(seen)
        return loss


class Gdumb(Method):
    def __init__(self, size):
        self.size, self.held, self.inputs = size, [], {}

    def begin(self, model, task, data):
        if task == 0:
            self.first = copy.deepcopy(model.state_dict())
        model.load_state_dict(self.first)
        self.sample(task, data, stream_of(task))

    def sample(self, task, data, stream):
        """Algorithm 1 of the paper for a stream in random order; the memory as (task, row, class), in ascending order."""
        of = {}
        for each in self.held:
            of.setdefault(each[2], []).append(each)
        rows = list(range(len(data)))
        stream.shuffle(rows)
        for row in rows:
            label = data.tensors[1][row].item()
            own = of.setdefault(label, [])
            if len(own) >= self.size / len(of):
                continue
            if sum(map(len, of.values())) >= self.size:
                largest = max(of.values(), key=len)
                del largest[stream._randbelow(len(largest))]
            own.append((task, row, label))
        self.held = sorted(each for members in of.values() for each in members)
        self.inputs[task] = data.tensors[0]

    def examples(self, data):
        inputs = torch.stack([self.inputs[task][row] for task, row, _ in self.held])
        return TensorDataset(inputs, torch.tensor([label for _, _, label in self.held]))

    def loss(self, model, task, inputs, labels):
        return entropy(model, inputs, labels)


class NearestMean(torch.nn.Module):
    """The nearest of the classes' mean features, all of them scaled to length 1."""

    def __init__(self, features, exemplars, classes):
        super().__init__()
        self.features, self.means = features, [None] * classes
        for label, inputs in exemplars.items():
            self.means[label] = functional.normalize(self.of(inputs).mean(0), dim=0)

    def of(self, inputs):
        return functional.normalize(self.features(inputs).double(), dim=1)

    def forward(self, inputs):
        far = torch.full((len(inputs),), float("-inf"), dtype=torch.float64)
        distances = [far if mean is None else -(self.of(inputs) - mean).pow(2).sum(1) for mean in self.means]
        return torch.stack(distances, 1)


class Icarl(Method):
    """Sigmoids: a task's own outputs against the labels, earlier ones against those of the network as it was."""

    epsilon = 1e-3  # as of Lwf

    def __init__(self, size, temperature, per_class=False):
        self.size, self.temperature, self.per_class, self.exemplars = size, temperature, per_class, {}

    def begin(self, model, task, data):
        self.old = copy.deepcopy(model)

    def examples(self, data):
        inputs = torch.cat([data.tensors[0], *self.exemplars.values()])
        kept = [torch.full((len(rows),), label) for label, rows in self.exemplars.items()]
        return TensorDataset(inputs, torch.cat([data.tensors[1], *kept]))

    def loss(self, model, task, inputs, labels):
        targets = functional.one_hot(labels, model[-1].out_features).float()
        with torch.no_grad():
            old = (self.old(inputs) / self.temperature).sigmoid()
        for earlier in range(task):
            targets[:, head(earlier)] = old[:, head(earlier)]
        seen = slice(0, head(task).stop)
        terms = functional.binary_cross_entropy_with_logits(model(inputs)[:, seen], targets[:, seen], reduction="none")
        return terms.sum(1).mean()

    def end(self, model, task, data):
        inputs, labels = data.tensors
        classes = PER_TASK * (task + 1)
        count = self.size if self.per_class else self.size // classes
        self.exemplars = {label: rows[:count] for label, rows in self.exemplars.items()}
        with torch.no_grad():
            for label in range(head(task).start, head(task).stop):
                self.exemplars[label] = self.herded(model, inputs[labels == label], count)

    def herded(self, model, inputs, count):
        features = functional.normalize(model[:-1](inputs).double(), dim=1)
        taken = []
        while len(taken) < min(count, len(inputs)):
            means = (features[taken].sum(0) + features) / (len(taken) + 1)
            distances = (features.mean(0) - means).norm(dim=1)
            distances[taken] = float("inf")
            taken.append(distances.argmin().item())
        return inputs[taken]

    def measured(self, model, task):
        with torch.no_grad():
            return NearestMean(model[:-1], self.exemplars, model[-1].out_features)


METHODS = [
    ("er", {"replayLoss": "separate", "rehearsal": 1000, "memorySize": MEMORY}, Separate()),
    ("er", {"replayLoss": "separate", "rehearsal": 10000, "memorySize": 10000, "memorySelection": "reservoir"}, ReservoirOfAll(0, 1)),
    ("der", {"strength": 0.5, "replayBatchSize": 10000, "memorySize": 10000, "memorySelection": "reservoir"}, ReservoirOfAll(0.5, 0)),
    (
        "derpp",
        {"strength": 0.5, "labelStrength": 0.7, "replayBatchSize": 10000, "memorySize": 10000, "memorySelection": "reservoir"},
        ReservoirOfAll(0.5, 0.7),
    ),
    ("er-ace", {"replayBatchSize": 1000, "memorySize": MEMORY}, Ace()),
    # With these sizes no two of the memory's examples are harmed nearly as much where one of them is chosen.
    ("mir", {"replayBatchSize": 2, "candidates": 1000, "memorySize": 8}, Mir(8, 2)),
    ("gdumb", {"memorySize": 25}, Gdumb(25)),
    ("icarl", {"memorySize": 20, "epsilon": 1e-3}, Icarl(20, 1)),
    ("icarl", {"memorySize": 6, "memoryPer": "class", "temperature": 2, "epsilon": 1e-3}, Icarl(6, 2, True)),
]


if __name__ == "__main__":
    write(METHODS)
