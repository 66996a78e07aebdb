"""Steps that change every column by itself, and can be undone: scalers and power transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from netsym.readers.sklearn.row import Row, Vector

#: The bounds that activations cut values off at.
_CLIPS = {(0.0, 1.0): "satlin", (-1.0, 1.0): "hard_tanh"}


def _centred(centre: str, *flags: str) -> Row:
    """A scaler that takes a centre off, and divides by a scale, each if its flag is set."""

    def used(model: Any) -> list[Any]:
        pairs = zip((centre, "scale_"), flags, strict=True)
        return [getattr(model, key) if getattr(model, flag) else None for key, flag in pairs]

    return Row(
        lambda model, x: x.standardised(*used(model)),
        lambda model, x: _back(x, *used(model)),
        fitted=(centre, "scale_"),
    )


def _back(x: Vector, centre: Any, scale: Any) -> Vector:
    if centre is None and scale is None:
        return x
    return x.scaled(1.0 if scale is None else scale, centre)


def _min_max(model: Any, x: Vector) -> Vector:
    return _clipped(model, x.scaled(model.scale_, model.min_), *map(float, model.feature_range))


def _max_abs(model: Any, x: Vector) -> Vector:
    return _clipped(model, x.standardised(scale=model.scale_), -1.0, 1.0)


def _clipped(model: Any, x: Vector, low: float, high: float) -> Vector:
    """The values cut off at both bounds, if the scaler does so."""
    if not getattr(model, "clip", False):
        return x
    if (low, high) in _CLIPS:
        return x.activated(_CLIPS[low, high])
    width = high - low
    return x.scaled(1 / width, -low / width).activated("satlin").scaled(width, low)


def _power(model: Any, x: Vector) -> Vector:
    """Box and Cox (1964), Yeo and Johnson (2000, equation 2.1), each column with its own power."""
    kind = _box_cox if model.method == "box-cox" else _yeo_johnson
    changed = _by_column(model, x, kind)
    return changed.transformed(model._scaler) if model.standardize else changed


def _power_inverse(model: Any, x: Vector) -> Vector:
    scaled = x.restored(model._scaler) if model.standardize else x
    kind = _box_cox_inverse if model.method == "box-cox" else _yeo_johnson_inverse
    return _by_column(model, scaled, kind)


def _by_column(model: Any, x: Vector, kind: Callable[[str, str, float], str]) -> Vector:
    """A formula of each column, of its power l and of the other one, m = 2 - l."""
    powers = model.lambdas_.tolist()
    numbers = {f"l_{n}": power for n, power in enumerate(powers, 1)}
    numbers |= {f"m_{n}": 2 - power for n, power in enumerate(powers, 1)}
    return x.written([kind(f"x_{n}", str(n), power) for n, power in enumerate(powers, 1)], numbers)


def _is(value: float, special: float) -> bool:
    return abs(value - special) < float(np.spacing(1.0))


def _box_cox(x: str, n: str, power: float) -> str:
    return f"log({x})" if _is(power, 0) else f"({x}^l_{n} - 1)/l_{n}"


def _box_cox_inverse(x: str, n: str, power: float) -> str:
    return f"exp({x})" if _is(power, 0) else f"(l_{n}*{x} + 1)^(1/l_{n})"


def _yeo_johnson(x: str, n: str, power: float) -> str:
    """What is above zero, and what is below; each is 0 where the other is not."""
    above, below = f"(1 + max({x}, 0))", f"(1 - min({x}, 0))"
    above = f"log{above}" if _is(power, 0) else f"({above}^l_{n} - 1)/l_{n}"
    below = f"log{below}" if _is(power, 2) else f"({below}^m_{n} - 1)/m_{n}"
    return f"{above} - {below}"


def _yeo_johnson_inverse(x: str, n: str, power: float) -> str:
    above, below = f"max({x}, 0)", f"min({x}, 0)"
    above = f"exp({above})" if _is(power, 0) else f"(1 + l_{n}*{above})^(1/l_{n})"
    below = f"exp(-{below})" if _is(power, 2) else f"(1 - m_{n}*{below})^(1/m_{n})"
    return f"{above} - {below}"


ROWS = {
    "StandardScaler": _centred("mean_", "with_mean", "with_std"),
    "RobustScaler": _centred("center_", "with_centering", "with_scaling"),
    "MinMaxScaler": Row(
        _min_max, lambda model, x: x.standardised(model.min_, model.scale_), fitted=("scale_",)
    ),
    "MaxAbsScaler": Row(_max_abs, lambda model, x: x.scaled(model.scale_), fitted=("scale_",)),
    "PowerTransformer": Row(_power, _power_inverse, fitted=("lambdas_",)),
}
