r"""Formulas of whole arrays as people type them: W2·relu(W1 x + b1), W^{[1]}, W', x @ W1.T.

A name is an array, so products keep their order, factors may stand side by side, and the number of
a layer is a part of its letter, wherever it stands: W1, W_1, W₁, W¹, W^(1), \mathbf{W}_1.
"""

from __future__ import annotations

import re
import unicodedata

from netsym.typed.expressions import Expressions
from netsym.typed.latex_names import LatexNames
from netsym.typed.latex_tokens import Lexer
from netsym.typed.notation import is_latex
from netsym.typed.precedence import Level
from netsym.typed.tokens import TOKEN, Tokens, tokens_of
from netsym.typed.vocabulary import Vocabulary, function_of

_LETTER = "[A-Za-zα-ωΑ-Ω]"
_TEXT = re.compile(
    r"(?<![\w.])(?:np|numpy|jnp|torch|tf|math|nn|F)\.(?:nn\.|functional\.|special\.)?(?=[A-Za-z])"
    r"|(?P<transpose>\.T(?!\w)|\.t\(\)|\^ ?(?:T(?!\w)|[⊤ᵀ])|[ᵀ⊤]|(?<=[\w)\]⁰¹²³⁴-⁹])['’])"
    rf"|(?P<layered>{_LETTER}(?:[⁰¹²³⁴-⁹]+|\^(?:\[[0-9]+\]|\([0-9]+\)))(?!_))"
    r"|(?P<beside>(?<!\w)[A-Z](?:_?[0-9]+)?(?=x(?!\w)))"
    r"|(?P<join>@|⊙|\.\*)"
    f"|{TOKEN.pattern}",
    re.DOTALL,
)
_PRODUCTS = frozenset({"dot", "matmul", "mm", "mv"})
_OF_LIBRARIES = re.compile(rf"@|(?<![A-Za-z0-9_])(?:{'|'.join(_PRODUCTS)})\(")
_BOLD = r"\\(?:mathbf|boldsymbol|bm|vec) *"
_LAYER = r"\[[0-9]+\]|\([0-9]+\)|[0-9]+"
_NUMBER = rf"_(?:\{{ *[0-9]+ *\}}|[0-9])|\^(?:\{{ *(?:{_LAYER}) *\}}|{_LAYER})"
_BOLD_LETTER = rf"{_BOLD}(?:\{{ *{_LETTER} *\}}|{_LETTER})"
_NAME = rf"{_BOLD_LETTER}(?:{_NUMBER})?|(?<![A-Za-z]){_LETTER}(?:{_NUMBER})"
_LATEX = re.compile(
    r"(?P<member>[^&\\=]{0,3}(?:\\(?:mathbf|hat|mathrm|text)\{[\w ]+\})?[^&=\\]*"
    r"\\in\s*\\math(?:bf|bb)\{R\}\^(?:\{[^{}]*\}|\w)(?:,(?:\s*\\quad)?)?"
    r"|\\qquad\s*\\begin\{array\}\{ll\}.*?\\end\{array\})"
    r"|(?P<transpose>\^ *(?:\{ *)?(?:T(?![A-Za-z])|\\top(?![A-Za-z])|\\intercal|"
    r"\\math(?:sf|rm|bf) *(?:\{ *T *\}|T))(?: *\})?)"
    r"|(?P<join>\\odot(?![A-Za-z]))"
    rf"|(?P<name>{_NAME})",
    re.DOTALL,
)


def array_tokens(text: str, vocabulary: Vocabulary) -> Tokens:
    """The tokens of a formula of whole arrays, in text or LaTeX; a `transpose` is one of them."""
    if is_latex(text):
        start = max(text.find(r"\begin{document}"), 0)
        return _ArrayLexer(text, LatexNames(text, vocabulary, {}, ())).tokens(start, len(text))
    found = tokens_of(text, _TEXT)
    for place, kind in enumerate(found.kinds):
        if kind == "join":
            found.kinds[place] = "*"
        elif kind in ("layered", "beside"):
            found.kinds[place], found.words[place] = "name", _letter(found.words[place])
    found.loose = True
    return _with_products(found)


def of_libraries(text: str) -> bool:
    """Whether its products are those of NumPy or PyTorch, whose vectors are no rows or columns."""
    return _OF_LIBRARIES.search(text) is not None


def _with_products(tokens: Tokens) -> Tokens:
    """np.dot(A, B) as ((A)*(B)), and A.dot(B) as A*(B)."""
    if _PRODUCTS.isdisjoint(tokens.words):
        return tokens
    kinds, made = tokens.kinds, tokens.like()
    opened: list[bool] = []  # whether each parenthesis holds the two factors of a product

    def add(place: int, signs: str) -> None:
        for sign in signs:
            made.add(sign, sign, *tokens.span(place))

    for place, kind in enumerate(kinds):
        method = kinds[place - 1] == "point"
        if kind == "name" and tokens.words[place] in _PRODUCTS and kinds[place + 1] == "(":
            if method:
                add(place, "*")
        elif kind == "point" and tokens.words[place + 1] in _PRODUCTS:
            continue
        elif kind == "(":
            called = kinds[place - 1] == "name" and tokens.words[place - 1] in _PRODUCTS
            opened.append(called and kinds[place - 2] != "point")
            add(place, "((" if opened[-1] else "(")
        elif kind == ")" and opened:
            add(place, "))" if opened.pop() else ")")
        elif kind == "," and opened and opened[-1]:
            add(place, ")*(")
        else:
            made.take(tokens, place, place + 1)
    return made


def _letter(word: str) -> str:
    r"""The letter with the number of its layer: W1 of W¹, W^(1) and \mathbf{W}_{1}."""
    plain = unicodedata.normalize("NFKC", re.sub(_BOLD, "", word))
    return re.sub(r"[^\w]|_(?=\{)", "", plain)


class _ArrayLexer(Lexer):
    """Reads LaTeX in which letters are arrays; what says their shapes is left out."""

    def first(self, place: int) -> tuple[str, str, int] | None:
        match = _LATEX.match(self.text, place)
        if match is None:
            return super().first(place)
        kind = {"member": "", "join": "*"}.get(match.lastgroup or "", match.lastgroup or "")
        return kind, _letter(match.group()) if kind == "name" else match.group(), match.end()


class ArrayExpressions(Expressions):
    """Reads expressions of whole arrays: a transpose stands behind its array."""

    def _word(self, place: int) -> int:
        word = self.tokens.words[place]
        function = function_of(word)
        if function is None and self.words.known(place) is None and word != "e":
            self._take(self.words.free(place), place)
            return -(place + 1)
        return super()._word(place)

    def _vector(self, level: Level, arguments: list[int]) -> int:
        return self.nodes.made(level.function, tuple(arguments), self.first, self.last)

    def _end(self, place: int) -> int:
        if self.tokens.kinds[place] != "transpose":
            return super()._end(place)
        self.last = self.tokens.stops[place]
        self.value = self.nodes.made("transpose", (self.value,), self.first, self.last)
        return place + 1
