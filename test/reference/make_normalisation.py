"""Writes test/fixtures/normalisation.json: what PyTorch makes of the 256 bytes, in float32 as base64, and what NumPy measures.

    python make_normalisation.py > ../fixtures/normalisation.json

Needs PyTorch and NumPy. The steps are those of torchvision's ToTensor and Normalize: byte / 255, sub_(mean), div_(deviation).
"""

import base64
import json

import numpy as np
import torch

PUBLISHED = {
    "mnist": ([0.1307], [0.3081]),
    "cifar10": ([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2615]),
    "cifar100": ([0.5071, 0.4867, 0.4408], [0.2675, 0.2565, 0.2761]),
    "halves": ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
}

values = {}
for name, (means, deviations) in PUBLISHED.items():
    image = torch.arange(256, dtype=torch.uint8).expand(len(means), 256).unsqueeze(1).contiguous()
    tensor = image.to(dtype=torch.get_default_dtype()).div(255)
    mean = torch.as_tensor(means, dtype=tensor.dtype).view(-1, 1, 1)
    deviation = torch.as_tensor(deviations, dtype=tensor.dtype).view(-1, 1, 1)
    tensor.sub_(mean).div_(deviation)
    values[name] = {
        "means": means,
        "deviations": deviations,
        "values": base64.b64encode(tensor.numpy().tobytes()).decode(),
    }

images = (np.arange(5 * 3 * 2 * 4) * 37 % 251).astype("u1").reshape(5, 3, 2, 4)
scaled = images / 255
measured = {"means": scaled.mean(axis=(0, 2, 3)).tolist(), "deviations": scaled.std(axis=(0, 2, 3)).tolist()}
print(json.dumps({"values": values, "measured": measured}))
