"""Trains a network with stock PyTorch, as fast as its eager mode goes, and prints the seconds of each epoch.

    python epochs.py --network JSON --batch-size 32 --examples 2560 --epochs 3 --threads 2 [--channels-last] [--data DIR]

`cl-torch bench --network` puts it beside its own epochs. The network is one of networks.py, the optimizer AdamW in its
fused form. DIR holds MNIST, not gzipped; without it the images are made up, in the network's shape. They lie in memory as
bytes, and a step gathers and scales its own, as cl-torch does. Needs torch only.
"""

import argparse
import json
import math
import pathlib
import time

import torch
from networks import make_network
from reference import adamw, read_split
from torch.nn import functional


def examples_of(args, spec):
    shape = (args.examples, *spec["input"])
    if args.data is None:
        images = torch.randint(0, 256, (args.examples, math.prod(spec["input"])), dtype=torch.uint8)
        labels = torch.randint(0, spec["classes"], (args.examples,))
    else:
        images, labels = read_split(pathlib.Path(args.data), "train")
    return images[: args.examples].view(shape).to(args.device), labels[: args.examples].to(args.device)


def train_epoch(model, optimizer, images, labels, batch_size, memory_format, precision):
    losses = []
    for rows in torch.randperm(len(labels), device=labels.device).split(batch_size):
        inputs = images[rows].to(torch.float32, memory_format=memory_format).div_(255)
        optimizer.zero_grad()
        with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = functional.cross_entropy(model(inputs), labels[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).sum().item()  # which waits for a GPU


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", type=json.loads, required=True, help="its specification, as JSON")
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--examples", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--data")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=["fp32", "tf32", "bf16"], default="fp32", help="on a GPU")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = args.precision == "tf32"
    torch.manual_seed(1)
    memory_format = torch.channels_last if args.channels_last else torch.contiguous_format
    images, labels = examples_of(args, args.network)
    model = make_network(args.network).to(args.device, memory_format=memory_format)
    optimizer = adamw(model, fused=True)
    seconds = []
    for _ in range(args.epochs):
        start = time.perf_counter()
        train_epoch(model, optimizer, images, labels, args.batch_size, memory_format, args.precision)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"epochSeconds": seconds}))


if __name__ == "__main__":
    main()
