"""Train a small network with PyTorch and read it as one formula.

Run `python examples/torch_mlp.py`: it learns the exclusive or, writes `xor.toml` into the folder
given, or a new one, prints the layers by the names of the modules and the one formula, and
compares both with PyTorch.
"""

import sys
import tempfile
from pathlib import Path

import torch
from torch import nn

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())


class Xor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 2)
        self.out = nn.Linear(2, 1)

    def forward(self, x):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x))))


torch.manual_seed(0)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
target = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
module = Xor()
optimiser = torch.optim.Adam(module.parameters(), lr=0.1)
for _ in range(400):
    optimiser.zero_grad()
    nn.functional.binary_cross_entropy(module(x), target).backward()
    optimiser.step()

network = netsym.from_torch(module, x)
netsym.save(network, folder / "xor.toml")

print([layer.name for layer in network.layers], network.shorthand)
print(network.inlined.text(digits=2))
print("exclusive or:", network(x.numpy()).round().tolist())

with torch.no_grad():
    apart = abs(network(x.numpy()) - module(x).numpy()[:, 0]).max()
print("as near to PyTorch as its float32:", bool(apart < 1e-5))
