"""The reading in fields as a whole: the arithmetic of residues, and what functions are there."""

from __future__ import annotations

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import literal
from netsym.ops.fields.field_functions import NATIVE
from netsym.ops.fields.residues import Arithmetic, Residues
from netsym.ops.fields.rounding_bounds import called


class Fields(Arithmetic):
    """Reads in random fields; the options are those of `Arithmetic`."""

    def call(self, function: str, *operands: Residues) -> Residues:
        row = FUNCTIONS[function]
        if function in NATIVE and (row.kinked or not self.opaque):
            return NATIVE[function](self, *operands)
        if not operands:
            return self._number(function)
        if row.expansion is not None and (row.piecewise or not self.opaque):
            expanded: Residues = row.expansion(self, *operands)
            return expanded
        return self.random(function, *operands)

    def _number(self, function: str) -> Residues:
        """A number that no rational is, as pi; a square, so that it has a root."""
        drawn = self._named(literal(f"{function}()"), ())
        square = self.multiply(drawn, drawn)
        return Residues(square.at, self.real(lambda: called(FUNCTIONS[function].numpy)))
