"""One step of gradient descent, as on a board: the worked example that most readers know.

Run it with `python examples/step.py`; it prints all that it says.
"""

from __future__ import annotations

import json
from pathlib import Path

import netsym

HERE = Path(__file__).parent
network = netsym.load(HERE / "mazur.toml")
weights = json.loads((HERE / "mazur.json").read_text())

print("Forward and back, every number:")
print(netsym.work_out(network, {"x": [0.05, 0.1], "t": [0.01, 0.99], **weights}, "sse"))

print("\nOne step; the biases stay, as in the book:")
data = ([[0.05, 0.1]], [[0.01, 0.99]])
step = netsym.step(network, "sse", data, rate=0.5, wrt="weights", parameters=weights)
print(step.report())

print("\nThe same with each example in its turn, until the error is small:")
examples = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 1])
line = netsym.parse("2-1:sigmoid").with_parameters({"w1_1_1": 1, "w1_1_2": -1, "b1_1": 0})
for turn in range(1, 61):
    done = netsym.step(line, "sse", examples, rate=2.0, each=True)
    line = done.network
    if turn in (1, 20, 60):
        print(f"turn {turn:>2}: J = {done.after:.4f}")
