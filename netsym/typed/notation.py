"""In which notation a formula is typed: LaTeX, or text."""

from __future__ import annotations

import re

_LATEX = re.compile(
    r"\\[A-Za-z(\[,;:!{|]|\\\\|\A\s*\$(?![A-Za-z]{1,3}\$?[0-9]).*\$\s*\Z", re.DOTALL
)
_BRACED = re.compile(r"[\^_]\{")
_PLAIN = re.compile(r"[*\n]|[A-Za-z][A-Za-z0-9]")  # a product, lines, and names as text has them


def is_latex(text: str) -> bool:
    r"""Whether a formula is typed in LaTeX: with commands, between dollars, or with scripts in
    braces where every name is a letter.
    """
    if _LATEX.search(text):
        return True
    return _BRACED.search(text) is not None and _PLAIN.search(text) is None
