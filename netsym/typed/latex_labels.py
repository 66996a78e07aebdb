r"""What LaTeX names where it stands: `\underbrace{…}_{a_1}`, and `… \triangleleft a_1` in a column.

A label whose name is used elsewhere is a definition: what stands over it becomes an equation of its
own, and the name stands in its place. Others only say what is there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from netsym.typed.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Label:
    """A name for the tokens from `first` to before `stop`."""

    name: str
    first: int
    stop: int


def defined(tokens: Tokens, labels: list[Label]) -> Tokens:
    """The tokens with an equation for each label whose name is used; inner ones come first."""
    uses = Counter(
        word for kind, word in zip(tokens.kinds, tokens.words, strict=True) if kind == "name"
    )
    first: dict[str, Label] = {}
    for label in labels:
        if uses[label.name]:
            first.setdefault(label.name, label)
    if not first:
        return tokens
    opens = {label.first: label for label in sorted(first.values(), key=lambda each: each.stop)}
    if len(opens) < len(first):  # two names for the same tokens
        return tokens
    made, open_ = tokens.like(), [(tokens.like(), Label("", 0, len(tokens.kinds)))]
    for place in range(len(tokens.kinds) + 1):
        while len(open_) > 1 and open_[-1][1].stop == place:
            inner, label = open_.pop()
            start, stop = inner.starts[0], inner.stops[-1]
            made.add("name", label.name, start, stop)
            made.add("=", "=", start, stop)
            made.take(inner, 0, len(inner.kinds))
            made.add("line", "\n", stop, stop)
            open_[-1][0].add("name", label.name, start, stop)
        if place == len(tokens.kinds):
            break
        if place in opens:
            open_.append((tokens.like(), opens[place]))
        open_[-1][0].take(tokens, place, place + 1)
    rest = open_[0][0]
    made.take(rest, 0, len(rest.kinds))
    return made
