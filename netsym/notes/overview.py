"""A network at a glance: a drawing, one formula, how large its forms are, and what next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from netsym.forms.sizes import MAX_NODES, shown, times_as_large
from netsym.layers import Activated
from netsym.network.network import Network
from netsym.network.once import Steps, is_written_once
from netsym.notes.colored import aside, colored, parts_of_formula
from netsym.notes.drawing import drawing
from netsym.wording import WIDTH, in_ascii, plural

_MOST_SHARED = 100_000  # nodes of a layered form whose shared form is counted, too
_MOST_COMPARED = 10**15  # nodes of which it is said how many times as large they are
_LONGEST_EXACT = 60  # nodes of a formula that may fit on a line
#: The loss that goes with the activation of the last layer.
_LOSSES = {"sigmoid": "bce", "softmax": "cross_entropy"}


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """What there is to say of a network on a dozen lines; `str` is that.

    `layered` and `inlined` are how many nodes these forms have.
    """

    network: Network
    layered: int
    inlined: int

    @classmethod
    def of(cls, network: Network) -> Self:
        """The overview of a network; its forms are counted, and nothing large is built."""
        return cls(network, *(network.count_nodes(form) for form in ("layered", "inlined")))

    def __str__(self) -> str:
        return self.report()

    def report(self, width: int = WIDTH, ascii: bool = False, color: bool = False) -> str:
        """At most twelve lines, none wider than `width`; with `color` as a terminal shows them.

        >>> import netsym
        >>> print(Overview.of(netsym.parse("1-2-1:tanh")).report(64, ascii=True))
        1-2-1:tanh                                          7 parameters
        <BLANKLINE>
                           +- a_1 -+
                     x ----+       +---- y
                           +- a_2 -+
                 1 input     2 tanh    1 tanh
        <BLANKLINE>
        y = tanh(W2 @ tanh(W1 @ x + b1) + b2)
        <BLANKLINE>
        nodes   layered 21   shared 19   one formula 19
        more    show  inline  grad --loss mse  value x=...  simplify  size
        """
        drawn, formula = drawing(self.network, width, ascii), self._formula(width, ascii)
        picture = [_cut(line, width) for line in drawn.lines]
        ends = [_cut(self._sizes(width), width), _cut(self._more(), width)]
        if color:
            picture = [colored(line, drawn.layers) for line in picture]
            formula = [colored(line, parts_of_formula(line)) for line in formula]
            ends = [ends[0], aside(ends[1])]
        lines = [self._title(width), "", *picture, "", *formula, "", *ends]
        return "\n".join(map(in_ascii, lines) if ascii else lines)

    def _title(self, width: int) -> str:
        steps = Steps.of(self.network).count
        said = plural(self.network.parameter_count, "parameter")
        said += f", {plural(steps, 'step')}" if steps else ""
        room = max(width - len(said), 12)
        return f"{_cut(self.network.title, room - 2):<{room}}{said}"

    def _formula(self, width: int, ascii: bool) -> list[str]:
        """The one formula if it fits on a line, else that of whole arrays, or the end of it."""
        network = self.network
        if len(network.output_names) == 1 and self.inlined <= _LONGEST_EXACT:
            text = network.inlined.text(ascii=ascii)
            if len(text) <= width:
                return [text]
        whole = network.matrices
        if not whole.why_not_one:
            whole = whole.inlined if whole.inlined.size.nodes <= _MOST_SHARED else whole
        lines = whole.text(ascii=ascii).splitlines()
        more = f"... ({shown(whole.size.nodes)} nodes)"
        return [_cut(line, width, more) for line in lines[-2:]]

    def _sizes(self, width: int) -> str:
        """The sizes of the forms; that of the shared one if there is room."""
        network = self.network
        found = [f"layered {shown(self.layered)}"]
        if is_written_once(network):
            found.insert(0, f"written once {shown(network.count_nodes('once'))}")
        one = f"one formula {shown(self.inlined)}"
        if self.layered < self.inlined < _MOST_COMPARED:
            one += f", ×{times_as_large(self.inlined, self.layered)}"
        if self.inlined > MAX_NODES:
            one += ": too large to write"
        lines = ["   ".join(["nodes", *found, *shared, one]) for shared in self._shared()]
        return next((line for line in lines if len(line) <= width), lines[-1])

    def _shared(self) -> Iterator[list[str]]:
        if self.layered <= _MOST_SHARED:
            yield [f"shared {shown(self.network.shared.size.nodes)}"]
        yield []

    def _more(self) -> str:
        """The verbs that have something to say of this network."""
        return "  ".join(["more  ", *self._verbs()])

    def _verbs(self) -> Iterator[str]:
        network = self.network
        fits = self.layered <= MAX_NODES
        yield "show" if fits else "show --level matrix"
        if self.inlined <= MAX_NODES:
            yield "inline"
        if fits and len(network.outputs) == 1:
            last = network.named(network.outputs[0].source).layer
            activation = last.activation if isinstance(last, Activated) else ""
            yield f"grad --loss {_LOSSES.get(activation, 'mse')}"
        if fits:
            yield f"value {network.inputs[0].letter}=…"
            yield "simplify"
        yield "size"


def _cut(line: str, width: int, more: str = "...") -> str:
    return line if len(line) <= width else f"{line[: width - len(more)]}{more}"
