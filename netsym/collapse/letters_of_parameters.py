r"""How a derivation spells parameters: as a letter, and entry by entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from netsym.forms.form import Binding, bind
from netsym.formula import Formula
from netsym.graph.copying import with_numbers
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names, literal
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic
from netsym.pieces.affine_text import is_rounded, short
from netsym.writers.array_latex import matrix
from netsym.writers.latex import Latex
from netsym.writers.latex_widths import WIDTH
from netsym.writers.notations import NOTATIONS

_MOST_ROWS = 10  # and columns of a matrix that is written out; amsmath takes so many
_MOST_ENTRIES = 36  # of a matrix that is written out
_MOST_LISTED = 12  # entries that are written one by one
_MOST_NODES = 120  # of all entries of a matrix that are written out

_LETTER = re.compile(r"([A-Za-z])('*(?:\^\{[^{}]*\})?)\)?$")


class Spelling:
    """Spells the parameters of a network and of what it is simplified to.

    `primes` says, by the id of a parameter, how often what it is called was replaced; if only one
    layer is, `single`, its letters need no number.
    """

    def __init__(self, network: Network, notation: str, digits: int | None) -> None:
        self.latex_names = network.latex_names
        self.notation = notation
        self.digits = digits
        self.latex = Latex(self._formula(Graph(), ()), digits, NOTATIONS[notation])
        self.primes: dict[int, int] = {}
        self.single = False

    def _formula(
        self, graph: Graph, outputs: tuple[Binding, ...], names: dict[str, str] | None = None
    ) -> Formula:
        none = np.empty(0, dtype=np.int32)
        return Formula(graph, none, outputs, latex_names={**self.latex_names, **(names or {})})

    # -- as letters -----------------------------------------------------------------------------
    def plain(self, parameter: Parameter) -> str:
        """`W^{[1]}`."""
        names = parameter.names
        base = names.base.upper() if len(names.shape) > 1 else names.base
        return self.latex.name(Names(base, names.layer), 0)

    def letter(self, parameter: Parameter) -> str:
        """`W^{[1]}`; of what was replaced `W'`, with the number of its layer if there are more."""
        plain, primes = self.plain(parameter), "'" * self.primes.get(id(parameter), 0)
        return f"{plain[0]}{primes}{'' if primes and self.single else plain[1:]}"

    def diagonal(self, parameter: Parameter) -> str:
        r"""`\operatorname{diag}(s^{[1]})`."""
        return rf"\operatorname{{diag}}({self.letter(parameter)})"

    # -- entry by entry -------------------------------------------------------------------------
    def sign(self, parameters: Sequence[Parameter]) -> str:
        """The relation between letters and the entries that are shown: equal, or about."""
        known = [self._cells(parameter) for parameter in parameters]
        return r"\approx" if any(cells and any(cells[1]) for cells in known) else "="

    def chain(self, left: str, chain: list[tuple[str, str]], parameter: Parameter) -> Iterator[str]:
        """Lines of `align*`: how a matrix or a bias comes about, and its entries, else its size.

        `left` is what it is called, `chain` has relations with what stands behind them.
        """
        room = WIDTH - self.latex.measure(left) - 15
        member = rf"\mathbf{{R}}^{{{_times(parameter.shape)}}}"
        ends = self.latex.measure(rf" \in {member}")
        chain = [(sign, text) for sign, text in chain if self.latex.measure(text) + ends <= room]
        cells = self._cells(parameter)
        listed = ""
        if cells is not None:
            texts, rounded = cells
            diagonal = left.startswith(r"\operatorname")
            text = _diag(texts) if diagonal else _grid(texts, parameter.shape, plain=True)
            if self.latex.measure(text) <= room:
                chain.append((r"\approx" if any(rounded) else "=", text))
            elif len(texts) <= _MOST_LISTED:
                listed = self._listed(left, parameter, rounded)
            else:
                cells = None
        if cells is None:
            if chain:
                chain[-1] = chain[-1][0], rf"{chain[-1][1]} \in {member}"
            else:
                chain = [(r"\in", member)]
        for place, (sign, text) in enumerate(chain):
            yield f"{'' if place else left + ' '}&{sign} {text}"
        if listed:
            yield listed

    def _listed(self, left: str, parameter: Parameter, rounded: Sequence[bool]) -> str:
        """The entries, each by itself, broken into lines by the writer of formulas."""
        letter = _LETTER.search(left)
        assert letter is not None
        base, script = letter[1].lower(), letter[2] or ""
        graph, nodes = self._nodes(parameter)
        names = literal(*(f"entry{place}" for place in range(len(nodes))))
        comma = "," if max(parameter.shape) > 9 else ""
        spelled = {
            name: f"{base}_{{{comma.join(map(str, parameter.names.indices(place)))}}}{script}"
            if len(nodes) > 1
            else f"{base}{script}"
            for place, name in enumerate(names.literal)
        }
        formula = self._formula(graph, bind(names, nodes), spelled)
        text = aligned(formula.latex(notation=self.notation, digits=self.digits))
        for name, is_about in zip(names.literal, rounded, strict=True):
            if is_about:
                start = f"{spelled[name]} &"
                text = text.replace(f"{start}= ", rf"{start}\approx ", 1)
        return text

    def _cells(self, parameter: Parameter) -> tuple[list[str], list[bool]] | None:
        """The entries as written, and which are rounded; None if that would be too long."""
        if not is_small(parameter):
            return None
        graph, nodes = self._nodes(parameter)
        names = Names("e", None, (len(nodes),))
        formula = self._formula(graph, bind(names, nodes))
        if formula.size.nodes > _MOST_NODES:
            return None
        latex = Latex(formula, self.digits, NOTATIONS[self.notation])
        texts = list(latex.right_sides()[1].values())
        return texts, self._rounded(parameter)

    def _rounded(self, parameter: Parameter) -> list[bool]:
        """Which entries are written as other numbers."""
        if parameter.entries is not None:
            return [
                isinstance(e, (float, Fraction)) and is_rounded(Fraction(e), self.digits)
                for e in parameter.entries.reshape(-1).tolist()
            ]
        if parameter.formula is None:
            return [False] * len(parameter.names)
        exact = parameter.formula
        numbers = [
            block.number(row)
            for block, rows in exact.graph.walk(exact.mask)
            if block.op == "constant"
            for row in rows.tolist()
        ]
        about = any(is_rounded(Fraction(n), self.digits) for n in numbers)
        return [about] * len(parameter.names)

    @staticmethod
    def _nodes(parameter: Parameter) -> tuple[Graph, Ids]:
        """The entries as nodes of a graph, with the numbers that are shown."""
        if parameter.formula is not None:
            return with_numbers(parameter.formula.graph, parameter.formula.ends, {}, short)
        if parameter.entries is not None and parameter.entries.dtype == object:
            entries = [short(e) if isinstance(e, Fraction) else e for e in parameter.entries.flat]
            changed = np.empty(len(entries), dtype=object)
            changed[:] = entries
            parameter = replace(parameter, stored=changed.reshape(parameter.shape))
        ops = Symbolic()
        return ops.graph, ops.parameter(parameter).reshape(-1)

    def matrix(self, parameter: Parameter) -> str:
        """A parameter with its entries, as a matrix; its letter if it is large."""
        cells = self._cells(parameter)
        return self.letter(parameter) if cells is None else _grid(cells[0], parameter.shape)

    def diagonal_matrix(self, parameter: Parameter) -> str:
        """The diagonal matrix of a vector with its entries, as far as `matrix` writes them."""
        cells = self._cells(parameter)
        return self.diagonal(parameter) if cells is None else _diag(cells[0])


def _grid(texts: Sequence[str], shape: tuple[int, ...], plain: bool = False) -> str:
    """Entries as a matrix; a single one, where it is `plain`, as it stands."""
    if plain and len(texts) == 1:
        return texts[0]
    columns = shape[1] if len(shape) > 1 else 1
    rows = [texts[start : start + columns] for start in range(0, len(texts), columns)]
    return matrix(rows, "pmatrix")


def _diag(texts: Sequence[str]) -> str:
    body = ", ".join(texts)
    tall = r"\dfrac" in body
    return rf"\operatorname{{diag}}\left({body}\right)" if tall else (
        rf"\operatorname{{diag}}({body})"
    )  # fmt: skip


def _times(shape: Sequence[int]) -> str:
    return r" \times ".join(map(str, shape))


def is_small(parameter: Parameter) -> bool:
    """Whether its entries can be written as a matrix, as far as their number goes."""
    return max(parameter.shape) <= _MOST_ROWS and len(parameter.names) <= _MOST_ENTRIES


def aligned(fragment: str) -> str:
    """A fragment of the writer of formulas as lines of `align*`, which pages may break."""
    if fragment.startswith("\\begin{aligned}"):
        return fragment.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    return fragment.replace(" = ", " &= ", 1)
