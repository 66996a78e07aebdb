"""A model of Keras in memory, as its files have it: what it is made of, and its weights."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np

from netsym.errors import SpecError
from netsym.readers.graph.traced import Unreadable
from netsym.readers.keras.weights import Array, Weights, places


def opened(model: Any) -> tuple[Any, Weights]:
    """What a file of the model would hold; raises `SpecError` for what is none."""
    if not isinstance(model, keras.Model):
        raise SpecError(
            f"a {type(model).__name__} was given; give a model of Keras, or the path of a .keras "
            "file: netsym.from_keras(model)"
        )
    try:
        config = keras.saving.serialize_keras_object(model)
        return json.loads(json.dumps(config)), Living(model)
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise SpecError(f"Keras cannot say what the model is made of: {said[:200]}") from error


class Living:
    """The weights of an object of Keras, or of several."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def arrays(self) -> list[Array]:
        """As the layer itself saves them."""
        store: dict[str, Any] = {}
        self.owner.save_own_variables(store)
        return [_array(store[str(number)]) for number in range(len(store))]

    def part(self, name: str) -> Living:
        """An attribute, or one of several by its place."""
        if isinstance(self.owner, (list, tuple)):
            names = places(type(each).__name__ for each in self.owner)
            return Living(dict(zip(names, self.owner, strict=True))[name])
        for known in (name, f"_{name}"):  # which a layer may keep to itself
            if hasattr(self.owner, known):
                return Living(getattr(self.owner, known))
        raise Unreadable(f"lacks its {name}")


def _array(variable: Any) -> Array:
    found = np.asarray(keras.ops.convert_to_numpy(variable))
    return found.astype(np.float32) if found.dtype.kind == "V" else found
