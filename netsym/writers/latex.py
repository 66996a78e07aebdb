"""LaTeX that compiles with amsmath alone, and in KaTeX and MathJax: fragments and documents."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from netsym.errors import SpecError, checked_whole, did_you_mean
from netsym.forms.form import Form, layered
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Positions
from netsym.graph.names import GREEK, VALUES, Adjoints, Derivatives, Names
from netsym.writers.language import (
    ATOM,
    NEGATION,
    POWER,
    PRODUCT,
    Equation,
    Language,
    Watcher,
    no_watcher,
)  # fmt: skip
from netsym.writers.ropes import Layout, Rope, flat

#: Line width in characters of ordinary text, as wide as the text of a `document` (440pt).
WIDTH = 76

_INDENT = 3


@dataclass(frozen=True, slots=True)
class Notation:
    """How a source writes the number of a layer, and from where it counts.

    `bracket` goes round the number. The input is layer `values`: activations of the first layer
    are numbered 1 + `values`, its weights 1 + `parameters`.
    """

    bracket: str
    parameters: int
    values: int


#: ng: Ng's Deep Learning course, w^{[1]}, a^{[1]}. cs229: Ng's notes where the input is layer 1,
#: so W^{(1)} leads to a^{(2)}. nielsen: Neural Networks and Deep Learning, w^{2}, a^{2}.
NOTATIONS = {
    "ng": Notation("[{}]", 0, 0),
    "cs229": Notation("({})", 0, 1),
    "nielsen": Notation("{}", 1, 1),
}

# Names that xcolor, KaTeX and MathJax all know; of the input, then of the layers.
_COLORS = ("teal", "blue", "red", "violet", "orange", "brown", "magenta", "olive")
_BIG = (r"", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl")

_LETTERS = {"y": r"\hat{y}", **{word: rf"\{word}" for word in GREEK}}

#: What an onion calls the values of a layer, by their letter.
_SKINS = {"a": "layer {layer}, unit {unit}", "L": "loss {unit}", "J": "cost"}

_SCRIPTS = re.compile(r"_\{([^{}]*)\}(?:\^\{([^{}]*)\})?|\^\{([^{}]*)\}")
_ROOT = "^{1/2}"
_SILENT = re.compile(r"\\(?:[bB]igg?[lr]?|textcolor\{\w+\}|,|mathrm|operatorname|hat)|[{}]")
_SYMBOL = re.compile(r"\\(?:sigma|cdot|pi|odot|delta|partial)\b ?")


class Latex(Language):
    """Spells a formula in LaTeX. Sizes of parentheses grow from the inside out."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Language.operations,
        "divide": ("_write_quotient", POWER),
    }
    times = r"\,"
    dots = r"\dots"

    def __init__(
        self,
        formula: Form,
        digits: int | None = None,
        notation: Notation = NOTATIONS["ng"],
        onion: bool = False,
        color: bool = False,
        line: int = WIDTH,
        watcher: Watcher = no_watcher,
    ) -> None:
        super().__init__(formula, digits, breakable=True, watcher=watcher)
        self.notation = notation
        self.onion = onion
        self.color = color
        self.line = line
        self.widths: dict[str, int] = {}
        self.chains: dict[int, list[str | Rope]] = {}  # by δ: its factors, as the onion names them
        self.owners: dict[str, str] = {}  # which given name has which LaTeX

    # -- names and numbers
    def name(self, names: Names, position: int) -> str:
        if isinstance(names, Derivatives):
            above, below = (rf"\partial {self.name(*p)}" for p in names.quotient(position))
            text = rf"\frac{{{above}}}{{{below}}}"
            self.widths[text] = max(self.measure(above), self.measure(below))
            return text
        return self._colored(self._plain(names, position), names)

    def _plain(self, names: Names, position: int) -> str:
        if names.literal:
            return self._given(names.literal[position])
        if self.formula.latex_names and (own := names.ascii(position)) in self.formula.latex_names:
            return self.formula.latex_names[own]
        if isinstance(names, Adjoints) and names.base != "delta":
            return "d" + self._plain(names.values(names.base[1:]), position)
        letter, gate = names.letter
        base = _LETTERS.get(letter) or _upright(letter)
        indices = [str(index) for index in names.indices(position)]
        comma = "," if any(len(index) > 1 for index in indices) else ""
        parts = [gate, names.step, comma.join(indices)]
        if names.step.isdecimal() and not comma:
            parts = [gate, names.step + parts[2]]
        below = ",".join(part for part in parts if part)
        return base + (f"_{{{below}}}" if below else "") + self._layer(names)

    def _given(self, name: str) -> str:
        """A name as a person gave it, with the LaTeX given for it or made of it."""
        latex = self.formula.latex_names.get(name) or _identifier(name)
        if self.owners.setdefault(latex, name) != name:  # x1 and x_1 are not the same
            return _upright(name)
        return latex

    def _layer(self, names: Names) -> str:
        if names.layer is None:
            return ""
        is_value = names.base.removesuffix("0") in VALUES
        offset = self.notation.values if is_value else self.notation.parameters
        return f"^{{{self.notation.bracket.format(names.layer + offset)}}}"

    def _colored(self, text: str, names: Names) -> str:
        if not self.color or names is self.formula.cut_names:
            return text
        layer = self.formula.layer_count if names.base == "y" else names.layer or 0
        return rf"\textcolor{{{_color(layer)}}}{{{text}}}"

    def number(self, value: float | Fraction) -> tuple[str, int]:
        if isinstance(value, Fraction) and value.denominator != 1:
            sign = "-" if value < 0 else ""
            text = rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"
            return text, NEGATION if sign else POWER
        text, binds = super().number(value)
        mantissa, e, exponent = text.partition("e")
        if not e:
            return text, binds
        # as a factor it stands like a number: products put a dot before digits
        binds = NEGATION if binds == NEGATION else POWER
        power = f"10^{{{int(exponent)}}}"
        times = {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ")
        return times + power, binds

    # -- operations
    def parentheses(self, piece: str | Rope) -> str | Rope:
        return self._enclosed("", piece, "(", ")")

    def _enclosed(self, head: str, piece: str | Rope, opening: str, closing: str) -> str | Rope:
        big = _BIG[min(_height(piece), len(_BIG) - 1)]
        small = big[:-1] + "r" if big else ""
        return self.join([f"{head}{big}{opening}", piece, f"{small}{closing}"])

    def product(self, factors: list[str | Rope]) -> str | Rope:
        pieces = factors[:1]
        for factor in factors[1:]:
            first = next(iter(flat(factor)))
            if first.startswith("10^{"):  # behind a number it would be read as a part of that
                factor = self.parentheses(factor)
                first = "("
            digit = first[:1].isdecimal() or first.startswith(r"\tfrac")
            pieces += [r" \cdot " if digit else self.times, factor]
        return self.join(pieces)

    def _write_quotient(self, _: str, nodes: list[int]) -> str | Rope:
        above, below = self.texts[nodes[0]], self.texts[nodes[1]]
        width = max(self.width(above), self.width(below))
        if width <= self.line - 5:
            return Rope(
                [r"\dfrac{", above, "}{", below, "}"],
                width,
                solid=True,
                height=self._over(above, below),
            )
        inverse = self.join([self.parentheses(below), "^{-1}"])
        if above == "1":
            return inverse
        return self.product([self.operand(nodes[0], POWER), inverse])

    def _over(self, above: str | Rope, below: str | Rope) -> int:
        return 2 + max(_height(above), _height(below))

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        base = self.operand(nodes[0], ATOM)
        last = "".join(flat(base)).endswith(_ROOT)
        if last or (isinstance(base, str) and "^" in base and not base.endswith(")")):
            base = self.parentheses(base)
        return self.join([base, "^{", self.texts[nodes[1]], "}"])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        row = FUNCTIONS[function]
        if not operands:
            return row.latex
        if function == "sqrt":
            if self.width(operands[0]) > self.line - 5:  # no root goes over several lines
                return self.join([self.parentheses(operands[0]), _ROOT])
            return Rope(
                [r"\sqrt{", operands[0], "}"],
                self.width(operands[0]) + 1,
                solid=True,
                height=_height(operands[0]),
            )
        if function == "abs":
            return self._enclosed("", operands[0], r"\lvert ", r"\rvert ")
        if row.alpha is not None:
            alpha = "".join(flat(operands[1]))
            return self._enclosed(f"{row.latex}_{{{alpha}}}", operands[0], "(", ")")
        inner = [operands[0]]
        for operand in operands[1:]:
            inner += [",\\, ", operand]
        nested = function == "exp" and any("(" in text for text in flat(operands[0]))
        opening, closing = ("[", "]") if nested else ("(", ")")
        return self._enclosed(
            row.latex, self.join(inner) if len(inner) > 1 else inner[0], opening, closing
        )

    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        is_slope = isinstance(self.formula.outputs[0].names, Derivatives)
        if not self.onion or names.base not in _SKINS or names.layer is None or is_slope:
            return text, binds
        layer, unit = names.layer + self.notation.values, names.indices(position)[-1]
        skin = _SKINS[names.base].format(layer=layer, unit=unit)
        label = rf"\text{{{skin}}}\,=\,{self._plain(names, position)}"
        below = self._colored(label, names)
        width = max(self.width(text), self.width(label) * 7 // 10)
        if width <= self.line:
            pieces = [r"{\underbrace{", text, "}_{", below, "}}"]
            return Rope(pieces, width, solid=True, height=_height(text)), binds
        # no brace is as long as several lines: name the unit where it closes
        closed = text if binds == ATOM else self.parentheses(text)
        return self.join([closed, "_{", below, "}"]), ATOM

    # -- the chain rule, factor by factor
    def equations(self) -> Iterator[Equation]:
        for equation in super().equations():
            names = equation.binding.names
            if self.onion and isinstance(names, Derivatives):
                pieces = self._slope_chain(equation.binding.node, names, equation.binding.position)
                yield replace(equation, right=self._chained(pieces) if pieces else equation.right)
            else:
                yield equation

    def _write_names(self, block: Block, rows: Positions) -> None:
        names = block.payload
        if self.onion and isinstance(names, Adjoints) and names.base == "delta":
            assert block.positions is not None
            for row in rows.tolist():
                node = int(block.operands[row, 0])
                pieces = self._delta_chain(node, names, int(block.positions[row]))
                if pieces:
                    self.texts[node], self.binds[node] = self._chained(pieces), PRODUCT
                    self.chains[block.start + row] = pieces
        super()._write_names(block, rows)

    def _delta_chain(self, node: int, names: Adjoints, position: int) -> list[str | Rope]:
        r"""δ: what is passed back is its derivative by a, the rest \partial a/\partial z."""
        ends = self.formula.outputs[0].names
        if not isinstance(ends, Derivatives) or len(ends.above) > 1:
            return []
        factors = self._factors(node)
        passed = next((n for n, f in enumerate(factors) if not self._is_passed(f)), len(factors))
        end = self.name(*ends.quotient(0)[0])
        value = self._values.get((names.layer, names.at, position), end)
        z = self._plain(names.values("z"), position)
        if not passed:  # the output's own slope, or a loss whose slope is not taken apart
            return [self._brace(factors, end, z)]
        slope = [self._brace(factors[passed:], value, z)] if factors[passed:] else []
        outer = self._delta(factors[passed - 1])
        if self.formula.form == "inlined" and passed == 2 and outer is not None:
            chain = self.chains.get(factors[1], [])
            return [*chain, self._brace(factors[:1], outer, value), *slope] if chain else []
        return [self._brace(factors[:passed], end, value), *slope]

    def _slope_chain(self, node: int, names: Derivatives, position: int) -> list[str | Rope]:
        r"""The derivative by w: δ, which is that by z, times \partial z/\partial w."""
        factors = self._factors(node)
        z = self._delta(factors[0])
        if z is None or len(names.above) > 1:
            return []
        above, below = (self.name(*part) for part in names.quotient(position))
        first = [self._brace(factors[:1], above, z)]
        if self.formula.form == "inlined":
            first = self.chains.get(factors[0], first)
        return [*first, self._brace(factors[1:], z, below)] if factors[1:] else first

    def _brace(self, nodes: list[int], above: str, below: str) -> str | Rope:
        """A product of nodes, over a brace with what derivative it is."""
        text = self.texts[nodes[0]]
        if len(nodes) > 1:
            text = self._write_product("multiply", nodes)
        label = rf"\partial {above}/\partial {below}"
        width = max(self.width(text), self.width(label) * 7 // 10)
        if width > self.line - 5:  # no brace is as long as several lines: say it where it closes
            return self.join([self.parentheses(text), "_{", label, "}"])
        pieces = [r"{\underbrace{", text, "}_{", label, "}}"]
        return Rope(pieces, width, solid=True, height=_height(text))

    def _chained(self, pieces: Sequence[str | Rope]) -> str | Rope:
        """The product of the factors."""
        joined = [part for piece in pieces[1:] for part in (r" \cdot ", piece)]
        return self.join([pieces[0], *joined], separated=True)

    def _factors(self, node: int) -> list[int]:
        block = self.formula.graph.block_of(node)
        if block.op != "multiply":
            return [node]
        factors: list[int] = block.operands[node - block.start].tolist()
        return factors

    def _delta(self, node: int) -> str | None:
        """The z that a δ is the derivative by; None for other nodes."""
        block = self.formula.graph.block_of(node)
        if not isinstance(block.payload, Adjoints) or block.payload.base != "delta":
            return None
        assert block.positions is not None
        position = int(block.positions[node - block.start])
        return self._plain(block.payload.values("z"), position)

    def _is_passed(self, node: int, depth: int = 2) -> bool:
        """Whether a factor comes from outside: weights, what has a δ, and sums of products."""
        block = self.formula.graph.block_of(node)
        if block.op in ("add", "multiply") and depth:
            operands = block.operands[node - block.start].tolist()
            return all(self._is_passed(operand, depth - 1) for operand in operands)
        return block.op == "symbol" or isinstance(block.payload, Adjoints)

    @cached_property
    def _values(self) -> dict[tuple[int | None, str, int], str]:
        """What activations give, by layer, step and unit."""
        return {
            (b.names.layer, b.names.at, b.position): self._plain(b.names, b.position)
            for b in layered(self.formula).bindings
            if not b.names.literal and b.names.base in ("a", "h")
        }

    _NUMBERS = (*Language._NUMBERS, r"\tfrac")

    @staticmethod
    def _is_number(text: str) -> bool:
        return text[1:2].isdecimal() or text.startswith(r"-\tfrac")

    def remarks(self) -> Iterator[str]:
        """What stands below the equations: for which steps they hold."""
        if self.formula.steps:
            zero = [rf",\quad {self.name(names, 0)} = 0" for names in self.formula.zero]
            steps = rf"1, \dots, {self.formula.steps}" if self.formula.steps > 1 else "1"
            yield f" \\\\[1ex]\n& t = {steps}{''.join(zero)}"

    # -- measures
    def measure(self, text: str) -> int:
        """The width in characters: scripts count two thirds, commands what they show."""
        if text not in self.widths:
            shown = _SCRIPTS.sub(_script, text)
            self.widths[text] = len(_SILENT.sub("", _SYMBOL.sub("o", shown)).replace("\\", ""))
        return self.widths[text]

    def rope(self, pieces: Sequence[str | Rope], width: int, separated: bool) -> Rope:
        return Rope(pieces, width, separated, height=max(map(_height, pieces)))


def _script(match: re.Match[str]) -> str:
    longest = max(len(group) for group in match.groups() if group is not None)
    return "s" * math.ceil(longest * 2 / 3)


def _height(piece: str | Rope) -> int:
    """How tall a piece is, in sizes of the parentheses that it needs."""
    if isinstance(piece, Rope):
        return piece.height
    for size in (4, 3, 2, 1):
        if _BIG[size] in piece:
            return size + 1
    return 1 if "^" in piece or "(" in piece else 0


def _identifier(name: str) -> str:
    r"""A name as typed in LaTeX: w_{21} for w_21, w_{1,2} for w_1_2, x_{1}, \mathrm{rate}."""
    match = re.fullmatch(r"([A-Za-z])([0-9]+)", name)
    base, *indices = [match[1], match[2]] if match else name.split("_")
    if not all([base, *indices]):  # x_ and a__b are not x and a_b
        return _upright(name)
    shown = [i if i.isdecimal() else _upright(i) for i in indices]
    return _upright(base) + (f"_{{{','.join(shown)}}}" if shown else "")


def _upright(word: str) -> str:
    r"""A letter, or a word as it is typed: \mathrm{key\_words}, whose underscore lowers nothing."""
    return (
        word
        if len(word) == 1 and word != "_"
        else rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}"
    )


def _color(layer: int) -> str:
    return _COLORS[layer] if layer < len(_COLORS) else _COLORS[1 + (layer - 1) % (len(_COLORS) - 1)]


def write_latex(
    formula: Form,
    *,
    document: bool = False,
    notation: str = "ng",
    onion: bool = False,
    color: bool = False,
    width: int = WIDTH,
    digits: int | None = None,
    progress: Watcher = no_watcher,
) -> Iterator[str]:
    r"""A form in LaTeX, piece by piece: a fragment for display mathematics, or a `document`.

    `notation` is "ng", "cs229" or "nielsen"; `onion` puts an underbrace under every unit of an
    inlined formula, naming layer and unit; `color` gives each layer a colour (`\textcolor`, from
    xcolor). Lines are broken at `width`, in characters. Raises `SpecError` for an unknown
    notation.
    """
    chosen, width = named_notation(notation), checked_whole("width", width, 1)
    return laid_out(Latex(formula, digits, chosen, onion, color, width, progress), document)


def named_notation(name: str) -> Notation:
    """The notation of this name; raises `SpecError` if there is none."""
    if name not in NOTATIONS:
        raise SpecError(f"unknown notation {name!r}; {did_you_mean(name, NOTATIONS)}")
    return NOTATIONS[name]


def laid_out(language: Latex, document: bool) -> Iterator[str]:
    """What a language writes, in lines, as a fragment or as a document."""
    lines = _lines(language)
    return _document(lines, language.color) if document else _fragment(lines)


def _lines(language: Latex) -> Iterator[str]:
    layout = Layout(language.line, language.measure, _newline, _INDENT, lead="{}")
    left = ""
    for number, equation in enumerate(language.equations()):
        if number:  # fractions of two rows would touch
            yield " \\\\[4pt]\n" if left.startswith(r"\frac") else " \\\\\n"
        left = language.left(equation)
        yield from layout.lines(f"{left} &= ", equation.right, language.measure(left))
    yield from language.remarks()


def _newline(level: int) -> str:
    return " \\\\\n&" + r"\quad" * max(level, 1) + " "


def _fragment(lines: Iterator[str]) -> Iterator[str]:
    first, rest = _held(lines)
    if rest is None:
        yield first.replace(" &= ", " = ", 1)
        return
    yield "\\begin{aligned}\n"
    yield first
    yield from rest
    yield "\n\\end{aligned}"


def _document(lines: Iterator[str], color: bool) -> Iterator[str]:
    yield "\\documentclass{article}\n\\usepackage{amsmath}\n"
    yield "\\usepackage{xcolor}\n" if color else ""
    yield "\\setlength{\\textwidth}{440pt}\n\\setlength{\\oddsidemargin}{6pt}\n"
    yield "\\allowdisplaybreaks\n\\begin{document}\n\\begin{align*}\n"
    yield from lines
    yield "\n\\end{align*}\n\\end{document}\n"


def _held(lines: Iterator[str]) -> tuple[str, Iterator[str] | None]:
    """The whole text if it is one line, else its beginning and the rest."""
    first = ""
    for piece in lines:
        first += piece
        if "\\\\" in piece:
            return first, lines
    return first, None
