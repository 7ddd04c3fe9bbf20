"""Writes test/fixtures/gates.json: hard attention to the task (Serrà et al., 2018), from its formulas, in stock PyTorch.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_gates.py > ../fixtures/gates.json

Data, network and training are those of methods.py. Activations are multiplied by their gates, as the paper has it, and gradients
come from torch.autograd. Needs torch only.
"""

import math
import random

import torch
from make_scenarios import HIDDEN, PER_TASK, SEED
from methods import BATCH_SIZE, Gated, Method, head, write
from torch.nn import functional


class Hat(Method):
    def __init__(self, steepness, capacity, rate, **sgd):
        self.steepness, self.capacity, self.rate, self.sgd = steepness, capacity, rate, sgd
        self.embeddings, self.used = [], torch.zeros(HIDDEN)

    def optimizer(self, parameters):
        return torch.optim.SGD(parameters, **self.sgd) if self.sgd else super().optimizer(parameters)

    def gates(self, task, steepness):
        return torch.sigmoid(steepness * self.embeddings[task])

    def network(self, model, task):
        return Gated(model, self.gates(task, self.steepness).detach()) if task < len(self.embeddings) else model

    def begin(self, model, task, data):
        stream = random.Random(SEED)
        seeds = [stream.getrandbits(32) for _ in range(task + 1)]
        stream = random.Random(seeds[-1])
        draws = [
            math.sqrt(-2 * math.log(1 - stream.random())) * math.cos(2 * math.pi * stream.random()) for _ in range(HIDDEN)
        ]
        self.embeddings.append(torch.tensor(draws, requires_grad=True))
        self.steps, self.step = math.ceil(len(data) / BATCH_SIZE), 0

    def loss(self, model, task, inputs, labels):
        progress = self.step / (self.steps - 1)
        now = 1 / self.steepness + (self.steepness - 1 / self.steepness) * progress
        self.step = (self.step + 1) % self.steps
        embedding, gates, free = self.embeddings[task], self.gates(task, now), 1 - self.used
        plain = model.model if isinstance(model, Gated) else model
        logits = Gated(plain, gates)(inputs)[:, head(task)]
        loss = functional.cross_entropy(logits, labels - PER_TASK * task)
        loss = loss + self.capacity * (gates * free).sum() / free.sum()
        grad = torch.autograd.grad(loss, embedding, retain_graph=True)[0]
        with torch.no_grad():
            steep = torch.cosh(torch.clamp(now * embedding, -50, 50)) + 1
            grad = grad * self.steepness / now * steep / (torch.cosh(embedding) + 1)
            self.next = (embedding - self.rate * grad).clamp(-6, 6)
        return loss

    def settle(self, model, task, before):
        """What a step does to a weight counts as much as the less held of its two ends allows; earlier heads are held."""
        ends = torch.zeros(model[-1].out_features)
        ends[: PER_TASK * task] = 1
        shares = [
            1 - self.used[:, None],
            1 - self.used,
            1 - torch.minimum(ends[:, None], self.used[None, :]),
            1 - ends,
        ]
        with torch.no_grad():
            for parameter, old, share in zip(model.parameters(), before, shares):
                parameter.copy_(old + share * (parameter - old))
            self.embeddings[task].copy_(self.next)

    def end(self, model, task, data):
        self.used = torch.maximum(self.used, self.gates(task, self.steepness).detach())


def options(method, more):
    own = {"gateSteepness": method.steepness, "capacityStrength": method.capacity, "embeddingRate": method.rate}
    return ("hat", {**own, **more}, method)


METHODS = [
    options(Hat(400, 0.1, 0.01), {}),
    options(Hat(10, 0.75, 0.05), {}),
    options(
        Hat(50, 0.1, 0.02, lr=0.1, momentum=0.9, weight_decay=0.01),
        {"optimizer": "sgd", "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.01},
    ),
]


if __name__ == "__main__":
    write(METHODS)
