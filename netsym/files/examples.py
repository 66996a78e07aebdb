"""Examples for a cost in a CSV file: which columns are inputs, and which are targets."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.files.table import Table, read_table
from netsym.graph.names import Names, literal
from netsym.network.columns import as_name
from netsym.network.interface import answers
from netsym.network.network import Network
from netsym.typed.vocabulary import Vocabulary
from netsym.wording import few

Floats = npt.NDArray[np.float64]
Columns = npt.NDArray[np.intp]
_MOST_SHOWN = 8  # names in a message


def read_examples(path: str | os.PathLike[str], network: Network) -> tuple[Floats, Floats]:
    """The inputs and the targets in a file, shapes (examples, inputs) and (examples, targets).

    A header says which column is which: the inputs have their names, the targets those of the
    outputs, or t, t_1 …, or y, y_1 …, or what became of them, as `net worth` is net_worth; without
    a header, as where the first line is all numbers, the inputs come first. Of several outputs the
    target may be one column, the class. Raises `SpecError` for other columns.
    """
    table = read_table(path)
    inputs, outputs = len(network.input_names), len(network.outputs[0].names)
    columns = table.numbers.shape[1]
    if columns not in (inputs + 1, inputs + outputs):
        targets = "1" if outputs == 1 else f"1 or {outputs}"
        there, wanted = ", the first line with numbers", ""
        if table.header:
            there = f", {_few(literal(*table.header))}"
            wanted = f": {_expected(network, answers(network.outputs[0], outputs))}"
        raise SpecError(
            f"{path} has {columns} columns{there}; this network needs {inputs} for its inputs and "
            f"{targets} for the target{wanted}"
        )
    order = np.arange(columns)
    if table.header:
        order = _order(table, network, columns - inputs, f"{path}, line {table.line}")
    return table.numbers[:, order[:inputs]], table.numbers[:, order[inputs:]]


def read_inputs(path: str | os.PathLike[str], network: Network) -> Floats:
    """The inputs in a file, shape (rows, inputs); what else it has is not looked at.

    A header says which column is which, in any order; without one the inputs come first. Raises
    `SpecError` where inputs are missing.
    """
    table = read_table(path)
    names = network.input_names.all()
    places = {as_name(text) or text: place for place, text in enumerate(table.header)}
    if places.keys() >= {*names}:
        return table.numbers[:, [places[name] for name in names]]
    if table.header or table.numbers.shape[1] < len(names):
        there = _few(literal(*table.header)) if table.header else "without a header"
        raise SpecError(
            f"{path} has {table.numbers.shape[1]} columns, {there}; this network needs its inputs "
            f"{_few(network.input_names)}; name the columns so, in any order"
        )
    return table.numbers[:, : len(names)]


def _order(table: Table, network: Network, targets: int, where: str) -> Columns:
    """The columns of the inputs, then those of the targets; raises `SpecError` for others."""
    expected = answers(network.outputs[0], targets)
    vocabulary = Vocabulary([network.input_names, *expected], None)
    found: dict[int, str] = {}
    for column, name in enumerate(table.header, 1):
        meant = vocabulary.resolve(name, {}) or vocabulary.resolve(as_name(name), {})
        known = vocabulary.place(meant or "")
        position = -1
        if known is not None:
            names, place = known
            position = place if names is network.input_names else len(network.input_names) + place
        if known is None or position in found:
            problem = f"{name[:40]!r} is neither a number nor the name of an input or a target"
            if position in found:
                problem = f"{name[:40]!r} names the same as {found[position][:40]!r} before it"
            raise SpecError(
                f"{where}, column {column}: {problem}; the header is "
                f"{_few(literal(*table.header))}, but expected are "
                f"{_expected(network, expected)}; name the columns so, in any order, or take the "
                "header out if they are in that order"
            )
        found[position] = name
    return np.argsort(list(found))


def _expected(network: Network, answers: Sequence[Names]) -> str:
    said = " or ".join(map(_few, answers))
    return f"the inputs {_few(network.input_names)} and the targets {said}"


def _few(names: Names) -> str:
    """Names for a sentence."""
    return few(range(len(names)), _MOST_SHOWN, names.ascii)
