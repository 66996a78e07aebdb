"""Formulas: the expression graph, where it is cut, its functions, its sizes and its values."""
