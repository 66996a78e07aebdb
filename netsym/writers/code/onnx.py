"""ONNX: a model of standard operators, from the layers of a network, or from any formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netsym.errors import ValueMissingError
from netsym.forms.form import Form
from netsym.needed import need
from netsym.wording import without_values


def model(form: Form, *, digits: int | None = None, float: bool = False, **_: Any) -> bytes:
    """What an `.onnx` file holds: the form, in float64, or in single precision with `float`.

    The layered form of a network is its layers; they read its inputs (N, …), called `inputs` if
    there is one, and give its outputs (N, …), called `outputs`. Any other form reads all inputs at
    once, (N, inputs), and gives all outputs. With `digits` weights are rounded to so many.
    Raises `SpecError` without onnx, `ValueMissingError` for names without numbers.
    """
    return bytes(_made(form, digits, float).SerializeToString(deterministic=True))


def write(form: Form, *, digits: int | None = None, float: bool = False, **_: Any) -> Iterator[str]:
    """The model as a text that ONNX prints."""
    made = _made(form, digits, float)
    import onnx.printer

    yield onnx.printer.to_text(made)


def _made(form: Form, digits: int | None, single: bool) -> Any:
    need("onnx", "a model of ONNX")
    from netsym.writers.code.onnx_layers import by_layers
    from netsym.writers.code.onnx_loops import by_loops

    missing = [name for _, names in form.symbols() for name in names]
    if missing:
        raise ValueMissingError(without_values(missing))
    if form.network is None:
        nodes, outputs = by_loops(form, single, digits)
    else:
        nodes, outputs = by_layers(form.network, single, digits)
    return nodes.model(form.function or "network", outputs)
