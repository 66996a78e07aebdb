"""Gradients, Jacobians and Hessian-vector products of 5,000 small networks, against autograd."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

from tests.effort import sample
from tests.small_networks import Small, small_network
from tests.torch.theirs import Theirs

NETWORKS, AT_ONCE = 5000, 100
torch.set_num_threads(1)  # of networks this small one thread is the quickest
ORDERS = [*permutations(("layered", "shared", "inlined"))]


def agree(found: object, wanted: list[float], what: str) -> None:
    """To ten digits of the largest."""
    scale = max(1.0, *map(abs, wanted))
    np.testing.assert_allclose(
        np.atleast_1d(np.asarray(found)), wanted, rtol=0, atol=1e-10 * scale, err_msg=what
    )


def compared(small: Small, seed: int) -> bool:
    """Each derivative in another form; False where float64 decides what is right."""
    network, x, rng = small.network, small.point, np.random.default_rng(seed)
    names = [*network.input_names.all(), *small.values]
    theirs = Theirs(network, x, small.values)
    if theirs.unsure or not small.is_tame:
        return False
    what = f"seed {seed}, x = {x}, layers {[p.layer for p in network.layers]}"
    one, two, three = (network.formula(form) for form in ORDERS[seed % len(ORDERS)])
    slopes = [theirs.gradient(output) for output in theirs.outputs]
    rows = [theirs.by_name(arrays) for arrays in slopes]
    wanted = [row[name] for row in rows for name in names]
    agree(one.jacobian(names)(*x, parameters=small.values), wanted, f"jacobian, {what}")

    output = int(rng.integers(len(rows)))
    some = sorted(rng.choice(names, int(rng.integers(1, len(names) + 1)), replace=False).tolist())
    found = two.gradient(some, output=output + 1)(*x, parameters=small.values)
    agree(found, [rows[output][name] for name in some], f"gradient by {some}, {what}")

    v = dict(zip(names, rng.choice((-1.0, 0.5, 1.0, 2.0), len(names)).tolist(), strict=True))
    first = theirs.gradient(theirs.outputs[output], keep=True)
    along = torch.stack([
        (slope * part).sum() for slope, part in zip(first, theirs.along(v), strict=True)
    ])  # fmt: skip
    second = theirs.by_name(theirs.gradient(along.sum()))
    product = three.output(output + 1).hessian_vector(names)
    found = product(*x, *v.values(), parameters=small.values)
    agree(found, [second[name] for name in names], f"Hessian times {v}, {what}")
    return True


@pytest.mark.parametrize("first", sample(range(0, 2 * NETWORKS, 2 * AT_ONCE), 1))
def test_small_networks(first: int) -> None:
    seeds = range(first, first + 2 * AT_ONCE)
    done = 0
    for seed in seeds:
        done += compared(small_network(seed), seed)
        if done == AT_ONCE:
            return
    pytest.fail(f"only {done} of {len(seeds)} networks could be compared")
