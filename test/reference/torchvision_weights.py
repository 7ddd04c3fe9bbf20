"""Weights between cl-torch and torchvision's ResNet18, for torchvision.test.ts.

torchvision_weights.py make FILE     the state dict of a resnet18 whose running statistics have seen a batch; beside it FILE.io
                                     with images, from 0 to 1, and the logits that torchvision computes of them
torchvision_weights.py check FILE IO loads FILE strictly and prints the largest difference from the logits in IO
"""
import json
import sys

import torch
from safetensors.torch import load_file, save_file
from torchvision.models import resnet18

torch.set_num_threads(1)


def make(path):
    torch.manual_seed(5)
    model = resnet18(num_classes=11).to(memory_format=torch.channels_last)
    images = (torch.randint(0, 256, (4, 3, 40, 48)).float() / 255).contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        model.train()(images)
        logits = model.eval()(images)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, path)
    save_file({"images": images.contiguous(), "logits": logits}, path + ".io")
    return {}


def check(path, io):
    known = load_file(io)
    model = resnet18(num_classes=11).to(memory_format=torch.channels_last)
    model.load_state_dict(load_file(path), strict=True)
    with torch.no_grad():
        logits = model.eval()(known["images"].contiguous(memory_format=torch.channels_last))
    return {"difference": float((logits - known["logits"]).abs().max())}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"make": make, "check": check}[command](*arguments)))
