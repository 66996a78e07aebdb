"""The rows at which code is run: at random, at 0, beside kinks, ±1e3, NaN and null."""

from __future__ import annotations

import numpy as np

from netsym.certificates.engine import Engine, Rows
from netsym.equality.points import sample
from netsym.network.network import Network
from netsym.ops.numeric import Floats

_USUAL = 1000  # rows at random, where nobody gives any
_MOST = 12  # inputs that are NaN alone, each in a row
_FAR = 1e3


def usual(network: Network, data: Floats | None) -> Floats:
    """The rows given, or many at random; with 0, and those where units change side."""
    width = len(network.input_names)
    if data is None:
        data = np.random.default_rng(0).normal(size=(_USUAL, width))
    return np.concatenate([data, sample(network.read, width, seed=0, count=1)])


def extremes(network: Network, data: Floats, engine: Engine) -> dict[str, Rows]:
    """The rows of each kind, by what is said of them."""
    width = len(network.input_names)
    if not width:
        return {}
    signs = np.concatenate([np.ones((1, width)), np.eye(width)[:_MOST]])
    found = {"±1e3": Rows.of(_FAR * np.concatenate([signs, -signs]))}
    lacking = np.concatenate([np.ones((1, width)), np.eye(width)[:_MOST]]) > 0
    holed = np.where(lacking, np.nan, data[0])
    if engine.nan:
        found["NaN"] = Rows.of(holed)
    if engine.null:
        found["NULL"] = Rows(holed, lacking)
    return found
