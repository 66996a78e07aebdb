"""From the outside to a `Network`: shorthand, TOML and JSON files, scikit-learn models."""

import netsym.writers  # noqa: F401  (whoever reads a network may write its formulas)
