"""`from_sklearn`: the network of a fitted model, with the names of its columns and classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from netsym.errors import SpecError
from netsym.graph.names import literal
from netsym.layers.blocks import Wire
from netsym.network.columns import names_of, renamed
from netsym.network.network import Network
from netsym.readers.graph.numbers import digits
from netsym.readers.sklearn import (
    bayes,
    composed,
    features,
    kernels,
    linear,
    neural,
    projections,
    refused,
    scalers,
)
from netsym.readers.sklearn.answers import chosen, is_numeric
from netsym.readers.sklearn.row import (
    Plan,
    Row,
    Vector,
    article,
    kind_of,
    parts_of,
    refusal,
    row_of,
)
from netsym.wording import plural

#: By class of scikit-learn; what derives from one is read as it.
ROWS: dict[str, Row] = {
    **scalers.ROWS, **features.ROWS, **projections.ROWS, **linear.ROWS, **neural.ROWS,
    **kernels.ROWS, **bayes.ROWS, **composed.ROWS, **refused.ROWS,
}  # fmt: skip


def from_sklearn(
    model: Any, inputs: Sequence[str] = (), *, decision: str = "", all_digits: bool = False
) -> Network:
    """The network of a fitted model of scikit-learn that is a formula of its inputs.

    It computes what `predict` does for a regressor, `predict_proba` for a classifier, or
    `decision_function` if it has no probabilities, and `transform` for a step by itself; of two
    classes it has one output, that of `classes_[1]`. With `decision="class"` it gives the class, as
    `predict` does: the number that it is, or its place in `classes_`, counted from 0.

    Read are scalers, powers, projections, choices and products of columns, linear, logistic and
    generalised linear models, perceptrons, kernel machines, naive Bayes, discriminant analysis, and
    what is made of these; `netsym help scikit-learn` lists them. Imputers are read for inputs of
    which none is missing.

    `inputs` names the inputs; without it they are named after the columns of the data frame, and
    outputs after the classes, if these are texts: `sepal length (cm)` is sepal_length_cm, with its
    words in LaTeX; `assumed` says which. A float32 is the shortest decimal that stands for it; with
    `all_digits` it is the float64 that it equals.
    Raises `SpecError` for a model that is not fitted, and for parts that are no formula: it names
    them all.
    """
    if decision not in ("", "class"):
        raise SpecError(f"unknown decision {decision!r}; it can be 'class'")
    _check_parts(model)
    plan = Plan(ROWS, _input_count(model))
    end, said, labels = _end(model, plan, decision)
    if end.place == 0:
        end = end.activated("linear")
    if inputs and len(inputs) != plan.inputs:
        raise SpecError(
            f"{plural(len(inputs), 'name')} for {plural(plan.inputs, 'input')}; give one each"
        )
    columns = [] if inputs else [str(name) for name in _known(model, "feature_names_in_", ())]
    title = ", ".join(_kinds(model))
    layers = plan.wires(end, digits(all_digits))
    network = Network.of(f"{title}: {said}" if said else title, plan.inputs, layers)
    return _named(network, layers, inputs, columns, labels, plan.notes)


def _check_parts(model: Any) -> None:
    """Raise `SpecError` that names all parts of a model that cannot be read, or one not fitted."""
    found = []
    for where, part in parts_of(ROWS, model):
        why = refusal(ROWS, part)
        if why:
            named = f"{article(part)} ({where})" if where else article(part)
            found.append(f"{named} cannot be read: {why}")
    if found:
        raise SpecError("; ".join(dict.fromkeys(found)))
    for _, part in parts_of(ROWS, model):
        row_of(ROWS, part)
    if not _kinds(model):
        raise SpecError("the Pipeline does nothing; give one that ends in a fitted model")


def _kinds(model: Any) -> list[str]:
    """The classes of scikit-learn that are read, one after another."""
    kind = kind_of(ROWS, model) or type(model).__name__
    row = ROWS.get(kind)
    if row is None or row.parts is None or not row.transparent:
        return [kind]
    return [each for _, part in row.parts(model) for each in _kinds(part)]


def _known(model: Any, attribute: str, otherwise: Any) -> Any:
    """What the model, or else the first part that knows, says of the inputs."""
    for _, part in parts_of(ROWS, model):
        if getattr(part, attribute, None) is not None:
            return getattr(part, attribute)
    return otherwise


def _input_count(model: Any) -> int:
    count = _known(model, "n_features_in_", None)
    if count is None:
        raise SpecError(
            f"this {_kinds(model)[0]} does not say how many inputs it has; call fit with an array"
        )
    return int(count)


def _end(model: Any, plan: Plan, decision: str) -> tuple[Vector, str, list[str]]:
    """What the network gives, what this is in words, and the names of its outputs."""
    found = plan.input.predicted(model)
    if isinstance(found, Vector):
        if decision:
            raise SpecError(f"{article(model)} predicts no classes, so that it has no decision")
        return found, "", []
    classes = list(found.classes)
    if decision and not found.labels:
        if not is_numeric(classes):
            places = ", ".join(f"{n} for {_printable(each)}" for n, each in enumerate(classes))
            plan.note(f"the output is the place of the class: {places}")
        return chosen(found), "class", []
    values, said = found.probabilities, ""
    if decision:
        values = chosen(found)
    elif values is None:
        values, said = found.decision, "decision function"
    assert values is not None
    if values.width == 1 and len(classes) == 2:
        classes = classes[1:]
        said = f"{said or 'probability'} of class {_printable(classes[0])}"
    if found.pairs and values is found.decision:
        return values, f"{said} of every two classes", []
    names = [str(each) for each in classes if isinstance(each, str)]
    return values, said, names if len(names) == values.width else []


def _printable(text: Any) -> str:
    return "".join(c if c.isprintable() else " " for c in str(text))


def _named(
    plain: Network,
    layers: Sequence[Wire],
    inputs: Sequence[str],
    columns: Sequence[str],
    labels: Sequence[str],
    notes: Sequence[str],
) -> Network:
    """The network with the names of its inputs, or of columns, and with those of classes."""
    # What the notation calls a value can name nothing else, but ends with names lose theirs, and
    # outputs without give theirs away.
    answers = tuple(dataclasses.replace(each, names=literal("y")) for each in plain.outputs)
    inner = dataclasses.replace(plain, outputs=answers)
    if inputs or columns:
        given = tuple(dataclasses.replace(each, names=literal("x")) for each in plain.inputs)
        inner = dataclasses.replace(inner, inputs=given)
    features = names_of(columns, "x", inner.generates)
    taken = {*inputs, *features.names}
    classes = names_of(
        labels, "class", lambda n: n in taken or inner.generates(n), features.latex.values()
    )
    said = renamed([*features.notes, *classes.notes])
    return Network.of(
        plain.title,
        tuple(inputs) or features.names or len(plain.input_names),
        layers,
        classes.names,
        latex_names={**features.latex, **classes.latex},
        assumed="; ".join([*([said] if said else []), *notes]),
    )
