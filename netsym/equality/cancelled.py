"""What is taught where a loss and an activation cancel, δ = a - t, with the proof that it is so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, Generic

import numpy as np
import numpy.typing as npt

from netsym.equality.comparison import Comparison, compare
from netsym.errors import SpecError
from netsym.forms.form import Binding, F, Form, layered
from netsym.gradient.gradient import in_form
from netsym.graph.copying import copied
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.graph.names import Adjoints, Names
from netsym.graph.signed_nodes import Product, SignedNodes
from netsym.layers import Activated, Shape
from netsym.layers.loss import Loss
from netsym.network.network import Network
from netsym.wording import joined
from netsym.writers.text import Ascii

#: Losses, and the activation before them whose slope they cancel.
CANCEL = {"bce": "sigmoid", "cross_entropy": "softmax"}

_PROVED = ("identical", "structural")
_WORD = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class Taught(Generic[F]):
    """Derivatives in which the last δ is written as it is taught, and why that is the same."""

    formula: F
    because: str


def taught(cost: Network, slopes: F) -> Taught[F]:
    """The derivatives of a cost, layered or of whole arrays, with δ = a - t in the last layer.

    Of k outputs binary cross-entropy has δ = (a - t)/k, and of a mean over examples every δ has
    the factor that it hands back, dL. What is written instead is proved to be identical, for
    cross-entropy where the targets of an example sum to 1 (Bishop, Pattern Recognition and Machine
    Learning, 2006, equations 4.91 and 4.109).
    Raises `SpecError` for other losses and activations, and where the proof does not succeed.

    >>> import netsym
    >>> made = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
    >>> print(taught(made, made.layered.gradient("b1")).formula.text(ascii=True))
    a1_1 = sigmoid(w1_1_1*x + b1_1)
    delta1_1 = a1_1 - t
    dJ_db1_1 = delta1_1
    """
    pair = _Pair.of(cost)
    compared = _compared(pair, cost, slopes)
    if compared.verdict not in _PROVED:
        raise SpecError(
            f"it could not be proved that δ is a - t here ({compared.because}); leave --taught out"
        )
    where = ", for targets that sum to 1" if pair.sums_to_one else ""
    why = compared.evidence[0] if compared.evidence else compared.because
    shares = pair.shares(slopes)
    short = "a - t" if shares == 1 else f"(a - t)/{shares}"
    because = f"δ = {short} is {compared.verdict} to what the chain rule gives{where}; {why}"
    return Taught(_written(pair, slopes), because)


def taught_if_proved(cost: Network, slopes: F) -> F | None:
    """The same derivatives; None where nothing cancels, or where it could not be proved."""
    if not _Pair.cancels(cost):
        return None
    pair = _Pair.of(cost)
    return _written(pair, slopes) if _compared(pair, cost, slopes).verdict in _PROVED else None


def _compared(pair: _Pair, cost: Network, slopes: Form) -> Comparison:
    """What the judge says of the δ of the chain rule and of the one that is taught."""
    plain = cost.layered.gradient() if slopes.whole else slopes
    return compare(pair.text(plain), pair.text(_written(pair, plain)))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A loss, the layer before it and its targets: numbers, or inputs from place `start` on."""

    kind: str
    number: int  # of the layer before
    letter: str
    shape: Shape  # of a prediction, of one example
    targets: int  # how many there are
    start: int = 0
    values: npt.NDArray[Any] | None = None

    @staticmethod
    def cancels(cost: Network) -> bool:
        """Whether there is a loss after the activation whose slope it cancels."""
        loss = next((placed for placed in cost.layers if isinstance(placed.layer, Loss)), None)
        before = None if loss is None else cost.named(loss.sources[0]).layer
        return (
            loss is not None
            and isinstance(before, Activated)
            and CANCEL.get(loss.layer.kind) == before.activation
        )

    @classmethod
    def of(cls, cost: Network) -> _Pair:
        loss = next((placed for placed in cost.layers if isinstance(placed.layer, Loss)), None)
        if loss is None:
            raise SpecError("--taught is for the derivatives of a cost; add --loss")
        before, targets = cost.named(loss.sources[0]), loss.sources[1]
        kind = loss.layer.kind
        own = before.layer.activation if isinstance(before.layer, Activated) else None
        if CANCEL.get(kind) != own or own is None:
            raise SpecError(
                f"--taught is for a loss and an activation that cancel: "
                f"{joined(f'{loss} after {name}' for loss, name in CANCEL.items())}; "
                f"here {kind} is after {own or before.layer.kind}"
            )
        letter = before.layer.value_letter
        shape = before.shape[len(before.examples) :]
        pair = cls(kind, before.number, letter, shape, prod(loss.shapes[1]))
        start = 0
        for each in cost.inputs:
            if each.name == targets:
                return dataclasses.replace(pair, start=start)
            start += len(each.names)
        return dataclasses.replace(pair, values=cost.named(targets).parameters["values"].entries)

    @property
    def units(self) -> int:
        """How many outputs a loss is of."""
        return self.shape[-1]

    def shares(self, slopes: Form) -> int:
        """By what δ is divided: how many outputs; of whole arrays also how many losses."""
        outputs = self.units if self.kind == "bce" else 1
        return outputs * prod(self.shape[:-1]) if slopes.whole else outputs

    @property
    def sums_to_one(self) -> bool:
        """Whether it holds for targets that sum to 1, and these are names."""
        return self.kind == "cross_entropy" and self.values is None

    def target(self, formula: Form, position: int) -> int | float:
        """A target: the node of its name, or its value."""
        if not formula.whole:
            if self.values is not None:
                return float(self.values.reshape(-1)[position])
            return int(formula.inputs[self.start + position])
        return next(
            block.start
            for block in formula.graph.blocks
            if block.op == "symbol"
            and block.names.base in ("t", "T") and block.names.layer is None
        )  # fmt: skip

    def text(self, slopes: Form) -> str:
        """Every δ as equations of a and t, or for softmax of z and t."""
        graph, ends = slopes.graph, []
        needed = graph.reachable(slopes.ends)  # one δ is that of all examples that are equal
        for node, names, position in _named(graph, self.number, "delta", Adjoints):
            if needed[node]:
                ends.append(Binding(names, position, *graph.operands_of(node)))
        local = layered(dataclasses.replace(slopes, outputs=tuple(ends)))
        bindings, outputs = Ascii(local).right_sides()
        known = (
            dict(self._same_values(graph))
            | dict(self._last_targets(slopes))
            | {
                binding.name: bindings[binding.name]
                for binding in local.bindings
                if self._is_opened(binding.names)
            }
        )
        used, waiting = set[str](), list(outputs.values())
        while waiting:
            new = {word for word in _WORD.findall(waiting.pop()) if word in known} - used
            used |= new
            waiting += [known[word] for word in new]
        lines = {name: text for name, text in known.items() if name in used} | outputs
        return "\n".join(f"{name} = {text}" for name, text in lines.items())

    def _same_values(self, graph: Graph) -> Iterator[tuple[str, str]]:
        """The values of equal examples: each as the name of the first."""
        first: dict[int, str] = {}
        for node, names, position in _named(graph, self.number, self.letter):
            name = names.ascii(position)
            known = first.setdefault(graph.operands_of(node)[0], name)
            if known != name:
                yield name, known

    def _is_opened(self, names: Names) -> bool:
        """Whether a name is written out: what is handed back may be a factor on one side alone."""
        if isinstance(names, Adjoints):
            return names.layer == self.number or names.base == "dL"
        softmax = self.kind == "cross_entropy" and names.base != "z"
        return softmax and names.layer == self.number

    def _last_targets(self, slopes: Form) -> Iterator[tuple[str, str]]:
        """For each example its last target, as 1 less the others."""
        if not self.sums_to_one:
            return
        for first in range(0, self.targets, self.units):
            nodes = [self.target(slopes, first + n) for n in range(self.units)]
            names = [slopes.graph.name_of(int(node)) for node in nodes]
            yield names[-1], " - ".join(["1", *names[:-1]])


