"""The rules: each finds one place in a network where it applies, and what may stand there instead.

A rule is a function with `a -> b` in its docstring. None of them asks what kind an affine layer is:
a layer says by its `forward` whether it is affine, and how it acts (`facts`, `maps`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netsym.collapse.blocks import AffineBlock, blocks, ends
from netsym.collapse.diagram import Diagram
from netsym.collapse.effort import network_effort
from netsym.collapse.facts import Facts
from netsym.collapse.maps import collapse, side_by_side
from netsym.collapse.units import Hidden, constant, hidden, is_rounded, is_zero, keys, without
from netsym.collapse.words import layer_words, unit_words
from netsym.errors import TooLargeError
from netsym.forms.sizes import shown
from netsym.graph.index import sorted_distinct
from netsym.layers.merge import Concat
from netsym.layers.wiring import Placed
from netsym.network.counting import MOST_COMPUTED
from netsym.ops.proved.rationals import NotRational


@dataclass(frozen=True)
class Found:
    """What a rule found: the layers that it changes, the whole thereafter, and why it is right."""

    layers: tuple[Placed, ...]
    after: Diagram
    words: str
    because: str
    sources: tuple[str, ...] = ()  # of a block: the values that it starts from
    approximate: bool = False  # one layer was split in two up to a tolerance, not exactly


@dataclass(frozen=True, eq=False)
class Work:
    """What a rule is given: the network, what is known of its layers, and whether it may grow.

    `tolerance` is that of ranks, a share of the largest singular value; 0: the exact rank.
    """

    diagram: Diagram
    facts: Facts
    force: bool = False
    tolerance: float = 0.0


#: The first place where it applies, or None.
Rule = Callable[[Work], Found | None]


def drop_identity(work: Work) -> Found | None:
    """`x -> x`: dropout, linear activations, and a scale by 1 are left out."""
    for placed in work.diagram.layers.values():
        source = placed.sources[0]
        if work.facts.identity(placed) and not (
            placed.name in work.diagram.ends and source in work.diagram.inputs
        ):
            after = work.diagram.replaced([], instead={placed.name: source})
            words = f"{layer_words([placed])} gives its input as it is: left out"
            return Found((placed,), after, words, "f(x) = x", (source,))
    return None


def compose(work: Work) -> Found | None:
    """`W2 (W1 x + b1) + b2 -> (W2 W1) x + (W2 b1 + b2)`: affine layers one after another."""
    return _collapsed(
        work, False, "one after another",
        "an affine map of an affine map is affine",
    )  # fmt: skip


def join(work: Work) -> Found | None:
    """`(W1 x + b1) + (W2 x + b2) -> (W1 + W2) x + (b1 + b2)`: affine branches added or joined.

    A branch may be x itself: then a skip around an affine block becomes (I + W2 W1) x + …
    """
    return _collapsed(
        work, True, "in branches that come together",
        "sums of affine maps, and affine maps side by side, are affine",
    )  # fmt: skip


def drop_unused(work: Work) -> Found | None:
    """`w*a + 0*b -> w*a`: units whose outgoing weights are all 0."""
    return _first(work, _unused)


def merge_equal(work: Work) -> Found | None:
    """`u*g(z) + v*g(z) -> (u + v)*g(z)`: units with equal weights and biases."""
    return _first(work, _equal)


def fold_constants(work: Work) -> Found | None:
    """`w*g(b1) + b2 -> (w g(b1) + b2)`: units that no input reaches are part of the next bias."""
    return _first(work, _constant)


# -- affine blocks ------------------------------------------------------------------------------
def _collapsed(work: Work, joins: bool, how: str, because: str) -> Found | None:
    """The block that saves most, as one layer."""
    diagram, facts, force = work.diagram, work.facts, work.force
    while True:
        best: AffineBlock | None = None
        for end in ends(diagram, facts):
            for block in blocks(diagram, facts, end):
                if (
                    block.joins is joins
                    and (force or not block.change.grows)
                    and (best is None or _merit(block, force) > _merit(best, force))
                    and block.key not in facts.refused
                ):
                    best = block
        if best is None:
            return None
        _refuse_vast(diagram, facts, best)
        try:
            found = as_one(diagram, facts, best, how, because)
        except (NotRational, OverflowError) as error:
            facts.refused[best.key] = (
                "a number would be too large for float64" if isinstance(error, OverflowError)
                else f"their exact numbers cannot be computed ({error})"
            )  # fmt: skip
            continue
        if force or not _grows(diagram, found.after):
            return found
        facts.refused[best.key] = (  # a bias of -1*b + b is 0, and is written all the same
            "one layer instead would take more of parameters or operations; "
            "--force does it all the same"
        )


def _refuse_vast(diagram: Diagram, facts: Facts, block: AffineBlock) -> None:
    """Raise `TooLargeError` where one layer for a block would be too large in names, from a count.

    Every layer acts on a column for each input, and on the bias; the first, on one input alone.
    """
    if not any(p.symbols() for placed in block.layers for p in placed.parameters.values()):
        return
    whole = 1 + sum(map(diagram.width, block.sources))
    columns, operations = dict.fromkeys(block.sources, 1), 0
    for placed in block.layers:
        each = max(columns.get(source, 1) for source in placed.sources)
        columns[placed.name] = each if placed.layer.elementwise else whole
        operations += facts.cost(placed).operations * each
    if operations > MOST_COMPUTED:
        raise TooLargeError(
            f"{layer_words(block.layers)} are affine, and one layer does it; in names its entries "
            f"would take about {shown(operations)} operations, more than the {MOST_COMPUTED:,} "
            "that are written; give the network numbers, or take a smaller one of the same kind"
        )


def _grows(before: Diagram, after: Diagram) -> bool:
    return (network_effort(after.network()) - network_effort(before.network())).grows


def _merit(block: AffineBlock, force: bool) -> tuple[int, int]:
    saved = -block.change.total
    return (len(block.layers), saved) if force else (saved, len(block.layers))


def as_one(diagram: Diagram, facts: Facts, block: AffineBlock, how: str, because: str) -> Found:
    """The diagram with one layer for a block.

    Raises `NotRational` as `collapse` does, and `OverflowError` for numbers beyond float64.
    """
    several = len({placed.number for placed in block.layers}) > 1
    kinds = list(dict.fromkeys(placed.layer.kind for placed in block.layers))
    which = f" ({', '.join(kinds)})" if len(kinds) > 1 else ""
    words = f"{layer_words(block.layers)}{which} {'are' if several else 'is'} affine, {how}"
    if not block.joins:
        still = layer_words([diagram.layers[block.still]]) if block.still else ""
        because += (
            f"; what is between stays for {still}"
            if still
            else (", and nothing else reads what is between")
        )
    widths = {source: diagram.width(source) for source in block.sources}
    found = collapse(block.layers, sum(widths.values()), side_by_side(widths))
    end = block.end
    if found.is_identity and not (end.name in diagram.ends and block.sources[0] in diagram.inputs):
        after = diagram.replaced([], instead={end.name: block.sources[0]})
        words += ", and undo each other: left out"
        return Found(block.layers, after, words, because, block.sources)
    changed, sources = [], block.sources
    if len(sources) > 1:
        sources = (f"{end.name}/0",)
        changed.append(
            Placed(sources[0], Concat(), block.sources, {}, tuple((n,) for n in widths.values()),
                   (found.inputs,), end.number)
        )  # fmt: skip
    changed.append(found.layer(end.name, end.number, sources))
    facts.made(changed[-1], found.is_identity)
    rounds = is_rounded(diagram, block.layers)
    after = diagram.replaced(changed, rounds)
    return Found(block.layers, after, f"{words}: one layer does it", because, block.sources)


# -- units --------------------------------------------------------------------------------------
def _first(work: Work, rule: Callable[[Diagram, Hidden], Found | None]) -> Found | None:
    """What a rule for units finds at the first place where its numbers can be computed."""
    for place in hidden(work.diagram):
        try:
            found = rule(work.diagram, place)
        except (NotRational, OverflowError):  # numbers that float64 does not have: left as they are
            continue
        if found is not None:
            return found
    return None


def _unused(diagram: Diagram, place: Hidden) -> Found | None:
    weights = [is_zero(reader.parameters["weights"]) for reader in place.readers]
    kept = place.kept(~np.asarray(np.concatenate(weights).all(axis=0)))
    words = "have outgoing weights of 0: left out"
    return _without(diagram, place, kept, words, "0*a = 0 for every a")


def _equal(diagram: Diagram, place: Hidden) -> Found | None:
    if any(p.is_notation for p in place.layer.parameters.values()):
        return None  # every entry has a name of its own
    first: dict[object, int] = {}
    arrays = [keys(p) for p in place.layer.parameters.values()]
    flat = [array.reshape(len(array), -1).tolist() for array in arrays]
    rows = [tuple(tuple(row) for row in unit) for unit in zip(*flat, strict=True)]
    same = np.array([first.setdefault(row, unit) for unit, row in enumerate(rows)])
    kept, same_as = np.unique(same, return_inverse=True)
    others = sorted_distinct(same[np.delete(np.arange(len(same)), kept)]).tolist()
    words = f"are equal to {unit_words(others, place.layer)}: merged" if others else ""
    because = "equal values can be computed once, and their outgoing weights added"
    return _without(diagram, place, kept, words, because, same_as)


def _constant(diagram: Diagram, place: Hidden) -> Found | None:
    weights = is_zero(place.layer.parameters["weights"])
    fixed = np.asarray(weights.all(axis=1))
    if fixed.all():
        after = constant(diagram, place)
        if not _grows(diagram, after):
            words = f"{layer_words([place.layer])} has incoming weights of 0 only: constant"
            return Found((place.layer, *place.readers), after, words, "0*x = 0 for every x")
    words = "have incoming weights of 0 and are constant: part of the next bias"
    because = "a constant times a weight is a constant"
    return _without(diagram, place, place.kept(~fixed), words, because, constants=True)


def _without(
    diagram: Diagram,
    place: Hidden,
    kept: npt.NDArray[np.int64],
    words: str,
    because: str,
    same_as: npt.NDArray[np.int64] | None = None,
    constants: bool = False,
) -> Found | None:
    """The place with the units `kept` only; None if these are all."""
    left = np.delete(np.arange(place.layer.width), kept).tolist()
    if not left:
        return None
    if same_as is None:
        same_as = np.full(place.layer.width, -1)
        same_as[kept] = np.arange(len(kept))
    after = without(diagram, place, kept, same_as, left if constants else ())
    said = f"{unit_words(left, place.layer)} {words}"
    if len(left) == 1:
        said = said.replace(" have ", " has ", 1).replace(" are ", " is ", 1)
    return Found((place.layer, *place.readers), after, said, because)
