"""Weights apart: a form with names for the numbers of its parameters, and these numbers.

The names are those of the notation, whatever the numbers are: two networks of the same layers
have the same form.
"""

from __future__ import annotations

from netsym.errors import SpecError
from netsym.forms.form import Apart, Form
from netsym.forms.renamed import renamed


def apart(form: Form) -> Apart:
    """The form with names for the numbers of parameters, and the numbers that it uses.

    Raises `SpecError` for names that have no number, and for what is no form of a network, as
    derivatives are.

    >>> import netsym
    >>> network = netsym.parse("1-1").with_parameters({"w1_1_1": 2, "b1_1": 2})
    >>> apart(network.inlined)[1]
    {'w1_1_1': 2.0, 'b1_1': 2.0}
    """
    refuse_names(form)
    whole, numbers = form.named(form.form) if form.named else (form, dict[str, float]())
    outputs = {output.name: output for output in whole.outputs}
    if form.named is None or not all(output.name in outputs for output in form.outputs):
        raise SpecError(
            "weights stand apart in a form of a network, and here the numbers are no parameters of "
            "one; leave --weights out"
        )
    one = whole.of_outputs([outputs[output.name] for output in form.outputs])
    inputs = zip(one.input_names(), form.input_names(), strict=True)
    one = renamed(one, {old: new for old, new in inputs if old != new})
    return one, {name: numbers[name] for _, names in one.symbols() for name in names}


def refuse_names(form: Form) -> None:
    """Raise `SpecError` for a parameter that is a name, and no number that could stand apart."""
    symbols = form.symbols()
    if symbols:
        raise SpecError(
            f"weights are numbers where they stand apart, and {symbols[0][1][0]} has none; give it "
            "one, or leave --weights out"
        )
