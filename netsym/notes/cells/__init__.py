"""Notebook cells: what a notebook shows of a network, a form or a result, never a wall.

`cell` has the table of kinds, a file for each; `fragments` is what they are made of, in HTML and
LaTeX, `mathml` how formulas stand in columns and colours there, `cells.css` what it looks like.
"""
