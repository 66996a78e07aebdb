"""A form: equations over one graph, where the writing stops; its sizes, values and sympy."""