def _named(
    graph: Graph, layer: int, letter: str, kind: type[Names] = Names
) -> Iterator[tuple[int, Names, int]]:
    """The nodes of values of a layer with a letter, their names and positions."""
    for block in graph.blocks:
        if block.op != "name" or type(names := block.names) is not kind:
            continue
        if names.layer == layer and names.base == letter:
            yield from (
                (block.start + row, names, position)
                for row, position in enumerate(block.places.tolist())
            )


def _written(pair: _Pair, slopes: F) -> F:
    """The derivatives with δ = a - t, times dL, over k, where there are these."""
    old, new = slopes.graph, Graph()
    math = SignedNodes(new)
    values = {p: node for node, _, p in _named(old, pair.number, pair.letter)}
    known: dict[int, int] = {}  # the values in the new graph, once they are all there
    # of a softmax the cost may look at one class alone: then the others are made of these
    parts = [{p: node for node, _, p in _named(old, pair.number, letter)} for letter in "zs"]
    letters = next(names for _, names, _ in _named(old, pair.number, pair.letter))
    passed = {p: node for node, _, p in _named(old, pair.number + 1, "dL", Adjoints)}
    deltas = {node: p for node, _, p in _named(old, pair.number, "delta", Adjoints)}
    alike: dict[int, list[int]] = {}  # positions of δ: of equal examples there is one for all
    for node, position in deltas.items():
        alike.setdefault(old.operands_of(node)[0], []).append(position)
    shares = pair.shares(slopes)

    def difference(position: int, moved: Ids) -> Product:
        """`dL*(a - t)/k`."""
        target, factor = pair.target(slopes, position), passed.get(position // pair.units)
        taught = math.constant(target) if isinstance(target, float) else math.node(moved[target])
        delta = math.add(math.node(known[position]), math.negate(taught))
        if factor is not None:
            delta = math.multiply(math.node(moved[factor]), delta)
        return math.divide(delta, math.constant(shares))

    def names(block: Block, rows: Positions, moved: Ids) -> Ids:
        if isinstance(block.payload, Adjoints) and not known:
            known.update({p: int(moved[node]) for p, node in values.items()})
            for p in sorted(set(deltas.values()) - set(values)):  # exp(z)/s
                z, s = moved[parts[0][p]], moved[parts[1][p // pair.units]]
                ids = new.nodes("divide", new.nodes("exp", z), s)
                known[p] = int(new.name(ids, letters, np.array([p])))
        below = moved[block.operands[rows, 0]]
        for place, node in enumerate((block.start + rows).tolist()):
            if node in deltas:
                terms = [difference(p, moved) for p in alike[old.operands_of(node)[0]]]
                summed = terms[0] if len(terms) == 1 else math.add(*terms)
                below[place] = int(math.plain(math.written(summed)))
        return new.name(below, block.names, block.places[rows])

    mask = old.reachable(
        np.concatenate([slopes.ends, slopes.inputs, [*values.values(), *passed.values()]])
    )
    moved = copied(old, mask, new, names=names)
    return in_form(slopes, new, moved[slopes.inputs], slopes.outputs[0].names, moved[slopes.ends])
