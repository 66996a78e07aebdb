r"""The chain rule in LaTeX: an underbrace under every factor, with the derivative that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from netsym.forms.form import layered
from netsym.graph.graph import Block, Positions
from netsym.graph.names import Adjoints, Derivatives
from netsym.writers.latex import Latex
from netsym.writers.ropes import Rope
from netsym.writers.spelling import PRODUCT, Equation

_LEFT = 40.0  # points of a derivative on the left, and of how far its factors stand in


class ChainRule(Latex):
    """Spells derivatives, and says under every factor which derivative it is."""

    in_rows = False

    def equations(self) -> Iterator[Equation]:
        self.chains: dict[int, list[str | Rope]] = {}  # by δ: its factors, as they are named
        for equation in super().equations():
            names = equation.binding.names
            if isinstance(names, Derivatives):
                pieces = self._slope_chain(equation.binding.node, names, equation.binding.position)
                yield replace(equation, right=self._chained(pieces) if pieces else equation.right)
            else:
                yield equation

    def _write_names(self, block: Block, rows: Positions) -> None:
        names = block.payload
        if isinstance(names, Adjoints) and names.base == "delta":
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
        z = self.names.spelled(names.values("z"), position)
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
        if self.width(text) <= self.solid - _LEFT:
            return self.braced(text, label)
        return self.join([self.parentheses(text), "_{", label, "}"])

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
        return self.names.spelled(block.payload.values("z"), position)

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
            (b.names.layer, b.names.at, b.position): self.names.spelled(b.names, b.position)
            for b in layered(self.formula).bindings
            if not b.names.literal and b.names.base in ("a", "h")
        }
