"""The values of a page as a program: JavaScript that computes them all at a point."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from netsym.forms.form import Form
from netsym.graph.names import Name
from netsym.notes.page.onion import Onion
from netsym.writers.code.javascript import JavaScript
from netsym.writers.ropes import flat


class _OfPage(JavaScript):
    """JavaScript whose names are entries of one object, `v`."""

    called: Mapping[str, Name] = {}

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        return [f"v.{self._called(name)}" for name in names]

    def _called(self, name: str) -> str:
        names, position = self.called.get(name, (None, 0))
        return name if names is None else names.ascii(position)


def program(onion: Onion) -> str:
    """The function `forward(v)`, which sets in `v` all values, and the derivatives shown.

    A sum of exponentials has its name on the page; what is divided by it is shifted, all the same.
    """
    shown = {f"v.{part.id}" for step in onion.steps for part in step.shown}
    shown |= {f"v.{id}" for id in (*onion.parts, *onion.ends)}
    known: dict[str, str] = {}
    lines = dict[str, None]()
    for form in (onion.form, onion.slopes):
        if form is not None:
            known |= _definitions(form)
            lines |= dict.fromkeys(_statements(form, onion.called, shown))
    return f"{''.join(filter(None, known.values()))}function forward(v) {{\n{''.join(lines)}}}\n"


def _definitions(form: Form) -> dict[str, str]:
    return JavaScript(form).definitions()


def _statements(form: Form, called: Mapping[str, Name], ends: Collection[str]) -> Iterator[str]:
    """Every value, and of the outputs these."""
    code = _OfPage(replace(form, outputs=(*form.bindings, *form.outputs)))
    code.called = called
    for name, right, is_output in code.statements():
        if is_output and name not in ends:
            continue
        declared = name if name.startswith("v.") else f"const {name}"
        yield f"{declared} = {''.join(flat(right))};\n"
