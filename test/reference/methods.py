"""What methods of continual learning have in common that make_methods.py, make_gates.py and make_replay.py write: their hooks,
the training that calls them, and the file of what came out.

Data, network and scenario are those of make_scenarios.py, task-incremental: three tasks of two classes; 198 steps.
"""

import json
import math
import random

import torch
from make_scenarios import HEIGHT, HIDDEN, PER_TASK, SEED, TASKS, TEST_ROWS, TRAIN_ROWS, WIDTH, examples, percent, tasks_of
from torch.nn import functional
from torch.utils.data import DataLoader

BATCH_SIZE, EPOCHS, LEARNING_RATE, MEMORY = 6, 11, 0.02, 5


def head(task):
    return slice(PER_TASK * task, PER_TASK * (task + 1))


def flat(tensors):
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def gradient(value, model):
    return flat(torch.autograd.grad(value, list(model.parameters())))


class Method:
    """Fine-tuning; the hooks of a method."""

    epsilon = 1e-8

    def network(self, model, task):
        """What the task is learnt and measured with, of the model's parameters."""
        return model

    def measured(self, model, task):
        """What the task is measured with."""
        return self.network(model, task)

    def begin(self, model, task, data):
        pass

    def penalty(self, vector):
        """On the parameters as one vector, a graph."""
        return None

    def loss(self, model, task, inputs, labels):
        return functional.cross_entropy(model(inputs)[:, head(task)], labels - PER_TASK * task)

    def rule(self, model, task, grad):
        """What becomes of the loss's gradient, before the penalties'."""
        return grad

    def optimizer(self, parameters):
        return torch.optim.Adam(parameters, lr=LEARNING_RATE, eps=self.epsilon)

    def settle(self, model, task, before):
        """The optimizer has made a step from these tensors."""

    def stepped(self, grad, change):
        pass

    def examples(self, data):
        """What the task's epochs go over."""
        return data

    def passed(self, model):
        """An epoch is over."""

    def end(self, model, task, data):
        pass


class Remembering(Method):
    def __init__(self, size=MEMORY):
        self.size, self.memory = size, []

    def end(self, model, task, data):
        stream = random.Random(SEED)
        seeds = [stream.getrandbits(32) for _ in range(task + 1)]
        rows = list(range(len(data)))
        random.Random(seeds[-1]).shuffle(rows)
        inputs, labels = (tensor[sorted(rows[: self.size])] for tensor in data.tensors)
        with torch.no_grad():
            self.memory.append((task, inputs, labels, model(inputs)))

    def entropy(self, model):
        """Mean cross-entropy of the whole memory, each example over its own task's outputs."""
        sums = [
            functional.cross_entropy(model(inputs)[:, head(task)], labels - PER_TASK * task, reduction="sum")
            for task, inputs, labels, _ in self.memory
        ]
        return sum(sums) / (self.size * len(self.memory))


class Gated(torch.nn.Module):
    """The model with some of its hidden units off."""

    def __init__(self, model, open_units):
        super().__init__()
        self.model, self.open_units = model, open_units

    def forward(self, inputs):
        first, relu, last = self.model
        return last(relu(first(inputs)) * self.open_units)


def learn(method):
    train = list(tasks_of(*examples(TRAIN_ROWS, 0), False))
    test = list(tasks_of(*examples(TEST_ROWS, 1000), False))
    torch.manual_seed(SEED)
    model = torch.nn.Sequential(
        torch.nn.Linear(HEIGHT * WIDTH, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, TASKS * PER_TASK)
    )
    losses, accuracy = [], []
    for task in range(TASKS):
        network = method.network(model, task)
        method.begin(network, task, train[task])
        optimizer = method.optimizer(model.parameters())
        loader = DataLoader(method.examples(train[task]), batch_size=BATCH_SIZE, shuffle=True)
        for _ in range(EPOCHS):
            for inputs, labels in loader:
                loss = method.loss(network, task, inputs, labels)
                grad = method.rule(network, task, gradient(loss, network))
                total = grad
                vector = flat(model.parameters()).requires_grad_()
                penalty = method.penalty(vector)
                if penalty is not None:
                    total = grad + torch.autograd.grad(penalty, vector)[0]
                losses.append(loss.item() + (0 if penalty is None else penalty.item()))
                before, offset = vector.detach().clone(), 0
                for parameter in model.parameters():
                    parameter.grad = total[offset : offset + parameter.numel()].view_as(parameter).clone()
                    offset += parameter.numel()
                start = [parameter.detach().clone() for parameter in model.parameters()]
                optimizer.step()
                method.settle(model, task, start)
                method.stepped(grad, flat(model.parameters()) - before)
            method.passed(model)
        method.end(network, task, train[task])
        rows = []
        for measured in range(task + 1):
            own = (PER_TASK * measured, PER_TASK * (measured + 1))
            rows.append(percent(method.measured(model, measured), test[measured], (own[0],), (own[1],))[0])
        accuracy.append(rows)
    return losses, accuracy


def write(methods):
    torch.set_num_threads(1)
    runs = []
    for strategy, options, method in methods:
        losses, accuracy = learn(method)
        assert all(math.isfinite(loss) for loss in losses)
        shown = [float(f"{loss:.8g}") for loss in losses]
        runs.append({"strategy": strategy, "options": options, "losses": shown, "accuracy": accuracy})
    print(json.dumps({"torch": torch.__version__.split("+")[0], "runs": runs}))
