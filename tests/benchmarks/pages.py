"""Pages: how long one takes to be made, and to be opened in a browser."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import netsym
from netsym import parse
from netsym.network.network import Network
from tests.benchmarks.measure import Call, DisagreementError, Line, at_most, race, row
from tests.benchmarks.networks import fresh
from tests.notes.browser import found

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
#: 40 values: those of its units, and the loss.
FORTY = "6-20tanh-19relu-1sigmoid"


def small(network: Network) -> str:
    """The page of a network over four examples."""
    return netsym.page(network, "bce", data=XOR, l2=0.001).html()


def large(network: Network) -> str:
    """The page of a network at one example."""
    return netsym.page(network, "bce").html()


@row("page of 2-3-1:sigmoid")
def made() -> list[Line]:
    network = parse("2-3-1:sigmoid")
    return race(Call(lambda: fresh(network), small), [at_most(0.5)])


@row("page of 40 units")
def of_forty() -> list[Line]:
    network = parse(FORTY)
    return race(Call(lambda: fresh(network), large), [at_most(0.5)])


@dataclass(frozen=True, slots=True)
class _Opened:
    """The time from when a browser begins to read a page until all of it is laid out: the least of
    several, as the clock of a browser runs on while others work.
    """

    html: str

    def seconds(self) -> float:
        return min(self._once() for _ in range(5)) / 1000

    def _once(self) -> float:
        script = "document.body.offsetHeight; found.after = performance.now(); found.units = V;"
        with tempfile.TemporaryDirectory() as folder:
            there = found(self.html, script, Path(folder))
        if "a1_1" not in there["units"]:
            raise DisagreementError(f"the page computed {sorted(there['units'])}")
        return float(there["after"])

    def memory(self) -> None:
        return None


@row("opening the page of 2-3-1:sigmoid")
def opened() -> list[Line]:
    return race(_Opened(small(parse("2-3-1:sigmoid"))), [at_most(0.3)], least=1, seconds=0)


@row("opening the page of 40 units")
def opened_forty() -> list[Line]:
    return race(_Opened(large(parse(FORTY))), [at_most(0.3)], least=1, seconds=0)
