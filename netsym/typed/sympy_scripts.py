"""The scripts that netsym writes for sympy, as equations."""

from __future__ import annotations

from collections.abc import Callable

from netsym.typed.tokens import END, Tokens
from netsym.typed.vocabulary import Vocabulary

_DROPPED = frozenset({"bindings", "from", "with"})  # what begins no equation
_NUMBERS = frozenset({"Integer", "Float"})


def read_sympy_script(tokens: Tokens, _: Vocabulary) -> Tokens:
    """`bindings.append((a, z))` as a = z, `outputs.append(z)` as z, or as y_1 = z of several."""
    if not {"bindings", "outputs", "evaluate"} <= {*tokens.words}:
        return tokens
    return _Script(tokens).read()


class _Script:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.made = tokens.like()
        self.several = tokens.words.count("append") - tokens.words.count("bindings") + 1 > 1
        self.outputs = 0
        self.closings = tokens.closings()

    def read(self) -> Tokens:
        """All statements."""
        start = 0
        for place, kind in enumerate(self.tokens.kinds):
            if kind in ("line", END):
                self._statement(start, place)
                self.made.take(self.tokens, place, place + 1)
                start = place + 1
        return self.made

    def _statement(self, start: int, stop: int) -> None:
        words, tokens = self.tokens.words[start:stop], self.tokens
        if words[:3] == ["bindings", ".", "append"]:
            self.made.take(tokens, start + 5, start + 6)
            self._sign("=", start + 6)
            self._formula(start + 7, stop - 2)
        elif words[:3] == ["outputs", ".", "append"]:
            self.outputs += 1
            if self.several:
                name = f"y_{self.outputs}"
                self.made.add("name", name, tokens.starts[start], tokens.stops[start])
                self._sign("=", start + 3)
            self._formula(start + 4, stop - 1)
        elif words[:1] == ["def"]:
            self.made.take(tokens, start + 1, stop - 1)
            self._sign("=", stop - 1)
        elif words[:1] == ["return"]:
            self._formula(start + 1, stop)
        elif words and words[0] not in _DROPPED and "symbols" not in words:
            self._formula(start, stop)

    def _sign(self, sign: str, place: int) -> None:
        self.made.add(sign, sign, self.tokens.starts[place], self.tokens.stops[place])

    def _formula(self, place: int, stop: int) -> None:
        """An expression, its numbers as numbers."""
        words = self.tokens.words
        read: dict[str, Callable[[int], int]] = {"Rational": self._fraction, "Mul": self._product,
                                                 ",": self._comma}  # fmt: skip
        while place < stop:
            if words[place] in read:
                place = read[words[place]](place)
            else:
                if words[place] not in _NUMBERS or words[place + 1] != "(":
                    self.made.take(self.tokens, place, place + 1)
                place += 1

    def _fraction(self, place: int) -> int:
        """Rational(-1, 3) as (-1/3)."""
        tokens = self.tokens
        above = place + 2 + (tokens.words[place + 2] == "-")
        if tokens.kinds[above : above + 4] != ["number", ",", "number", ")"]:
            self.made.take(tokens, place, place + 1)
            return place + 1
        self.made.take(tokens, place + 1, above)
        word = f"{tokens.words[above]}/{tokens.words[above + 2]}"
        self.made.add("number", word, tokens.starts[above], tokens.stops[above + 2])
        self.made.take(tokens, above + 3, above + 4)
        return above + 4

    def _product(self, place: int) -> int:
        """Mul(Integer(-1), z) as (-z); longer products as they are."""
        tokens = self.tokens
        begins = tokens.words[place + 1 : place + 7] == ["(", "Integer", "(", "-", "1", ")"]
        if not begins or self.closings.get(place + 1, (0, 0))[1] != 2:
            self.made.take(tokens, place, place + 1)
            return place + 1
        self.made.take(tokens, place + 1, place + 2)
        self.made.take(tokens, place + 4, place + 5)
        return place + 8

    def _comma(self, place: int) -> int:
        if self.tokens.words[place + 1 : place + 4] == ["evaluate", "=", "False"]:
            return place + 4
        self.made.take(self.tokens, place, place + 1)
        return place + 1
