"""Writes test/fixtures/scenarios.json: a split stream that stock PyTorch learns in the three scenarios.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_scenarios.py > ../fixtures/scenarios.json

Three tasks of two classes each, taken in an order of their own, of made-up 2 x 4 images; Adam, anew for each task; short
last batches, taken or left out; epochs, or iterations of a loader that is begun again when it is used up. Needs torch
only.
"""

import json
import os

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

TRAIN_ROWS, TEST_ROWS, HEIGHT, WIDTH, HIDDEN = 100, 61, 2, 4, 7
ORDER, TASKS, PER_TASK = [3, 0, 5, 1, 4, 2], 3, 2
SEED, BATCH_SIZE, EPOCHS, LEARNING_RATE = 11, 6, 2, 0.02


def examples(rows, start):
    """Images and labels; a class lights a pixel of its own."""
    images, labels = [], []
    for row in range(start, start + rows):
        label = (row * row + row // 5) % 6
        labels.append(label)
        for column in range(HEIGHT * WIDTH):
            images.append((row * 37 + column * 101) % 160 + (90 if column == label else 0))
    return torch.tensor(images, dtype=torch.uint8).view(rows, -1), torch.tensor(labels)


def tasks_of(images, labels, is_domain):
    """One data set a task, whose labels are places in the order, or in domain-incremental tasks within the task."""
    place = torch.tensor([ORDER.index(label) for label in range(6)])[labels]
    for task in range(TASKS):
        rows = place // PER_TASK == task
        yield TensorDataset(images[rows].float() / 255, place[rows] % PER_TASK if is_domain else place[rows])


def percent(model, dataset, begin, end):
    """Right answers among the outputs from begin to end, of both ranges at once."""
    counts = [0] * len(begin)
    with torch.no_grad():
        for inputs, labels in DataLoader(dataset, batch_size=BATCH_SIZE):
            logits = model(inputs)
            for i, (first, last) in enumerate(zip(begin, end)):
                counts[i] += (logits[:, first:last].argmax(1) + first == labels).sum().item()
    return [100 * count / len(dataset) for count in counts]


def batches(loader, iterations):
    """The batches of each pass; so many in all, or of EPOCHS passes."""
    if iterations is None:
        for _ in range(EPOCHS):
            yield list(loader)
        return
    passed, source = [], iter(loader)
    for _ in range(iterations):
        batch = next(source, None)
        if batch is None:
            yield passed
            passed, source = [], iter(loader)
            batch = next(source)
        passed.append(batch)
    yield passed


def grown(model, count):
    """The model with so many more outputs, initialised as those of a fresh layer."""
    old, more = model[-1], torch.nn.Linear(HIDDEN, count)
    wider = torch.nn.utils.skip_init(torch.nn.Linear, HIDDEN, old.out_features + count)
    wider.weight = torch.nn.Parameter(torch.cat([old.weight, more.weight]).detach())
    wider.bias = torch.nn.Parameter(torch.cat([old.bias, more.bias]).detach())
    return torch.nn.Sequential(*model[:-1], wider)


def optimizer_of(model, kept):
    """Adam; with the moments and steps of another one, which are zero for outputs that it did not have."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    if kept is None:
        return optimizer
    for old, new in zip(kept.param_groups[0]["params"], model.parameters()):
        state = {"step": kept.state[old]["step"]}
        for name in ("exp_avg", "exp_avg_sq"):
            state[name] = torch.zeros_like(new)
            state[name][: old.shape[0]] = kept.state[old][name]
        optimizer.state[new] = state
    return optimizer


def learn(scenario, outputs, iterations=None, last_batch="keep", keeps=False):
    is_domain = scenario == "domain"
    train = list(tasks_of(*examples(TRAIN_ROWS, 0), is_domain))
    test = list(tasks_of(*examples(TEST_ROWS, 1000), is_domain))
    heads = PER_TASK if is_domain or outputs == "grow" else TASKS * PER_TASK
    torch.manual_seed(SEED)
    model = torch.nn.Sequential(
        torch.nn.Linear(HEIGHT * WIDTH, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, heads)
    )

    def active(task, latest):
        if scenario == "task":
            return PER_TASK * task, PER_TASK * (task + 1)
        if scenario == "class" and outputs == "seen":
            return 0, PER_TASK * (latest + 1)
        return 0, PER_TASK * (latest + 1) if outputs == "grow" else heads

    optimizer = None
    losses, accuracy, task_aware = [], [], []
    for task in range(TASKS):
        first, last = active(task, task)
        if outputs == "grow" and task > 0:
            model = grown(model, PER_TASK)
        optimizer = optimizer_of(model, optimizer if keeps else None)
        loader = DataLoader(train[task], batch_size=BATCH_SIZE, shuffle=True, drop_last=last_batch == "drop")
        for passed in batches(loader, iterations):
            losses.append([])
            for inputs, labels in passed:
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(inputs)[:, first:last], labels - first)
                loss.backward()
                optimizer.step()
                losses[-1].append(loss.item())
        rows = []
        for measured in range(task + 1):
            begin, end = active(measured, task)
            own = (0, PER_TASK) if is_domain else (PER_TASK * measured, PER_TASK * (measured + 1))
            rows.append(percent(model, test[measured], (begin, own[0]), (end, own[1])))
        accuracy.append([row[0] for row in rows])
        task_aware.append([row[1] for row in rows])
    return {
        "scenario": scenario,
        "outputs": outputs,
        "iterations": iterations,
        "lastBatch": last_batch,
        "optimizerState": "keep" if keeps else "task",
        "losses": losses,
        "accuracy": accuracy,
        "accuracyTaskAware": task_aware if scenario == "class" else None,
    }


def main():
    torch.set_num_threads(1)
    runs = [learn("task", "seen"), learn("domain", "seen"), learn("class", "seen"), learn("class", "all")]
    runs += [learn("class", "seen", iterations=20), learn("domain", "seen", iterations=6)]  # a pass has 5 to 7 steps
    runs += [learn("task", "seen", last_batch="drop"), learn("class", "all", iterations=17, last_batch="drop")]
    runs += [learn("class", "grow"), learn("class", "grow", iterations=9, keeps=True)]
    print(
        json.dumps(
            {
                "torch": torch.__version__.split("+")[0],
                "environment": {name: os.environ.get(name) for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY")},
                "runs": runs,
            }
        )
    )


if __name__ == "__main__":
    main()
