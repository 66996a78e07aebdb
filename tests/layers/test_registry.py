"""The table of layers says all of them, and reads the file of a layer when it is used."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

import netsym.layers
from netsym.layers import Layer
from netsym.layers.blocks import Composite
from netsym.layers.loss import Loss
from netsym.layers.registry import BLOCKS, LAYERS, LOSSES

FILES = [module.name for module in pkgutil.iter_modules(netsym.layers.__path__)]


def kinds(base: type) -> Iterator[tuple[str, type]]:
    """The classes below this one, in this room, that have a kind of their own."""
    for each in base.__subclasses__():
        if "kind" in vars(each) and each.__module__.startswith("netsym.layers."):
            yield vars(each)["kind"], each
        yield from kinds(each)


def test_every_layer_is_in_the_table() -> None:
    for file in FILES:
        import_module(f"netsym.layers.{file}")
    made = dict(kinds(Layer))
    assert made.pop("penalty")  # a part of a cost, which no file says
    assert dict(LAYERS) == made
    assert dict(BLOCKS) == dict(kinds(Composite))
    assert dict(LOSSES) == dict(kinds(Loss))
    assert len(LAYERS) == len(made) > len(LOSSES)


def test_what_the_table_does_not_have() -> None:
    assert "dense" in LAYERS
    assert "penalty" not in LAYERS
    assert ["dense"] not in [*LAYERS]
    assert LAYERS.get("tensor") is None
    with pytest.raises(KeyError):
        BLOCKS["dense"]


def test_only_what_a_network_has_is_read() -> None:
    code = "import netsym, sys; print(netsym.parse('1-2-1').inlined, *sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    read = {name.removeprefix("netsym.layers.") for name in run.stdout.splitlines()}
    assert "dense" in read & {*FILES}
    rare = {"convolution", "recurrent", "attention", "transformer", "loss", "pooling"}
    assert not read & {*rare, "merge", "elementwise"}
    assert "netsym.typed.parse" not in read
