"""The LSTM of the forum thread: written once, unrolled, and as one formula, and what each costs.

"h_{t-1} is used multiple times in the first 4 equations … reuse h_{t-1} without calculating it
4 times", asks its author, "the number of timestep is a variable". Written once, with an index t,
the cell names h_{t-1} four times and computes it once; the one formula has no names, so it writes
all that h_{t-1} is made of four times in every step.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import netsym

network = netsym.load(Path(__file__).parent / "lstm.toml")

print("The cell, written once:")
print(network.once.text(headings=True))
print("\nWith a letter for every array, in LaTeX:")
print(network.matrices.latex())
print()
print(network.growth(range(1, 11)))

# Any number of steps; the same weights.
two = network.with_steps(2)
print("\nAll of it as one formula, for two steps:")
print(two.inlined.text(ascii=True, width=80))

# What was printed is what counts: run the layers and the one formula.
x = np.linspace(-1, 1, 5)
for formula in (network.layered, network.inlined):
    code: dict = {}
    exec(formula.python(), code)
    assert abs(code["f"](*x) - network(x)) < 1e-15
print(f"\nf({', '.join(map(str, x))}) = {network(x):.17g}, by the layers and by the one formula")
