"""From the outside to a `Network`: shorthand, expressions, models of other systems."""

import netsym.writers  # noqa: F401  (whoever reads a network may write its formulas)
