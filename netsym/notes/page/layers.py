"""The page of a network that is too large for an onion: its layers, whole arrays, and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from netsym.network.network import Network
from netsym.notes.draw import draw
from netsym.notes.page.template import sheet
from netsym.wording import plural

_LONGEST = 20_000  # characters of a formula


@dataclass(frozen=True, eq=False)
class LayersPage:
    """A network of many units as one file of HTML; `why` says what an onion would need."""

    network: Network
    why: str

    def __repr__(self) -> str:
        return f"<page of {self.network.title}>"

    def html(self) -> str:
        """The whole page."""
        network = self.network
        whole = network.matrices
        text = str(whole)
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}\n… ({plural(len(text), 'character')} in all)"
        return sheet(
            "layers.html", network.title, about=escape(self.why),
            drawing=draw(network).svg("net"), formula=escape(text), sizes=escape(str(network.size)),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The page and what it is of, for `--json`."""
        return {"schema": 1, "network": self.network.title, "kind": "layers", "html": self.html()}
