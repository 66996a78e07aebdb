"""Formulas: the expression graph, where it is cut, the functions in it, its sizes and its values."""
