"""Replays the events of runs into Weights & Biases, offline; `wandb sync wandb/offline-run-*` uploads them.

    npx cl-torch run lfd --events events.jsonl
    pip install wandb
    python examples/wandb-replay.py events.jsonl [PROJECT]
"""

import json
import sys

import wandb


def events(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                pass  # A killed process leaves a part of a line.


path, project = [*sys.argv[1:], "cl-torch"][:2]
for event in events(path):
    if event["type"] == "start":
        name = f"{event['strategy']}-seed{event['config']['seed']}"
        wandb.finish()  # The one before, where it had no end.
        run = wandb.init(project=project, name=name, config=event["config"], mode="offline")
        run.define_metric("accuracy/*", step_metric="task")
    elif event["type"] == "epoch":
        for loss in event["stepLosses"]:
            run.log({"loss/step": loss})
        run.log({"loss/epoch": event["loss"], "speed/images_per_second": event["samplesPerSecond"]})
    elif event["type"] == "task":
        accuracies = {f"accuracy/task_{task}": value for task, value in enumerate(event["accuracy"])}
        run.log({"task": event["task"], "accuracy/mean": event["mean"], **accuracies})
    elif event["type"] == "end":
        run.summary["status"] = event["result"]["status"]
        run.finish()
