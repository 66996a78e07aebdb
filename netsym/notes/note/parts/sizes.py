"""How large each form is, and why."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.forms.sizes import shown
from netsym.notes.note.content import Section, Table, said
from netsym.notes.note.story import Story

_SAID = {
    "once": "what is applied many times is written once",
    "layered": "every layer names what it computes",
    "shared": "the least that must be computed",
    "inlined": "no names: one formula",
}
_ARRAYS = {
    "layered": "the same with a letter for every array",
    "inlined": "one formula, a letter for every array",
}


def sizes(story: Story) -> Iterator[Section]:
    """The forms in a table, and what is to be seen there; that alone where there is little room."""
    found = story.told.size
    least = found.forms["layered"]
    assert least is not None
    rows = [(_SAID[form], size) for form, size in found.forms.items() if size is not None]
    rows += [(_ARRAYS[form], size) for form, size in found.matrices.items()]
    table = Table(
        ("form", "nodes", "times the layers"),
        tuple((text, shown(size.nodes), _times(size.nodes, least.nodes)) for text, size in rows),
    )
    aside = "in names, numbers, operations"
    verdict = said(found.conclusion())
    yield Section("How large it is", (table, verdict), aside, floats=True)
    yield Section("How large it is", (verdict,), aside, floats=True)


def _times(nodes: int, layered: int) -> str:
    return f"{nodes / layered:,.2f}" if nodes < 10**9 else shown(nodes // layered)
