r"""LaTeX that a spec may give a name: it is somebody else's, and must not run TeX.

What is allowed is a list: letters, digits and a few signs, scripts, and the commands of a table
for Greek letters, symbols, accents and fonts. Nothing of it reads or writes files, defines, or
changes what characters mean.
"""

from __future__ import annotations

import re

from netsym.typed.greek import GREEK_COMMANDS

#: Accents and fonts, which take an argument, and symbols; amsmath has them, KaTeX and MathJax too.
_TAKING = (
    "hat widehat tilde widetilde bar overline underline vec dot ddot check breve acute grave "
    "mathring mathrm mathbf mathit mathsf mathtt mathcal boldsymbol operatorname"
)
_SYMBOLS = (
    "prime star ast circ bullet dagger ddagger ell hbar infty partial nabla top bot perp parallel "
    "pm mp times cdot dots ldots cdots to leftarrow rightarrow uparrow downarrow Re Im imath jmath "
    "sim wedge backslash iota upsilon Upsilon Pi Sigma varsigma varpi varrho varphi vartheta "
    "varepsilon"
)
#: Characters of the LaTeX of a name, at most.
LONGEST = 500

_TAKES = "|".join(_TAKING.split())
_LETTERS = {command[1:] for command in GREEK_COMMANDS} - {"varkappa"}  # that is amssymb's
_STANDS = "|".join(sorted({*_SYMBOLS.split(), *_LETTERS}))
_ESCAPED = r"\\[_%&#${}]"
_ONE = rf"(?:[A-Za-z0-9'*+\-=,.:;()\[\]|/<>!]|{_ESCAPED}|\\(?:{_STANDS})(?![A-Za-z]))"
_SPACE = r"(?: |\\[,;:! ])"
_WORDS = (
    r"\\text(?:rm|bf|it|sf|tt)? ?\{(?:[A-Za-z0-9'*+\-=,.:;()\[\]|/<>!?@\"` À-ÏÑ-ÖØ-Ýß-ïñ-öø-ýÿ]"
    rf"|{_ESCAPED}|\\text(?:backslash|asciitilde|asciicircum)\{{\}}|\\[\"'`~=.](?:[A-Za-z]|"
    rf"\{{[A-Za-z]\}})|\${_ONE}\$)*"
)
_TOKEN = re.compile(
    rf"(?P<words>{_WORDS}\}})|{_ONE}|{_SPACE}|\\(?:{_TAKES})(?![A-Za-z])|[_^](?![_^])|[{{}}]"
)
_BEGUN = re.compile(_WORDS)
_GROUP = "\0"  # what stands for a group whose inside was looked at
_PART = rf"(?:{_ONE}|{_GROUP})"
_SCRIPTS = rf"(?:_{_PART}(?:\^{_PART})?|\^{_PART}(?:_{_PART})?)"
_FLAT = rf"(?:(?:{_PART}|\\(?:{_TAKES}) ?{_PART}){_SCRIPTS}?|{_SPACE})*"
_INNERMOST = re.compile(rf"(?<!\\)\{{{_FLAT}\}}")

#: What is allowed, in words.
ALLOWED = (
    "letters, digits, ^ and _, braces, and commands for Greek letters, symbols, accents and fonts"
)


def mistake_in(latex: str) -> str:
    r"""What is not allowed, and where, as characters are counted from 1; empty if all is.

    >>> mistake_in(r"\hat{\mu}_{\text{max}}"), mistake_in(r"x\input{file}"), mistake_in("x_1_2")
    ('', '\\input, character 2', 'braces, scripts or arguments that do not fit together')
    """
    if len(latex) > LONGEST:
        return f"more than {LONGEST} characters"
    place, plain = 0, ""
    while place < len(latex):
        match = _TOKEN.match(latex, place)
        if match is None:
            begun = _BEGUN.match(latex, place)
            place = begun.end() if begun else place
            shown = re.compile(r"\\[A-Za-z]+|\^\^|$|.", re.DOTALL).match(latex, place)
            assert shown is not None
            return f"{shown.group() or 'the end'}, character {place + 1}"
        plain += _GROUP if match["words"] else match.group()
        place = match.end()
    count = 1
    while count:
        plain, count = _INNERMOST.subn(_GROUP, plain)
    fits = plain and re.fullmatch(_FLAT, plain)
    return "" if fits else "braces, scripts or arguments that do not fit together"
