"""A network, its loss and its cost: the two outer skins of the onion.

Run it with `python examples/cost.py`; it prints all that it says.
"""

from __future__ import annotations

import numpy as np

import netsym

network = netsym.parse("1-2-1:sigmoid")

print("The network, and the loss of one example: the loss wraps the prediction.")
loss = netsym.cost(network, "bce")
print(network.inlined)
print(loss.inlined)

print("\nThe cost of two examples wraps their losses; L2 adds the squares of the weights.")
cost = netsym.cost(network, "bce", examples=2, l2=0.1)
print(cost.layered.text(headings=True))

print("\nHow large the one formula is, with every example more:")
for examples in (1, 2, 10, 100):
    size = netsym.cost(network, "bce", examples=examples).forecast("inlined")
    assert size is not None
    print(f"{examples:>4} examples {size.nodes:>7,} nodes")

print("\nThe data as numbers: a formula of the weights alone, which training makes small.")
x, y = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1])
known = netsym.cost(network, "bce", data=(x, y))
slopes = known.layered.gradient()
random = np.random.default_rng(1)
weights = {name: random.normal() for name in known.parameter_names()}
for step in range(201):
    if step % 100 == 0:
        print(f"step {step:>3}: J = {known(parameters=weights):.4f}")
    down = np.asarray(slopes(parameters=weights))
    for output, slope in zip(slopes.outputs, down, strict=True):
        weights[output.name.removeprefix("dJ_d")] -= 2.0 * slope
print("predictions:", np.round(np.asarray(network(x, parameters=weights)), 2))

print("\nTyped by hand, with log(1 - σ(z)) = -log(1 + exp(z)):")
one = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
z = "(w1_1_1*x + b1_1)"
print(netsym.compare(one, f"log(1 + exp({z})) - t*{z}"))
