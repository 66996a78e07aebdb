"""The mistakes that are made in one unit, and often in all of them alike: a function each.

A rule yields `(words, changes)`, the words completing "this is your network …" with the place after
them, and the changes saying which node is replaced by which. A further mistake is a row more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from netsym.equality.anatomy import Anatomy, Slot, Unit, called
from netsym.equality.mistyped import MISTYPED, OPEN_EXPONENTS
from netsym.equality.substitution import Changes
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS, LINEAR
from netsym.wording import few

Said = tuple[str, Changes]
Rule = Callable[[Anatomy, Unit], Iterator[Said]]


def activation_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z) -> z`"""
    for node in anatomy.calls(unit):
        yield f"without the {anatomy.op(node)} on", {node: anatomy.operands(node)[0]}


def activation_other(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z) -> h(z)`"""
    for node in anatomy.calls(unit):
        for other in _elementwise():
            for alpha in anatomy.alphas(other, node):
                made = anatomy.call(other, anatomy.operands(node)[0], alpha)
                if made != node:
                    words = f"with {called(other, alpha)} instead of {anatomy.as_call(node)} on"
                    yield words, {node: made}


def activation_extra(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`z -> h(z)`, of a unit without an activation; `g(z) -> g(g(z))`"""
    calls = anatomy.calls(unit)
    for node in calls:
        twice = anatomy.make(anatomy.op(node), node, *anatomy.operands(node)[1:])
        yield f"with {anatomy.as_call(node)} applied twice on", {node: twice}
    for other in [] if calls else _elementwise():
        alpha = FUNCTIONS[other].alpha
        made = anatomy.call(other, unit.node, [] if alpha is None else [alpha])
        yield f"with an extra {other} on", {unit.node: made}


def activation_mistyped(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`1/(1 + e^-z) -> 1/1 + e^-z` and what else goes wrong where a function is typed out."""
    for node in anatomy.calls(unit):
        for row in MISTYPED:
            if row.function == anatomy.op(node):
                yield f"{row.words} on", {node: row.made(anatomy.graph, anatomy.operands(node)[0])}


def exponent_open(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`e^-(w*x + b) -> e^-w*x + b`, or `- b`, and `e^(w*x + b) -> e^w*x + b`"""
    for node in unit.own:
        rows = OPEN_EXPONENTS.get(anatomy.op(node), ())
        inside = anatomy.operands(node)[0] if rows else node
        first, *rest = anatomy.operands(inside) if anatomy.op(inside) == "add" else (node,)
        for row in rows if rest and anatomy.is_weighted(first) else ():
            made = row.made(anatomy.graph, [*anatomy.operands(first), *rest])
            yield f"{row.words} on", {node: made}


def softmax_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`e^z/sum -> z`"""
    for node, z in _softmax(anatomy, unit):
        yield "without the softmax on", {node: z}


def softmax_other(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`e^z/sum -> h(z)`; for exp it is not normalised."""
    for node, z in _softmax(anatomy, unit):
        for other in _elementwise():
            if other == "exp":
                continue
            alpha = FUNCTIONS[other].alpha
            made = anatomy.call(other, z, [] if alpha is None else [alpha])
            yield f"with {other} instead of softmax on", {node: made}


def _softmax(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[int, int]]:
    """The quotients of a power of e, and its exponent."""
    for node in unit.own:
        above = anatomy.operands(node)[0]
        if anatomy.op(node) == "divide" and anatomy.op(above) == "exp":
            yield node, anatomy.operands(above)[0]


def not_normalised(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`a/b -> a`"""
    for node in unit.own:
        if anatomy.op(node) == "divide":
            above, below = anatomy.operands(node)
            is_softmax = anatomy.op(above) == "exp"
            what = (
                "normalisation by the sum" if is_softmax else f"division by {anatomy.said(below)}"
            )
            yield f"without the {what} on", {node: above}


def scale_multiplied(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`a/s -> a*s`"""
    for node in unit.own:
        if anatomy.op(node) == "divide" and anatomy.is_parameter(anatomy.operands(node)[1]):
            value, scale = anatomy.operands(node)
            words = f"multiplied by {anatomy.said(scale)} instead of divided on"
            yield words, {node: anatomy.make("multiply", scale, value)}


def scale_divided_by(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`w*x + b -> x/w + b`, of a layer that scales"""
    for node in unit.own if anatomy.is_elementwise(unit.layer) else ():
        if anatomy.is_weighted(node):
            scale, value = anatomy.operands(node)
            words = f"divided by {anatomy.said(scale)} instead of multiplied on"
            yield words, {node: anatomy.make("divide", value, scale)}


def bias_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + b -> …`"""
    return _without(anatomy, "bias", _biases(anatomy, unit))


def bias_subtracted(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + b -> … - b`"""
    return _negated(anatomy, _biases(anatomy, unit))


