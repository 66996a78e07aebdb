"""Single mistakes in typed formulas, made from a description of the network and nothing of ours.

A network is described as nested data, and written as text by this file. A mistake is the text of a
description in which one thing is changed, with the words in which a diagnosis has to name it.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, permutations
from typing import Any

from netsym import Network
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale

#: What is typed instead of an activation, or on top of a unit that has none.
OTHERS = ("sigmoid", "tanh", "relu", "softplus")

#: What is typed instead of a function, by what is wrong with it.
TYPED_OUT = {
    "sigmoid, no bracket": "(1/1 + exp(-({})))",
    "sigmoid, e": "1/(1 + 2.7^(-({})))",
    "tanh, e": "(2.7^(2*({0})) - 1)/(2.7^(2*({0})) + 1)",
    "softplus, e": "log(1 + 2.7^({}))",
    "tanh, no factor": "(2/(1 + exp(-({}))) - 1)",
    "tanh, no bracket": "(2/1 + exp(-2*({})) - 1)",
    "tanh, no 1": "2/(1 + exp(-2*({})))",
    "gelu, no half": "({0})*(1 + erf(({0})/sqrt(2)))",
}
#: The words for it.
SAID = {
    "sigmoid, no bracket": "with 1/1 + e^-z, a bracket missing, for the sigmoid on",
    "tanh, no factor": "with 2/(1 + e^-z) - 1, the 2 before z missing, for the tanh on",
    "tanh, no bracket": "with 2/1 + e^(-2z) - 1, a bracket missing, for the tanh on",
    "gelu, no half": "without the 1/2 of the gelu on",
}

_PLAIN = re.compile(r"[A-Za-z_]\w*|\d[\d.]*(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Term:
    """`sign weight*value`, the value being that of a unit (or an input) below."""

    weight: str
    value: int
    sign: str = "+"


@dataclass(frozen=True)
class Unit:
    """Terms, a bias, and the functions that are applied, the inner ones first; "-" is a sign."""

    terms: tuple[Term, ...]
    bias: str | None
    functions: tuple[str, ...] = ()
    bias_sign: str = "+"


@dataclass(frozen=True)
class Layer:
    """Units; of a softmax layer, `divided` says which outputs are divided by the sum.

    `skips` says which value each unit adds after its activation; `scales` that it is no dense layer
    but one number and one bias for each value.
    """

    units: tuple[Unit, ...]
    activation: str
    divided: tuple[bool, ...] = ()
    skips: tuple[int, ...] = ()
    scales: bool = False


@dataclass(frozen=True)
class Described:
    """A network: inputs by name, layers; and whether sigmoid is typed out as 1/(1+exp(-…)).

    `around` are functions that are typed round each output.
    """

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    typed_out: bool = False
    around: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """What was done, where (layer and unit from 1, None for several), and the words for it.

    `words` are all that name it: two mistakes may be one and the same formula.
    """

    kind: str
    layer: int
    unit: int | None
    words: frozenset[str]
    text: str


Entry = str | float


def described(
    inputs: Sequence[str],
    layers: Sequence[tuple[Sequence[Sequence[Entry]], Sequence[Entry], str]],
    typed_out: bool = False,
) -> Described:
    """A network from its (weights, biases, activation), entries being names or numbers.

    The activation "scale" is a layer with one weight for each value, "tanh+" one with a skip.
    """
    made = []
    for weights, biases, written in layers:
        if written == "scale":
            scaled = tuple(
                Unit((Term(_typed(row[0]), n),), _typed(bias))
                for n, (row, bias) in enumerate(zip(weights, biases, strict=True))
            )
            made.append(Layer(scaled, "", scales=True))
            continue
        activation = written.removesuffix("+")
        skips = tuple(range(len(weights))) if written.endswith("+") else ()
        functions = () if activation in ("", "softmax") else (activation,)
        units = tuple(
            Unit(tuple(Term(_typed(w), n) for n, w in enumerate(row)), _typed(bias), functions)
            for row, bias in zip(weights, biases, strict=True)
        )
        divided = (True,) * len(units) if activation == "softmax" else ()
        made.append(Layer(units, activation, divided, skips))
    return Described(tuple(inputs), tuple(made), typed_out)


def _typed(entry: Entry) -> str:
    return entry if isinstance(entry, str) else repr(entry)


# -- text -----------------------------------------------------------------------------------------
def text(net: Described) -> str:
    """The inlined formula, one equation for each output."""
    values = list(net.inputs)
    for layer in net.layers:
        below_it = values
        sums = [_sum(unit, values) for unit in layer.units]
        values = [
            _applied(z, unit.functions, net) for z, unit in zip(sums, layer.units, strict=True)
        ]
        if layer.divided:
            powers = [f"exp({value})" for value in values]
            below = " + ".join(powers)
            values = [
                f"{power}/({below})" if divided else power
                for power, divided in zip(powers, layer.divided, strict=True)
            ]
        if layer.skips:
            added = [below_it[n] for n in layer.skips]
            values = [f"{a} + {_factor(x)}" for a, x in zip(values, added, strict=True)]
    values = [_applied(value, net.around, net) for value in values]
    if len(values) == 1:
        return f"y = {values[0]}"
    return "\n".join(f"y_{n} = {value}" for n, value in enumerate(values, 1))


def _sum(unit: Unit, values: Sequence[str]) -> str:
    signed = [(t.sign, f"{_factor(t.weight)}*{_factor(values[t.value])}") for t in unit.terms]
    signed += [] if unit.bias is None else [(unit.bias_sign, _factor(unit.bias))]
    if not signed:
        return "0"
    first, *rest = signed
    start = first[1] if first[0] == "+" else f"-{first[1]}"
    return start + "".join(f" {sign} {term}" for sign, term in rest)


def _factor(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f"({value})"


def _applied(value: str, functions: Sequence[str], net: Described) -> str:
    for function in functions:
        if function == "-":
            value = f"-({value})"
        elif function in TYPED_OUT:
            value = TYPED_OUT[function].format(value)
        elif function == "sigmoid" and net.typed_out:
            value = f"1/(1 + exp(-({value})))"
        elif function == "relu" and net.typed_out:
            value = f"max(0, {value})"
        else:
            value = f"{function}({value})"
    return value


# -- mistakes -------------------------------------------------------------------------------------
def mistakes(net: Described) -> list[Mistake]:
    """Every single mistake at every place."""
    made = [mistake for make in _ALL for mistake in make(net)]
    return [mistake for mistake in made if mistake.text != text(net)]


def some(found: Sequence[Mistake], count: int, seed: int) -> list[Mistake]:
    """At most so many, of every kind as evenly as they come."""
    source = random.Random(seed)
    shuffled = source.sample(list(found), len(found))
    ranks: dict[str, int] = {}
    keyed = []
    for mistake in shuffled:
        ranks[mistake.kind] = ranks.get(mistake.kind, 0) + 1
        keyed.append((ranks[mistake.kind], mistake))
    return [mistake for _, mistake in sorted(keyed, key=lambda pair: pair[0])[:count]]


def _with(net: Described, layer: int, changes: dict[int, Unit]) -> Described:
    units = tuple(changes.get(n, unit) for n, unit in enumerate(net.layers[layer].units))
    return _with_layer(net, layer, dataclasses.replace(net.layers[layer], units=units))


def _with_layer(net: Described, number: int, layer: Layer) -> Described:
    layers = tuple(layer if n == number else old for n, old in enumerate(net.layers))
    return dataclasses.replace(net, layers=layers)


def _value_names(net: Described, layer: int) -> list[str]:
    """What a layer takes, in the words of a diagnosis."""
    if layer == 0:
        return list(net.inputs)
    return [f"a{layer}_{n + 1}" for n in range(len(net.layers[layer - 1].units))]


def _where(net: Described, layer: int, unit: int | None, end: bool = False) -> str:
    """A layer or a unit; `end` means the quotients of a softmax, not its sums."""
    last = layer == len(net.layers) - 1 and (end or not net.layers[layer].divided)
    said = "the output layer" if last else f"layer {layer + 1}"
    width = len(net.layers[layer].units)
    if unit is None or width == 1:
        return said
    letter = f"z{layer + 1}" if net.layers[layer].divided and not end else f"a{layer + 1}"
    return f"{said}, unit {unit + 1} ({'y' if last else letter}_{unit + 1})"


def _said(entry: str) -> str:
    """A number as reports shorten it."""
    try:
        return f"{float(entry):.6g}"
    except ValueError:
        return entry


def _made(
    kind: str, net: Described, layer: int, unit: int | None, changed: Described, *words: str
) -> Mistake:
    return Mistake(kind, layer + 1, None if unit is None else unit + 1, frozenset(words),
                   text(changed))  # fmt: skip


def _places(net: Described) -> Iterator[tuple[int, int, Unit]]:
    for layer, each in enumerate(net.layers):
        yield from ((layer, n, unit) for n, unit in enumerate(each.units))


def functions_wrong(net: Described) -> Iterator[Mistake]:
    """Missing, another, twice, extra; for one unit, and for all units of a layer."""
    for number, layer in enumerate(net.layers):
        width = len(layer.units)
        name = "" if layer.divided else layer.activation
        wrong: list[tuple[str, tuple[str, ...], str]] = [
            ("extra", (other,), f"with an extra {other} on") for other in OTHERS if not name
        ]
        if name:
            wrong += [
                ("missing", (), f"without the {name} on"),
                ("twice", (name, name), f"with {name} applied twice on"),
                *(("another", (other,), f"with {other} instead of {name} on")
                  for other in OTHERS if other != name),
            ]  # fmt: skip
        for kind, functions, words in wrong:
            each = {
                n: dataclasses.replace(unit, functions=functions)
                for n, unit in enumerate(layer.units)
            }
            for n in each:
                said = f"{words} {_where(net, number, n)}"
                yield _made(kind, net, number, n, _with(net, number, {n: each[n]}), said)
            if width > 1:
                said = [f"{words} {_where(net, number, None, end)}" for end in (False, True)]
                yield _made(f"{kind}, layer", net, number, None, _with(net, number, each), *said)


def signs_wrong(net: Described) -> Iterator[Mistake]:
    """Of every term, of every bias, inside every activation, and of every activation."""
    for layer, n, unit in _places(net):
        where, names = _where(net, layer, n), _value_names(net, layer)
        for place, term in enumerate(unit.terms):
            terms = list(unit.terms)
            terms[place] = dataclasses.replace(term, sign="-")
            changed = dataclasses.replace(unit, terms=tuple(terms))
            said = f"with the sign of {_said(term.weight)}*{names[term.value]} changed on {where}"
            yield _made("sign of a term", net, layer, n, _with(net, layer, {n: changed}), said)
        if unit.bias is not None:
            changed = dataclasses.replace(unit, bias_sign="-")
            said = f"with the sign of {_said(unit.bias)} changed on {where}"
            yield _made("sign of a bias", net, layer, n, _with(net, layer, {n: changed}), said)
        for name in unit.functions:
            changed = dataclasses.replace(unit, functions=("-", name))
            said = f"with the sign inside {name} changed on {where}"
            yield _made("sign inside", net, layer, n, _with(net, layer, {n: changed}), said)
            changed = dataclasses.replace(unit, functions=(name, "-"))
            said = f"with the sign of {name} changed on {where}"
            yield _made("sign outside", net, layer, n, _with(net, layer, {n: changed}), said)


def parts_missing(net: Described) -> Iterator[Mistake]:
    """A bias, all biases of a layer, a term, a hidden unit, the sum that a softmax divides by."""
    for layer, n, unit in _places(net):
        where, names = _where(net, layer, n), _value_names(net, layer)
        changed = dataclasses.replace(unit, bias=None)
        said = f"without the bias {_said(unit.bias or '')} on {where}"
        yield _made("bias missing", net, layer, n, _with(net, layer, {n: changed}), said)
        for place, term in enumerate(unit.terms):
            changed = dataclasses.replace(unit, terms=unit.terms[:place] + unit.terms[place + 1 :])
            said = f"without the term {_said(term.weight)}*{names[term.value]} on {where}"
            yield _made("term missing", net, layer, n, _with(net, layer, {n: changed}), said)
    for number, layer in enumerate(net.layers):
        width = len(layer.units)
        if width > 1:
            none = {n: dataclasses.replace(u, bias=None) for n, u in enumerate(layer.units)}
            said = {
                f"without the biases on {_where(net, number, None, end)}" for end in (False, True)
            }
            yield _made("biases missing", net, number, None, _with(net, number, none), *said)
        if layer.divided:
            for n in range(width):
                divided = tuple(other != n for other in range(width))
                said = f"without the normalisation by the sum on {_where(net, number, n, True)}"
                changed_layer = dataclasses.replace(layer, divided=divided)
                yield _made("not normalised", net, number, n,
                            _with_layer(net, number, changed_layer), said)  # fmt: skip
            said = f"without the normalisation by the sum on {_where(net, number, None, True)}"
            changed_layer = dataclasses.replace(layer, divided=(False,) * width)
            yield _made("not normalised, layer", net, number, None,
                        _with_layer(net, number, changed_layer), said)  # fmt: skip
        if number + 1 < len(net.layers):
            yield from _units_missing(net, number)


def _units_missing(net: Described, number: int) -> Iterator[Mistake]:
    above = net.layers[number + 1].units
    for n in range(len(net.layers[number].units)):
        left = {
            m: dataclasses.replace(unit, terms=tuple(t for t in unit.terms if t.value != n))
            for m, unit in enumerate(above)
        }
        words = [f"without unit {n + 1} of layer {number + 1} (a{number + 1}_{n + 1})"]
        if len(above) == 1:
            weight = above[0].terms[n].weight
            words.append(f"without the term {_said(weight)}*a{number + 1}_{n + 1} on "
                         f"{_where(net, number + 1, 0)}")  # fmt: skip
        yield _made("unit missing", net, number + 1, None, _with(net, number + 1, left), *words)


def weights_misplaced(net: Described) -> Iterator[Mistake]:
    """Two of a layer swapped, and one typed in the place of another; so for weights and biases."""
    for number, layer in enumerate(net.layers):
        weights = [(n, place) for n, unit in enumerate(layer.units)
                   for place in range(len(unit.terms))]  # fmt: skip
        biases = [(n, -1) for n in range(len(layer.units))]
        for kind, slots in (("weights", weights), ("biases", biases)):
            for one, other in combinations(slots, 2):
                first, second = _entry(layer, one), _entry(layer, other)
                swapped = _filled(_filled(layer, one, second), other, first)
                names = _said(first), _said(second)
                said = [f"with {a} and {b} swapped" for a, b in (names, names[::-1])]
                if len(layer.units) == len(layer.units[0].terms) == 2 and one[1] + other[0] == 2:
                    said += [f"with the weights of {_where(net, number, None)} transposed"]
                yield _made(f"{kind} swapped", net, number, None,
                            _with_layer(net, number, swapped), *said)  # fmt: skip
            for place, taken in permutations(slots, 2):
                wrong, right = _entry(layer, taken), _entry(layer, place)
                said_ = (f"with {_said(wrong)} in the place of {_said(right)} on "
                         f"{_where(net, number, place[0])}")  # fmt: skip
                changed = _with_layer(net, number, _filled(layer, place, wrong))
                yield _made(f"{kind} misplaced", net, number, place[0], changed, said_)


def _entry(layer: Layer, slot: tuple[int, int]) -> str:
    unit = layer.units[slot[0]]
    return unit.terms[slot[1]].weight if slot[1] >= 0 else unit.bias or "0"


def _filled(layer: Layer, slot: tuple[int, int], entry: str) -> Layer:
    n, place = slot
    unit = layer.units[n]
    if place < 0:
        unit = dataclasses.replace(unit, bias=entry)
    else:
        terms = list(unit.terms)
        terms[place] = dataclasses.replace(terms[place], weight=entry)
        unit = dataclasses.replace(unit, terms=tuple(terms))
    units = (*layer.units[:n], unit, *layer.units[n + 1 :])
    return dataclasses.replace(layer, units=units)


def values_misplaced(net: Described) -> Iterator[Mistake]:
    """The value of another place in a term; two inputs swapped everywhere; W instead of Wᵀ."""
    for layer, n, unit in _places(net):
        names = _value_names(net, layer)
        for place, taken in permutations(range(len(unit.terms)), 2):
            terms = list(unit.terms)
            terms[place] = dataclasses.replace(terms[place], value=terms[taken].value)
            changed = dataclasses.replace(unit, terms=tuple(terms))
            said = f"with {names[taken]} in the place of {names[place]} on {_where(net, layer, n)}"
            yield _made("value misplaced", net, layer, n, _with(net, layer, {n: changed}), said)
    for one, other in combinations(range(len(net.inputs)), 2):
        inputs = list(net.inputs)
        inputs[one], inputs[other] = inputs[other], inputs[one]
        names = net.inputs[one], net.inputs[other]
        words = [f"with {a} and {b} swapped everywhere" for a, b in (names, names[::-1])]
        changed_net = dataclasses.replace(net, inputs=tuple(inputs))
        yield _made("inputs swapped", net, 0, None, changed_net, *words)
    for number, layer in enumerate(net.layers):
        width = len(layer.units)
        if width > 1 and all(len(unit.terms) == width for unit in layer.units):
            turned = layer
            for i, j in permutations(range(width), 2):
                turned = _filled(turned, (i, j), _entry(layer, (j, i)))
            where = _where(net, number, None)
            words = [f"with the weights of {where} transposed"]
            yield _made("transposed", net, number, None,
                        _with_layer(net, number, turned), *words)  # fmt: skip


def functions_mistyped(net: Described) -> Iterator[Mistake]:
    """What is typed out for a function with a mistake in it; for one unit and for a layer."""
    for number, layer in enumerate(net.layers):
        for kind, words in SAID.items():
            if kind.split(",")[0] == layer.activation:
                yield from _in_units(net, number, kind, words, lambda unit, kind=kind: (
                    dataclasses.replace(unit, functions=(kind,))))  # fmt: skip


def _in_units(
    net: Described, number: int, kind: str, words: str, change: Callable[[Unit], Unit]
) -> Iterator[Mistake]:
    each = {n: change(unit) for n, unit in enumerate(net.layers[number].units)}
    for n, unit in each.items():
        said = f"{words} {_where(net, number, n)}"
        yield _made(kind, net, number, n, _with(net, number, {n: unit}), said)
    if len(each) > 1:
        said = f"{words} {_where(net, number, None)}"
        yield _made(f"{kind}, layer", net, number, None, _with(net, number, each), said)


def everywhere(net: Described) -> Iterator[Mistake]:
    """The same in all layers: no biases or all subtracted, signs in exp, no activation, e rounded,
    one activation round everything.
    """

    def all_units(change: Callable[[Unit], Unit]) -> Described:
        layers = tuple(
            dataclasses.replace(layer, units=tuple(map(change, layer.units)))
            for layer in net.layers
        )
        return dataclasses.replace(net, layers=layers)

    def made(kind: str, changed: Described, *words: str, layer: int = 0) -> Mistake:
        return _made(f"{kind}, everywhere", net, layer, None, changed, *words)

    places = ["every layer", *(_where(net, n, None, end) for n in range(len(net.layers))
                               for end in (False, True))]  # fmt: skip
    without = all_units(lambda unit: dataclasses.replace(unit, bias=None))
    yield made("no biases", without, *(f"without the biases on {at}" for at in places))
    subtracted = all_units(lambda unit: dataclasses.replace(unit, bias_sign="-"))
    yield made("biases subtracted", subtracted,
               *(f"with every bias subtracted on {at}" for at in places))  # fmt: skip
    start = next((n for n, layer in enumerate(net.layers) if layer.units[0].functions), 0)
    names = {name for layer in net.layers for unit in layer.units for name in unit.functions}
    single = names.pop() if len(names) == 1 else ""
    if any(layer.activation == "softmax" for layer in net.layers) or not (names or single):
        return
    linear = all_units(lambda unit: dataclasses.replace(unit, functions=()))
    words = [f"without the {name} on {at}" for at in places for name in (single, "activation")]
    yield made("no activation", linear, *words, layer=start)
    if single in ("sigmoid", "softplus"):
        minus = all_units(lambda unit: dataclasses.replace(
            unit, functions=tuple(f for name in unit.functions for f in ("-", name))))  # fmt: skip
        words = [f"with the sign inside {single} changed on {at}" for at in places]
        yield made("sign in exp", minus, *words, layer=start)
    if f"{single}, e" in TYPED_OUT:
        rounded = all_units(lambda unit: dataclasses.replace(
            unit, functions=tuple(f"{name}, e" for name in unit.functions)))  # fmt: skip
        yield made("e", rounded, "with 2.7 in the place of e = 2.71828… everywhere", layer=start)
    if single and not net.layers[-1].activation:
        around = dataclasses.replace(linear, around=(single,))
        words = [f"with one {single} round everything, none on a unit"]
        yield made("round everything", around, *words, layer=start)


def numbers_mistyped(net: Described) -> Iterator[Mistake]:
    """Every number that is 0.75 too large."""
    for number, layer in enumerate(net.layers):
        slots = [(n, place) for n, unit in enumerate(layer.units)
                 for place in (*range(len(unit.terms)), -1)]  # fmt: skip
        for slot in slots:
            entry = _entry(layer, slot)
            if re.match(r"-?[\d.]", entry):
                wrong = repr(float(Decimal(entry) + Decimal("0.75")))
                words = f"with {_said(wrong)} in the place of {_said(entry)} (off by 0.75)"
                where = _where(net, number, slot[0])
                changed = _with_layer(net, number, _filled(layer, slot, wrong))
                yield _made("number", net, number, slot[0], changed, words, f"{words} on {where}")


def skips_wrong(net: Described) -> Iterator[Mistake]:
    """Forgotten, all of a layer, or two of them crossed."""
    for number, layer in enumerate(net.layers):
        if not layer.skips:
            continue
        names = _value_names(net, number)
        without = _with_layer(net, number, dataclasses.replace(layer, skips=()))
        words = [f"without the skips on {_where(net, number, None)}"]
        words += [f"without the skip from {names[0]} on {_where(net, number, 0)}"]
        yield _made("no skips", net, number, None, without, *words)
        for one, other in combinations(range(len(layer.skips)), 2):
            skips = list(layer.skips)
            skips[one], skips[other] = skips[other], skips[one]
            crossed = dataclasses.replace(layer, skips=tuple(skips))
            said = f"with {names[one]} and {names[other]} crossed in the skips"
            yield _made("skips crossed", net, number, None,
                        _with_layer(net, number, crossed), said)  # fmt: skip


def scales_forgotten(net: Described) -> Iterator[Mistake]:
    """A layer that scales left out, or divided by where it multiplies."""
    for number, layer in enumerate(net.layers):
        if not layer.scales:
            continue
        last = number == len(net.layers) - 1
        none = tuple(Unit((Term("1", n),), None) for n in range(len(layer.units)))
        said = f"without {'the last layer' if last else f'layer {number + 1}'} (scale)"
        changed = dataclasses.replace(layer, units=none)
        yield _made("scale forgotten", net, number, None, _with_layer(net, number, changed), said)
        inverse = tuple(
            dataclasses.replace(unit, terms=(Term(f"1/{_factor(unit.terms[0].weight)}", n),))
            for n, unit in enumerate(layer.units)
        )
        where, weight = _where(net, number, None), _said(layer.units[0].terms[0].weight)
        words = [f"divided by {by} instead of multiplied on {where}"
                 for by in ("the scale", weight)]  # fmt: skip
        changed = dataclasses.replace(layer, units=inverse)
        yield _made("scale divided by", net, number, None,
                    _with_layer(net, number, changed), *words)  # fmt: skip


def ones_outside(net: Described) -> Iterator[Mistake]:
    """`2/(1 + e^(-2z)) - 1` for tanh with its -1 at the end of the sum above, once or as often."""
    for number, (layer, above) in enumerate(zip(net.layers, net.layers[1:], strict=False)):
        if layer.activation != "tanh" or len(above.units) > 1 or layer.skips or above.scales:
            continue
        units = {n: dataclasses.replace(unit, functions=("tanh, no 1",))
                 for n, unit in enumerate(layer.units)}  # fmt: skip
        names = ", ".join(f"a{number + 1}_{n + 1}" for n in units)
        said = f"with the -1 of the tanh of {names} outside the sum on"
        for times in {1, len(units)}:
            bias = f"{above.units[0].bias} - {times}"
            more = dataclasses.replace(above.units[0], bias=f"{bias}")
            changed = _with(_with(net, number, units), number + 1, {0: more})
            yield _made("-1 outside", net, number + 1, None, changed,
                        f"{said} {_where(net, number + 1, None)}")  # fmt: skip


_ALL: tuple[Callable[[Described], Iterator[Mistake]], ...] = (
    functions_wrong, signs_wrong, parts_missing, weights_misplaced, values_misplaced,
    functions_mistyped, everywhere, numbers_mistyped, skips_wrong, scales_forgotten, ones_outside,
)  # fmt: skip


# -- nine networks --------------------------------------------------------------------------------
def five() -> dict[str, tuple[Described, Network]]:
    """Small networks, described and built: four with names, one with numbers."""
    forum: list[_Dense] = [
        ([["w_11"], ["w_12"]], ["b_11", "b_12"], "sigmoid"), ([["w_21", "w_22"]], ["b"], "sigmoid"),
    ]  # fmt: skip
    return {
        "1-2-1 of the forum": built(["x"], forum, typed_out=True),
        "2-2-1 tanh": built(["x_1", "x_2"], letters([2, 2, 1], ["tanh", "tanh"])),
        "2-3-2 relu, numbers": built(["x_1", "x_2"], numbers([2, 3, 2], ["relu", ""], 5), True),
        "3-2-3 softmax": built(["x_1", "x_2", "x_3"], letters([3, 2, 3], ["tanh", "softmax"])),
        "2-2-2-1": built(["x_1", "x_2"], letters([2, 2, 2, 1], ["tanh", "sigmoid", ""])),
    }


def further() -> dict[str, tuple[Described, Network]]:
    """Four more, for what the five have not: scales, skips, gelu; three with short numbers."""
    scaled: list[_Dense] = [
        ([[0.2]], [-1.4], "scale"), ([[0.3], [2]], [0.25, -1], "tanh"), ([[1.5, -0.75]], [0.1], ""),
        ([[5]], [0.6], "scale"),
    ]  # fmt: skip
    skips: list[_Dense] = [
        ([[2, 0.5], [-1, 3]], [0.25, -0.75], "sigmoid+"), ([[1.5, -2.5]], [0.1], ""),
    ]  # fmt: skip
    names: list[_Dense] = [
        ([["s"], ["t"]], ["m", "n"], "scale"), ([["a", "b"]], ["c"], "sigmoid"),
        ([["v"]], ["u"], "scale"),
    ]  # fmt: skip
    return {
        "1-2-1 tanh between scales": built(["x"], scaled),
        "2-2-1 sigmoid with skips": built(["p", "q"], skips, typed_out=True),
        "1-2-1 gelu": built(["p"], [([[2], [0.5]], [-1, 0.3], "gelu"), ([[1.5, -2]], [0.25], "")]),
        "2-1 sigmoid between scales, names": built(["x", "z"], names),
    }


_Dense = tuple[Sequence[Sequence[Entry]], Sequence[Entry], str]


def built(
    inputs: Sequence[str], layers: Sequence[_Dense], typed_out: bool = False
) -> tuple[Described, Network]:
    """A network as a description, and as netsym has it."""
    wires = [
        (f"layer{n}", *_layer(*layer, [f"layer{n - 1}" if n > 1 else "input"]))
        for n, layer in enumerate(layers, 1)
    ]
    network = Network.of("-".join(str(len(b)) for _, b, _ in layers), list(inputs), wires)
    return described(inputs, layers, typed_out), network


def _layer(
    weights: Sequence[Sequence[Entry]], biases: Sequence[Entry], written: str, sources: list[str]
) -> tuple[Any, list[str], dict[str, Any]]:
    if written == "scale":
        return Scale(), sources, {"weights": [row[0] for row in weights], "bias": biases}
    activation, skip = written.removesuffix("+") or "linear", written.endswith("+")
    layer = Dense(units=len(biases), activation=activation, skip=skip)
    return layer, sources, {"weights": weights, "bias": biases}


def letters(widths: Sequence[int], activations: Sequence[str]) -> list[_Dense]:
    """Layers of names."""
    return [
        ([[f"w{n}_{u}_{i}" for i in range(1, below + 1)] for u in range(1, width + 1)],
         [f"b{n}_{u}" for u in range(1, width + 1)], activation)
        for n, (below, width, activation) in enumerate(
            zip(widths, widths[1:], activations, strict=False), 1)
    ]  # fmt: skip


def numbers(
    widths: Sequence[int], activations: Sequence[str], seed: int, digits: int = 17
) -> list[_Dense]:
    """Layers of random numbers, with at most so many digits."""
    source = random.Random(seed)

    def number() -> float:
        return float(f"{source.choice([-1, 1]) * source.uniform(0.1, 2):.{digits}g}")

    return [
        ([[number() for _ in range(below)] for _ in range(width)],
         [number() for _ in range(width)], activation)
        for below, width, activation in zip(widths, widths[1:], activations, strict=False)
    ]  # fmt: skip
