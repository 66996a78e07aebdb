"""A language as a row: what writes it, what it may be asked for, what spells its equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from netsym.forms.form import Form
from netsym.writers.language import Language


@dataclass(frozen=True, slots=True)
class Writer:
    """A row of the table of languages.

    `write(form, *, digits, progress, **own)` gives the text of a form, piece by piece. Its own
    options are those that change equations, `options`, and those that lay them out, `layout`.
    `spell(form, *, digits, **options)` gives the `Language` of its equations; a row without it is
    that of a program. Files whose names end in one of `suffixes` hold it.
    """

    name: str
    write: Callable[..., Iterator[str]]
    options: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    spell: Callable[..., Language] | None = None
    suffixes: tuple[str, ...] = ()

    @property
    def is_program(self) -> bool:
        """Whether only the whole of it means something, and every name needs its value before."""
        return self.spell is None

    def takes(self, option: str) -> bool:
        """Whether it is one of its own options."""
        return option in self.options or option in self.layout

    def text(self, form: Form, **options: Any) -> Iterator[str]:
        """A form in the language, piece by piece; `SpecError` for a program of a form "once"."""
        if self.is_program:
            form.refuse_once()
        return self.write(form, **options)

    def to_json(self, form: Form, **options: Any) -> dict[str, Any]:
        """The right-hand sides by name, of bindings and of outputs; of a program, the program."""
        own = {name: options[name] for name in ("digits", *self.options) if name in options}
        if self.spell is None:
            return {self.name: "".join(self.text(form, **own))}
        bindings, outputs = self.spell(form, **own).right_sides()
        return {"bindings": bindings, "outputs": outputs}
