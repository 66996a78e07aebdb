"""`certify`: write a network for a language, run that, and say how far it is from the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.certificates import ENGINES
from netsym.certificates.certificate import Apart, Certificate, Extreme
from netsym.certificates.engine import Code, Engine, Rows
from netsym.certificates.points import extremes, usual
from netsym.errors import NotRunError, SpecError, did_you_mean
from netsym.forms.renamed import names_in, renamed
from netsym.forms.sizes import MAX_NODES
from netsym.forms.values import excess, points
from netsym.formula import Formula
from netsym.network.columns import in_order
from netsym.network.network import Network
from netsym.network.point import numbered
from netsym.ops.numeric import Floats, Numeric

#: How far from the network code in single precision may be, relatively.
_SINGLE = 1e-4


def certify(
    network: Network,
    /,
    to: str,
    data: npt.ArrayLike | None = None,
    *,
    form: str = "layered",
    parameters: Mapping[str, Any] | None = None,
    digits: int | None = None,
    max_nodes: int = MAX_NODES,
    **options: Any,
) -> Certificate:
    """Write a network for a language, run that, and say how far it is from the network.

    `to` is a language of `ENGINES`, `data` are rows of inputs (rows, inputs), by default 1,000 at
    random; 0, both sides of kinks, ±1e3, NaN and null are looked at, too. `parameters` are numbers
    for the names of parameters, by name, or for whole arrays (see `point_of`). `digits` says what
    rounding the numbers costs, other `options` are those of the language. What is not on this
    machine is said: the verdict is "not run". Raises `SpecError` for an unknown language, and
    `ValueMissingError` for names without numbers.

    >>> import netsym
    >>> netsym.certify(netsym.parse("1-1:tanh"), "numpy", parameters={"w1": 0.5, "b1": 1}).verdict
    'certified'
    """
    if to not in ENGINES:
        raise SpecError(f"nothing here runs {to!r}; {did_you_mean(to, ENGINES)}")
    network = numbered(network, parameters or {})
    written = network.formula(form)
    options = {key: value for key, value in options.items() if value}
    code = "".join(written.write(to, digits=digits, max_nodes=max_nodes, **options))
    bare = Certificate(network.title, to, form, ENGINES[to].name, code, digits=digits)
    if absent := ENGINES[to].missing():
        return replace(bare, why_not=absent)
    rows = usual(network, None if data is None else _rows(network, data))
    names = options.get("names", {})
    said = names_in(names, written.input_names()) if isinstance(names, str) else names
    own = {key: value for key, value in options.items() if key != "names"}
    run = _Run(network, renamed(written, said), ENGINES[to], own)
    try:
        if digits is None:
            return run.filled(bare, code, rows)
        whole = "".join(written.write(to, max_nodes=max_nodes, **options))
        exact = run.filled(bare, whole, rows)
        return replace(run.measured(exact, code, rows), code=code, exact=exact.difference)
    except NotRunError as error:
        return replace(bare, why_not=str(error))


def _rows(network: Network, data: npt.ArrayLike) -> Floats:
    names = network.input_names.all()
    found, _ = points((in_order(data, names, what="the inputs"),), len(names))
    return found


@dataclass(frozen=True)
class _Run:
    """A network, what it is written as, and what runs that."""

    network: Network
    form: Formula
    engine: Engine
    options: Mapping[str, Any]

    def filled(self, bare: Certificate, code: str, rows: Floats) -> Certificate:
        """The certificate of a code, with what differs there."""
        kinds = extremes(self.network, rows, self.engine)
        blocks = [Rows.of(rows), *kinds.values()]
        found = self._values(code, blocks)
        scale = _finite(np.abs(self._expected(rows))).max(axis=0, initial=0)
        first, *others = (
            self._apart(block, values, scale) for block, values in zip(blocks, found, strict=True)
        )
        seen = [
            Extreme(name, len(kinds[name].values), apart)
            for name, apart in zip(kinds, others, strict=True)
        ]
        return replace(self._with_differences(bare, rows, found[0].values), apart=first,
                       extremes=tuple(seen))  # fmt: skip

    def measured(self, known: Certificate, code: str, rows: Floats) -> Certificate:
        """The certificate of a code that is not meant to be the network to the last digit."""
        (found,) = self._values(code, [Rows.of(rows)], known.digits)
        return self._with_differences(known, rows, found.values)

    def _with_differences(self, known: Certificate, rows: Floats, found: Floats) -> Certificate:
        right = self._expected(rows)
        with np.errstate(all="ignore"):
            apart = _finite(np.abs(found - right))
        largest = np.maximum(_finite(np.abs(right)).max(axis=0, initial=0), np.finfo(float).tiny)
        return replace(
            known, rows=len(rows), difference=float(apart.max(initial=0)),
            relative=float((apart / largest).max(initial=0)),
        )  # fmt: skip

    def _expected(self, rows: Floats) -> Floats:
        with np.errstate(all="ignore"):
            y = self.network.read(Numeric(), rows)
        return y if y.ndim > 1 else np.tile(y, (len(rows), 1))

    def _values(self, code: str, blocks: list[Rows], digits: int | None = None) -> list[Rows]:
        """The outputs for all rows, from one run."""
        together = Rows(*(np.concatenate([getattr(each, field) for each in blocks])
                          for field in ("values", "null")))  # fmt: skip
        written = Code(code, self.form, self.options, digits)
        with TemporaryDirectory(prefix="netsym-") as folder:
            found = self.engine.run(written, together, Path(folder))
        edges = np.cumsum([len(each.values) for each in blocks])[:-1]
        parts = (np.split(array, edges) for array in (found.values, found.null))
        return [Rows(values, null) for values, null in zip(*parts, strict=True)]

    def _apart(self, rows: Rows, found: Rows, scale: Floats) -> Apart | None:
        """The row at which an output is farthest from the network, if one is too far."""
        right = self._expected(rows.values)
        is_single = bool(self.options.get("float"))
        tolerance = _SINGLE if is_single else self.engine.tolerance
        tiny = float(np.finfo(np.float32 if is_single else np.float64).tiny)
        far = excess(found.values, right, scale, tolerance, tiny)
        lacking = np.isnan(right) & rows.null.any(axis=1, keepdims=True)
        far[found.null != lacking] = np.inf
        if not (far > 0).any():
            return None
        row, output = (int(place) for place in np.unravel_index(int(far.argmax()), far.shape))
        inputs = zip(self.network.input_names.all(), rows.values[row].tolist(), strict=True)
        return Apart(tuple(inputs), self.form.outputs[output].name, float(right[row, output]),
                     float(found.values[row, output]))  # fmt: skip


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0)