def bias_outside(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z + b) -> g(z) + b`"""
    for node, slot, bias in _inside_activation(anatomy, unit):
        (without,) = anatomy.removed(slot).values()
        call = anatomy.make(anatomy.op(node), without, *anatomy.operands(node)[1:])
        words = f"with the bias {anatomy.said(bias)} outside the {anatomy.op(node)} on"
        yield words, {node: anatomy.make("add", call, bias)}


def bias_twice(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z + b) -> g(z + b) + b`"""
    for node, _, bias in _inside_activation(anatomy, unit):
        words = f"with the bias {anatomy.said(bias)} added again outside the {anatomy.op(node)} on"
        yield words, {node: anatomy.make("add", node, bias)}


def bias_multiplied(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + b -> … + w*a*b`"""
    for product, slot, bias in _last_products(anatomy, unit):
        words = f"with {anatomy.said(bias)} multiplied instead of added on"
        yield words, _merged(anatomy, product, slot, anatomy.make("multiply", product, bias))


def bias_in_brackets(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + b -> … + w*(a + b)`"""
    for product, slot, bias in _last_products(anatomy, unit):
        weight, value = anatomy.operands(product)[:2]
        made = anatomy.make("multiply", weight, anatomy.make("add", value, bias))
        words = f"with {anatomy.said(weight)} before brackets round {anatomy.said(bias)} as well on"
        yield words, _merged(anatomy, product, slot, made)


def _last_products(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[int, Slot, int]]:
    """The last product of a sum and the bias after it."""
    for slot in _biases(anatomy, unit):
        products = [n for n in anatomy.operands(slot.host) if anatomy.is_weighted(n)]
        if products:
            yield products[-1], slot, anatomy.filling(slot)


def _merged(anatomy: Anatomy, product: int, slot: Slot, made: int) -> Changes:
    """The changes that put one node into the place of a product and a bias."""
    below = anatomy.operands(slot.host)
    del below[slot.term or 0]
    terms = [made if node == product else node for node in below]
    return {slot.host: anatomy.make("add", *terms) if len(terms) > 1 else made}


def weight_added(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + … -> … + w + a + …`"""
    for slot in anatomy.products(unit):
        weight, value = anatomy.operands(anatomy.term(slot))[:2]
        words = f"with {anatomy.said(weight)} added instead of multiplied on"
        yield words, _in_place(anatomy, {slot: anatomy.make("add", weight, value)})


def _inside_activation(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[int, Slot, int]]:
    """Activations, and the biases in what they are of."""
    for node in anatomy.calls(unit):
        for slot in _biases(anatomy, unit):
            if slot.host == anatomy.operands(node)[0]:
                yield node, slot, anatomy.filling(slot)


def weight_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + … -> … + a + …`"""
    for slot in anatomy.products(unit):
        weight, value = anatomy.operands(anatomy.term(slot))[:2]
        yield f"without the weight {anatomy.said(weight)} on", _in_place(anatomy, {slot: value})


def weights_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`w*a + v*c + b -> a + c + b`"""
    yield from _all_factors(anatomy, unit, 1, "without the weights on")


def value_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + … -> … + w + …`"""
    for slot in anatomy.products(unit):
        weight, value = anatomy.operands(anatomy.term(slot))[:2]
        words = f"without the {anatomy.said(value)} after {anatomy.said(weight)} on"
        yield words, _in_place(anatomy, {slot: weight})


def values_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`w*a + v*c + b -> w + v + b`"""
    values = [anatomy.said(anatomy.filling(slot)) for slot in anatomy.products(unit, 1)]
    yield from _all_factors(anatomy, unit, 0, f"without {few(values, 4)} after the weights on")


def brackets_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`w*(u*x + b) -> w*u*x + b`"""
    opened = _opened(anatomy, unit)
    for slot, made in opened.items():
        weight, value = anatomy.operands(anatomy.term(slot))[:2]
        words = f"with {anatomy.said(value)} not in brackets after {anatomy.said(weight)} on"
        yield words, _in_place(anatomy, {slot: made})


def all_brackets_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`w*(u*x + b) + v*(t*x + c) -> w*u*x + b + v*t*x + c`"""
    opened = _opened(anatomy, unit)
    if opened:
        yield "without the brackets after the weights on", _in_place(anatomy, opened)


def _opened(anatomy: Anatomy, unit: Unit) -> dict[Slot, int]:
    """The products of a weight and a sum, with the first term alone multiplied."""
    found = {}
    for slot in anatomy.products(unit):
        weight, value = anatomy.operands(anatomy.term(slot))[:2]
        if anatomy.op(value) == "add":
            first, *rest = anatomy.operands(value)
            found[slot] = anatomy.make("add", anatomy.make("multiply", weight, first), *rest)
    return found


def _all_factors(anatomy: Anatomy, unit: Unit, kept: int, words: str) -> Iterator[Said]:
    """Of every product of a weight and a value one alone."""
    slots = anatomy.products(unit)
    if slots:
        terms = {slot: anatomy.operands(anatomy.term(slot))[kept] for slot in slots}
        yield words, _in_place(anatomy, terms)


def _in_place(anatomy: Anatomy, made: Mapping[Slot, int]) -> Changes:
    """The changes that put other nodes into the place of whole terms."""
    alone = {slot.host: node for slot, node in made.items() if slot.term is None}
    terms = {replace(s, place=None): node for s, node in made.items() if s.term is not None}
    return alone | anatomy.refilled(terms)


def skip_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z) + x -> g(z)`"""
    return _without(anatomy, "skip from", anatomy.skips(unit))


def term_missing(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + w*a + … -> … + …`"""
    found = (s for s in terms(anatomy, unit) if not anatomy.is_parameter(anatomy.filling(s)))
    return _without(anatomy, "term", found)


def sign_of_term(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`… + t -> … - t`"""
    return _negated(anatomy, terms(anatomy, unit))


def sign_inside(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z) -> g(-z)`"""
    for node in anatomy.calls(unit):
        inside, *rest = anatomy.operands(node)
        words = f"with the sign inside {anatomy.op(node)} changed on"
        yield words, {node: anatomy.make(anatomy.op(node), anatomy.negative(inside), *rest)}


def sign_outside(anatomy: Anatomy, unit: Unit) -> Iterator[Said]:
    """`g(z) -> -g(z)`"""
    for node in anatomy.calls(unit):
        words = f"with the sign of {anatomy.op(node)} changed on"
        yield words, {node: anatomy.negative(node)}


def _without(anatomy: Anatomy, kind: str, slots: Iterable[Slot]) -> Iterator[Said]:
    for slot in slots:
        yield f"without the {kind} {anatomy.said(anatomy.filling(slot))} on", anatomy.removed(slot)


def _negated(anatomy: Anatomy, slots: Iterable[Slot]) -> Iterator[Said]:
    for slot in slots:
        term = anatomy.filling(slot)
        words = f"with the sign of {anatomy.said(term)} changed on"
        yield words, anatomy.refilled({slot: anatomy.negative(term)})


def _biases(anatomy: Anatomy, unit: Unit) -> Iterator[Slot]:
    zeros = (anatomy.number(0), anatomy.negative(anatomy.number(0)))  # that nobody misses
    yield from (slot for slot in anatomy.biases(unit) if anatomy.filling(slot) not in zeros)


def terms(anatomy: Anatomy, unit: Unit) -> Iterator[Slot]:
    """The places of all terms of the sums of a unit."""
    for host in anatomy.sums(unit):
        for place in range(len(anatomy.operands(host))):
            yield Slot(unit, host, place, None)


def _elementwise() -> list[str]:
    return [a for a in ACTIVATIONS if a != LINEAR and not FUNCTIONS[a].vector]


#: What can go wrong in one unit, and what it is called in all units of a layer or of all layers:
#: "" as in one unit, None where nobody does that to all.
RULES: tuple[tuple[Rule, str | None], ...] = (
    (activation_missing, ""),
    (activation_other, ""),
    (activation_extra, ""),
    (activation_mistyped, ""),
    (exponent_open, ""),
    (softmax_missing, ""),
    (softmax_other, ""),
    (not_normalised, ""),
    (scale_multiplied, "multiplied by the scale instead of divided on"),
    (scale_divided_by, "divided by the scale instead of multiplied on"),
    (bias_missing, "without the biases on"),
    (bias_subtracted, "with every bias subtracted on"),
    (bias_outside, "with the biases outside the activation on"),
    (bias_twice, "with the biases added again outside the activation on"),
    (bias_multiplied, "with the biases multiplied instead of added on"),
    (bias_in_brackets, "with the weights before brackets round the biases as well on"),
    (weight_added, None),
    (weight_missing, None),
    (weights_missing, ""),
    (value_missing, None),
    (values_missing, ""),
    (brackets_missing, None),
    (all_brackets_missing, ""),
    (skip_missing, "without the skips on"),
    (term_missing, None),
    (sign_of_term, None),
    (sign_inside, ""),
    (sign_outside, None),
    (activation_missing, "without the activation on"),
)


UNIT_RULES = tuple(dict.fromkeys(rule for rule, _ in RULES))
#: Of two mistakes in one unit, those that are thought of first: what is left are activations.
FIRST_RULES: tuple[Rule, ...] = (
    activation_missing, not_normalised, scale_multiplied, scale_divided_by, bias_missing,
    term_missing, sign_of_term, sign_inside, skip_missing,
)  # fmt: skip
