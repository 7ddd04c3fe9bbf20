"""Writes test/fixtures/small-mlp.json: a 6-5-3 network trained by stock PyTorch on 11 made-up rows.

    MKL_CBWR=AVX2 ATEN_CPU_CAPABILITY=avx2 python make_small_mlp.py > ../fixtures/small-mlp.json

Odd widths, a short last batch, non-default AdamW settings and a column permutation. Needs torch only.
"""

import json
import os

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

ROWS, FEATURES, HIDDEN, CLASSES = 11, 6, 5, 3
PERMUTATION = [3, 0, 5, 1, 4, 2]
ADAMW = {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}
SEED, BATCH_SIZE, EPOCHS = 7, 4, 3


def main():
    torch.set_num_threads(1)
    images = [(row * 37 + column * 101) % 256 for row in range(ROWS) for column in range(FEATURES)]
    labels = [row * row % CLASSES for row in range(ROWS)]
    inputs = torch.tensor(images, dtype=torch.uint8).view(ROWS, FEATURES).float()[:, PERMUTATION] / 255
    torch.manual_seed(SEED)
    model = torch.nn.Sequential(
        torch.nn.Linear(FEATURES, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES)
    )
    initial = [parameter.detach().flatten().tolist() for parameter in model.parameters()]
    loader = DataLoader(TensorDataset(inputs, torch.tensor(labels)), batch_size=BATCH_SIZE, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), **ADAMW)
    losses = []
    for _ in range(EPOCHS):
        for batch, batch_labels in loader:
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(batch), batch_labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    print(
        json.dumps(
            {
                "torch": torch.__version__.split("+")[0],
                "environment": {name: os.environ.get(name) for name in ("MKL_CBWR", "ATEN_CPU_CAPABILITY")},
                "images": images,
                "labels": labels,
                "permutation": PERMUTATION,
                "initial": initial,
                "losses": losses,
                "final": [parameter.detach().flatten().tolist() for parameter in model.parameters()],
            }
        )
    )


if __name__ == "__main__":
    main()
