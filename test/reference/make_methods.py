"""Writes test/fixtures/methods.json: methods of continual learning, each from its formula, in stock PyTorch.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_methods.py > ../fixtures/methods.json

Data, network and training are those of methods.py. Importances are taken example by example with torch.autograd. Needs torch only.
"""

import itertools
import math
import random

import torch
from make_scenarios import HIDDEN, PER_TASK, SEED
from methods import BATCH_SIZE, MEMORY, Gated, Method, Remembering, flat, gradient, head, write
from torch.nn import functional


class Quadratic(Method):
    """weight * sum importance (w - anchor)^2, one for each entry of `held`."""

    def __init__(self, weight):
        self.weight, self.held = weight, []

    def penalty(self, vector):
        terms = [self.weight * (importance * (vector - anchor) ** 2).sum() for importance, anchor in self.held]
        return sum(terms) if terms else None


class L2(Quadratic):
    def end(self, model, task, data):
        anchor = flat(model.parameters())
        self.held = [(torch.ones_like(anchor), anchor)]


def fisher(model, task, data, kind):
    inputs, labels = data.tensors
    rows = len(labels)
    total = 0
    if kind == "batches":
        starts = range(0, rows, BATCH_SIZE)
        for start in starts:
            part = slice(start, start + BATCH_SIZE)
            loss = functional.cross_entropy(model(inputs[part])[:, head(task)], labels[part] - PER_TASK * task)
            total = total + gradient(loss, model) ** 2
        return total / len(starts)
    for row in range(rows):
        for label in range(PER_TASK):
            logs = functional.log_softmax(model(inputs[row : row + 1])[:, head(task)], 1)[0]
            share = logs[label].exp().item() if kind == "exact" else float(label == labels[row] - PER_TASK * task)
            if share > 0:
                total = total + share * gradient(logs[label], model) ** 2
    return total / rows


class Ewc(Quadratic):
    def __init__(self, strength, kind="exact", online=None):
        super().__init__(strength / 2)
        self.kind, self.online = kind, online

    def end(self, model, task, data):
        importance, anchor = fisher(model, task, data, self.kind), flat(model.parameters())
        if self.online is not None and self.held:
            importance = self.online * self.held.pop()[0] + importance
        self.held.append((importance, anchor))


class Mas(Quadratic):
    def end(self, model, task, data):
        inputs, labels = data.tensors
        total = sum(gradient((model(inputs[row : row + 1])[:, head(task)] ** 2).sum(), model).abs() for row in range(len(labels)))
        importance = total / len(labels)
        if self.held:
            importance = importance + self.held[0][0]
        self.held = [(importance, flat(model.parameters()))]


class Si(Quadratic):
    def __init__(self, strength, xi):
        super().__init__(strength)
        self.xi = xi

    def begin(self, model, task, data):
        self.path, self.start = 0, flat(model.parameters())

    def stepped(self, grad, change):
        self.path = self.path - grad * change

    def end(self, model, task, data):
        now = flat(model.parameters())
        importance = self.path / ((now - self.start) ** 2 + self.xi)
        if self.held:
            importance = importance + self.held[0][0]
        self.held = [(importance, now)]


class Rwalk(Quadratic):
    def __init__(self, strength, interval, decay, damping):
        super().__init__(strength)
        self.interval, self.decay, self.damping = interval, decay, damping
        self.fisher, self.score = 0, None

    def begin(self, model, task, data):
        self.task_score, self.changes, self.gradients = 0, [], []

    def stepped(self, grad, change):
        self.gradients.append(grad)
        self.changes.append(change)
        if len(self.changes) == self.interval:
            self.passed(None)

    def passed(self, model):
        if not self.changes:
            return
        path = -sum(grad * change for grad, change in zip(self.gradients, self.changes))
        squares = torch.stack(self.gradients).pow(2).mean(0)
        self.fisher = self.decay * self.fisher + (1 - self.decay) * squares
        fall = 0.5 * self.fisher * sum(self.changes) ** 2
        self.task_score = self.task_score + path.clamp(min=0) / (fall + self.damping)
        self.changes, self.gradients = [], []

    def end(self, model, task, data):
        self.score = self.task_score if self.score is None else (self.score + self.task_score) / 2
        importance = self.fisher / self.fisher.max() + self.score / self.score.max()
        self.held = [(importance, flat(model.parameters()))]


class Lwf(Method):
    """strength * T^2 KL of the earlier heads, each by itself, against the outputs before the task.

    At a task's first step that has no gradient but for its rounding, of which a small epsilon would make whole steps.
    """

    epsilon = 1e-3

    def __init__(self, strength, temperature):
        self.strength, self.temperature = strength, temperature

    def begin(self, model, task, data):
        with torch.no_grad():
            self.known = {tuple(row.tolist()): target for row, target in zip(data.tensors[0], model(data.tensors[0]))}

    def loss(self, model, task, inputs, labels):
        loss = super().loss(model, task, inputs, labels)
        logits, stored = model(inputs), torch.stack([self.known[tuple(row.tolist())] for row in inputs])
        for earlier in range(task):
            target = functional.softmax(stored[:, head(earlier)] / self.temperature, 1)
            logs = functional.log_softmax(logits[:, head(earlier)] / self.temperature, 1)
            loss = loss - self.strength * self.temperature**2 * (target * logs).sum(1).mean()
        return loss


