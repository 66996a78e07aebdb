"""netsym: a neural network as one formula, layer by layer and inlined, with exact sizes.

>>> import netsym
>>> network = netsym.parse("1-2-1:sigmoid")
>>> print(network.inlined)
y = σ(w⁽²⁾₁₁·σ(w⁽¹⁾₁₁·x + b⁽¹⁾₁) + w⁽²⁾₁₂·σ(w⁽¹⁾₂₁·x + b⁽¹⁾₂) + b⁽²⁾₁)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netsym.certificates import certify as certificates
    from netsym.collapse import simplification
    from netsym.collapse.simplified import Simplified as Simplified
    from netsym.equality.comparison import Comparison as Comparison
    from netsym.equality.comparison import check as check
    from netsym.equality.comparison import compare as compare
    from netsym.equality.laws import laws as laws
    from netsym.files import files
    from netsym.files.files import load as load
    from netsym.formula import Formula as Formula
    from netsym.network import costs, descent
    from netsym.network.network import Network as Network
    from netsym.notes import worked
    from netsym.notes.cells.cell import cell as cell
    from netsym.notes.draw import draw as draw
    from netsym.notes.growth import plot_growth as plot_growth
    from netsym.notes.note import note as notes
    from netsym.notes.page import page as pages
    from netsym.path import takes_any
    from netsym.pieces import regions as pieces
    from netsym.readers.keras import from_keras as from_keras
    from netsym.readers.onnx import from_onnx as from_onnx
    from netsym.readers.shorthand import parse as parse
    from netsym.readers.sklearn.reader import from_sklearn as from_sklearn
    from netsym.readers.sympy import from_sympy as from_sympy
    from netsym.readers.torch import from_torch as from_torch
    from netsym.recognise.recognised import from_formula as from_formula

    simplify, save = takes_any(simplification.simplify), takes_any(files.save)
    cost, step = takes_any(costs.cost), takes_any(descent.step)
    certify = takes_any(certificates.certify)
    page, note = takes_any(pages.page), takes_any(notes.note)
    regions, work_out = takes_any(pieces.regions), takes_any(worked.work_out)

__version__ = "0.1.0"

#: The public API, and where each name lives; loaded at first use, so that `netsym --help` is quick.
_PUBLIC = {
    "certify": "netsym.certificates.certify",
    "cell": "netsym.notes.cells.cell",
    "Comparison": "netsym.equality.comparison",
    "check": "netsym.equality.comparison",
    "compare": "netsym.equality.comparison",
    "cost": "netsym.network.costs",
    "draw": "netsym.notes.draw",
    "Formula": "netsym.formula",
    "Network": "netsym.network.network",
    "from_formula": "netsym.recognise.recognised",
    "from_keras": "netsym.readers.keras",
    "from_onnx": "netsym.readers.onnx",
    "from_sklearn": "netsym.readers.sklearn.reader",
    "from_sympy": "netsym.readers.sympy",
    "from_torch": "netsym.readers.torch",
    "laws": "netsym.equality.laws",
    "load": "netsym.files.files",
    "parse": "netsym.readers.shorthand",
    "page": "netsym.notes.page.page",
    "plot_growth": "netsym.notes.growth",
    "regions": "netsym.pieces.regions",
    "save": "netsym.files.files",
    "Simplified": "netsym.collapse.simplified",
    "simplify": "netsym.collapse.simplification",
    "NetsymError": "netsym.errors",
    "NotRunError": "netsym.errors",
    "note": "netsym.notes.note.note",
    "step": "netsym.network.descent",
    "work_out": "netsym.notes.worked",
    "SpecError": "netsym.errors",
    "TooLargeError": "netsym.errors",
    "UnclearError": "netsym.errors",
    "ValueMissingError": "netsym.errors",
}

#: What is written for networks, and takes here whatever stands for one.
_OF_A_NETWORK = (
    "certify", "cost", "note", "page", "regions", "save", "simplify", "step", "work_out",
)  # fmt: skip

__all__ = [*_PUBLIC]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'netsym' has no attribute {name!r}")
    found = getattr(import_module(_PUBLIC[name]), name)
    if name in _OF_A_NETWORK:
        found = import_module("netsym.path").takes_any(found)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*_PUBLIC, "__version__"])
