"""What cannot be simplified, place by place, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent

from netsym.collapse.blocks import AffineBlock, blocks
from netsym.collapse.channels import apart
from netsym.collapse.diagram import Diagram, was_split
from netsym.collapse.facts import Facts
from netsym.collapse.rules import Work
from netsym.collapse.witness import Passage, Witness, passage
from netsym.collapse.words import costs, layer_words
from netsym.wording import agreed, wrapped


@dataclass(frozen=True)
class Blocked:
    """A place where affine layers stay apart.

    `layers` are the numbers of the layers, `because` says why. `passage` is the way through the
    layer that stands between, if one does; `block` the layers that could be collapsed at a cost.
    """

    layers: tuple[int, ...]
    because: str
    passage: Passage | None = None
    block: AffineBlock | None = None

    @property
    def witness(self) -> Witness | None:
        """Two points that show it; None if nothing stands between, or none were found."""
        return None if self.passage is None else self.passage.witness

    def __repr__(self) -> str:
        return f"<blocked: {self.because}>"

    def __str__(self) -> str:
        if self.passage is None:
            return self.because
        if self.witness is None:
            return (
                f"{self.because}; no two points were found that show it, so these layers may be "
                "affine all the same, by accident of their numbers"
            )
        return f"{self.because}: {self.witness}"

    def report(self, width: int) -> str:
        """The reason, and the numbers of the witness below it."""
        if self.witness is None:
            return wrapped(f"- {self}", width)
        given = [f"with {self.witness.given}"] if self.witness.given else []
        given += ["other values 0"] if self.passage is not None and self.passage.width > 1 else []
        numbers = f" ({'; '.join(given)})" if given else ""
        reason = wrapped(f"- {self.because}; it is not affine{numbers}:", width)
        remark = indent(wrapped(self.witness.remark(), max(width - 4, 1)), "    ")
        return f"{reason}\n{indent(self.witness.table(width - 4), '    ')}\n{remark}"


def blocked(work: Work) -> Iterator[Blocked]:
    """All places where affine layers stay apart, as far as no rule applies to them."""
    diagram, facts = work.diagram, work.facts
    yield from _between(diagram, facts)
    for pair, because in apart(work):
        words = f"{layer_words(pair)} stay apart: {because}"
        yield Blocked(tuple(sorted(placed.number for placed in pair)), words)
    for name, placed in diagram.layers.items():
        known = [diagram.layers[source] for source in placed.sources if source in diagram.layers]
        near = {p.name for p in known if facts.affine(p) and not facts.joins_only(p)}
        if not near or not facts.affine(placed) or was_split(placed):
            continue
        found = [
            block
            for block in blocks(diagram, facts, name)
            if (block.change.grows or block.key in facts.refused)
            and near <= {inside.name for inside in block.layers}
        ]
        if found and not work.force:
            cheapest = min(found, key=lambda block: block.change.total)
            yield _costly(cheapest, facts.refused.get(cheapest.key, ""))


def _between(diagram: Diagram, facts: Facts) -> Iterator[Blocked]:
    """Layers that are not affine, with affine ones on both sides."""
    for name, placed in diagram.layers.items():
        if facts.affine(placed):
            continue
        before = diagram.layers.get(placed.sources[0])
        if before is None or not facts.affine(before):
            continue
        for reader in diagram.readers[name]:
            after = diagram.layers[reader]
            if facts.affine(after):
                what = getattr(placed.layer, "activation", placed.layer.kind)
                words = layer_words([before, after])
                if before.number == after.number:
                    words = f"the parts of {words}"
                because = f"{words} stay apart, because {what} stands between"
                way = passage(diagram, before, placed, after)
                yield Blocked((before.number, after.number), because, way)
                break


def _costly(block: AffineBlock, refused: str) -> Blocked:
    words = layer_words(block.layers)
    numbers = tuple(sorted({placed.number for placed in block.layers}))
    if refused:
        return Blocked(numbers, f"{words} stay apart: {refused}", block=block)
    still = ""
    if block.still:
        still = f", as {block.still.partition('/')[0]} still needs what is between"
    because = (
        f"{words} {agreed(len(numbers), 'is', 'are')} affine, but one layer instead would take "
        f"{costs(block.change)}{still}; "
        "--force does it all the same"
    )
    return Blocked(numbers, because, block=block)
