"""A language as a row: what writes it, what it may be asked for, what spells its equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netsym.forms.form import Form

if TYPE_CHECKING:
    from netsym.writers.language import Language


def there(place: str, kinds: str = "") -> Callable[..., Any]:
    """A function in a file of this room, as "text.write_text", which is loaded when it is called.

    `kinds` says where the languages are that it writes in place of its own, as "array_text.KINDS".
    """

    def called(*given: Any, **options: Any) -> Any:
        if kinds:
            options["kinds"] = _found(kinds)
        return _found(place)(*given, **options)

    return called


def _found(place: str) -> Any:
    file, _, name = place.rpartition(".")
    return getattr(import_module(f"netsym.writers.{file}"), name)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a language: one of some `words`, a whole number from `least`, any text that
    `metavar` stands for, or else a flag.

    With `metavar` it is a text, which that stands for in the help.
    Where nothing is said the first word holds, or no number; an option with `alone` may stand
    without a word and means that one, and is off where nothing is said. It is `layout` if equations
    are the same with and without it. The command line has those that have `help`.
    """

    name: str
    help: str = ""
    words: tuple[str, ...] = ()
    alone: str = ""
    least: int | None = None
    metavar: str = ""
    layout: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """A row of the table of languages.

    `write(form, *, digits, progress, **own)` gives the text of a form, piece by piece; `options`
    are its own. `spell(form, *, digits, **own)` gives the `Language` of its equations, and takes
    those that are no layout; a row without it is that of a program. Files whose names end in one
    of `suffixes` hold it, and are taken for it without `--to` if these are not `shared`. Where they
    are no text, `file(form, *, rows, digits)` gives their bytes, for rows of inputs to begin with.
    """

    name: str
    write: Callable[..., Iterator[str]]
    options: tuple[Option, ...] = ()
    spell: Callable[..., Language] | None = None
    suffixes: tuple[str, ...] = ()
    shared: bool = False
    file: Callable[..., bytes] | None = None

    @property
    def is_program(self) -> bool:
        """Whether only the whole of it means something, and every name needs its value before."""
        return self.spell is None

    def takes(self, option: str) -> bool:
        """Whether it is one of its own options."""
        return any(own.name == option for own in self.options)

    def is_file(self, target: str | None) -> bool:
        """Whether a file that is called so holds it as bytes, not as text."""
        return self.file is not None and Path(target or "").suffix.lower() in self.suffixes

    def bytes(self, form: Form, **options: Any) -> bytes:
        """What such a file holds; see `file`."""
        assert self.file is not None
        form.refuse_once()
        return self.file(form, **options)

    def text(self, form: Form, **options: Any) -> Iterator[str]:
        """A form in the language, piece by piece; `SpecError` for a program of a form "once"."""
        if self.is_program:
            form.refuse_once()
        return self.write(form, **options)

    def to_json(self, form: Form, **options: Any) -> dict[str, Any]:
        """The right-hand sides by name, of bindings and of outputs; of a program, the program."""
        names = ["digits", *(option.name for option in self.options if not option.layout)]
        own = {name: options[name] for name in names if name in options}
        if self.spell is None:
            return {self.name: "".join(self.text(form, **own))}
        bindings, outputs = self.spell(form, **own).right_sides()
        return {"bindings": bindings, "outputs": outputs}