class Der(Remembering):
    """Every step draws the whole memory."""

    def __init__(self, alpha, beta=0):
        super().__init__()
        self.alpha, self.beta = alpha, beta

    def loss(self, model, task, inputs, labels):
        loss = super().loss(model, task, inputs, labels)
        if not self.memory:
            return loss
        now = torch.cat([model(inputs) for _, inputs, _, _ in self.memory])
        stored = torch.cat([logits for _, _, _, logits in self.memory])
        loss = loss + self.alpha * functional.mse_loss(now, stored)
        return loss + self.beta * self.entropy(model) if self.beta else loss


class Agem(Remembering):
    def rule(self, model, task, grad):
        if not self.memory:
            return grad
        reference = gradient(self.entropy(model), model)
        product = grad @ reference
        return grad - product / (reference @ reference) * reference if product < 0 else grad


class Gem(Remembering):
    """The nearest gradient that goes against no task's, of all sets of tasks that it may be turned by the shortest."""

    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def rule(self, model, task, grad):
        references = []
        for earlier, inputs, labels, _ in self.memory:
            loss = functional.cross_entropy(model(inputs)[:, head(earlier)], labels - PER_TASK * earlier)
            references.append(gradient(loss, model).double())
        if not references or all(reference @ grad.double() >= 0 for reference in references):
            return grad
        stack, best = torch.stack(references), None
        gram, linear = stack @ stack.T, stack @ grad.double()
        for free in itertools.product([False, True], repeat=len(references)):
            shares = torch.full([len(references)], float(self.margin), dtype=torch.float64)
            chosen = [k for k, is_free in enumerate(free) if is_free]
            if chosen:
                fixed = [k for k in range(len(references)) if k not in chosen]
                right = -linear[chosen] - gram[chosen][:, fixed] @ shares[fixed]
                shares[chosen] = torch.linalg.solve(gram[chosen][:, chosen], right)
            if (shares < self.margin).any():
                continue
            turned = grad.double() + shares @ stack
            if best is None or turned.norm() < best.norm():
                best = turned
        return best.float()


class Gates:
    """Context-dependent gating: in each task a share of the hidden units is off."""

    gated = 0.5

    def network(self, model, task):
        stream = random.Random(SEED)
        seeds = [stream.getrandbits(32) for _ in range(task + 1)]
        units = list(range(HIDDEN))
        random.Random(seeds[-1]).shuffle(units)
        open_units = torch.ones(HIDDEN)
        open_units[units[: math.floor(self.gated * HIDDEN)]] = 0
        return Gated(model, open_units)


class Xdg(Gates, Method):
    pass


class XdgEwc(Gates, Ewc):
    pass


METHODS = [
    ("l2", {"strength": 0.5}, L2(0.25)),
    ("ewc", {"strength": 20, "form": "separate"}, Ewc(20)),
    ("ewc", {"strength": 20, "form": "separate", "fisher": "empirical"}, Ewc(20, "empirical")),
    ("ewc", {"strength": 20, "form": "online", "ewcGamma": 0.9}, Ewc(20, "exact", 0.9)),
    ("ewc", {"preset": "reference"}, Ewc(20000, "batches", 1)),
    ("mas", {"strength": 0.3}, Mas(0.3)),
    ("si", {"strength": 3, "xi": 0.1}, Si(3, 0.1)),
    ("rwalk", {"strength": 0.3, "interval": 4, "fisherDecay": 0.8, "damping": 0.01}, Rwalk(0.3, 4, 0.8, 0.01)),
    ("lwf", {"strength": 1.5, "temperature": 2, "epsilon": 1e-3}, Lwf(1.5, 2)),
    ("der", {"strength": 0.5, "replayBatchSize": 1000, "memorySize": MEMORY}, Der(0.5)),
    ("derpp", {"strength": 0.5, "labelStrength": 0.7, "replayBatchSize": 1000, "memorySize": MEMORY}, Der(0.5, 0.7)),
    ("agem", {"referenceBatchSize": 1000, "memorySize": MEMORY}, Agem()),
    ("gem", {"margin": 0, "memorySize": MEMORY}, Gem(0)),
    ("gem", {"margin": 0.5, "memorySize": MEMORY}, Gem(0.5)),
    ("xdg", {"gated": 0.5}, Xdg()),
    ("ewc+xdg", {"gated": 0.5, "strength": 20, "form": "online", "ewcGamma": 0.9}, XdgEwc(20, "exact", 0.9)),
]


if __name__ == "__main__":
    write(METHODS)
