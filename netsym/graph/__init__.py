"""The graph of a formula: nodes in blocks, their names, the table of functions."""
