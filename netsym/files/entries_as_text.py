"""The parameters of a network as a file has them in-line: numbers, names, and formulas as text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import Form
from netsym.forms.sizes import measure, refuse_if_larger
from netsym.layers.parameter_entries import LONGEST, entries, is_typed
from netsym.layers.parameter_formulas import DEEPEST, has_meaning
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.writers.text import Ascii

Entry = float | Fraction | str


class Inline:
    """Writes the parameters of a network whose layers are numbered in order, one after another.

    What a file cannot hold is refused: numbers that are not finite or too long, formulas that are
    too long or too deep, and names that a formula reads as something else.
    """

    def __init__(self, network: Network) -> None:
        parameters = [p for placed in network.layers for p in placed.parameters.values()]
        self._network = network
        self._given = {name for parameter in parameters for name in parameter.chosen()}

    def array(self, where: str, parameter: Parameter) -> list[Any]:
        """The entries as nested lists of numbers and text.

        `where` is what errors call the parameter. Raises `SpecError` or `TooLargeError`.
        """
        if parameter.is_numeric:
            numbers: list[Any] = entries(where, parameter.entries, parameter.shape).tolist()
            return numbers
        if parameter.formula is not None:
            flat = self._derived(where, parameter.formula)
        else:
            assert parameter.entries is not None
            named = dict(parameter.named())
            flat = [named.get(n, e) for n, e in enumerate(parameter.entries.reshape(-1).tolist())]
        whole = np.array([*flat, None], dtype=object)[:-1].reshape(parameter.shape)
        nested: list[Any] = whole.tolist()
        entries(where, nested, parameter.shape)
        return nested

    def _derived(self, where: str, formula: Form) -> list[Entry]:
        """The entries of a derived parameter.

        If all are names and numbers, a file would give its names anew: one that the notation gives
        elsewhere stands in parentheses, which make it a formula.
        """
        found = _written(where, formula)
        own = {e for e in found if isinstance(e, str) and not is_typed(e)}
        if any(isinstance(entry, str) and entry not in own for entry in found):
            for name in (name for _, names in formula.symbols() for name in names):
                if has_meaning(name) and name not in own | self._given:
                    raise SpecError(
                        f"{where} is a formula of the parameter {name!r}, which a file would read "
                        "as something else; rename the parameter"
                    )
            return found
        tied = {name for name in own if self._network.generates(name)}
        self._given |= own
        return [f"({entry})" if entry in tied else entry for entry in found]


def _written(where: str, formula: Form) -> list[Entry]:
    """The outputs of a formula: numbers, names, and texts that are read as formulas."""
    _check(where, formula)
    texts = Ascii(formula).right_sides()[1].values()
    found: list[Entry] = []
    for node, text in zip(formula.ends.tolist(), texts, strict=True):
        block = formula.graph.block_of(node)
        if block.op == "constant":
            found.append(block.number(node - block.start))
        elif block.op == "symbol" or is_typed(text):
            found.append(text)
        else:
            found.append(f"({text})")
        if len(text) > LONGEST:
            raise SpecError(
                f"{where} holds a formula of {len(text):,} characters, of which a file takes "
                f"{LONGEST:,}; keep the layers apart"
            )
    return found


def _check(where: str, formula: Form) -> None:
    """Refuse what the reader would refuse, before it is written."""
    size = measure(formula)
    instead = f"keep the layers apart, or do without {where}"
    refuse_if_larger(max(size.per_output), "inlined", LONGEST, instead)
    if size.height > DEEPEST:
        raise SpecError(
            f"{where} holds a formula of {size.height:,} operations within each other, of which a "
            f"file takes {DEEPEST:,}; keep the layers apart"
        )
    for block, rows in formula.graph.walk(formula.mask):
        if block.op == "constant":
            entries(where, [block.number(row) for row in rows.tolist()], (len(rows),))
