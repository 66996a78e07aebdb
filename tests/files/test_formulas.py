"""Networks in files whose parameters are formulas: read, written, and read again."""

from __future__ import annotations

import dataclasses
import json
import re
from fractions import Fraction
from functools import partial
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError, TooLargeError
from netsym.files.files import dumps, loads
from netsym.files.formats import document
from netsym.files.schema import schema
from netsym.formula import Formula
from netsym.graph.graph import Graph
from netsym.graph.names import Names, literal
from netsym.layers.dense import Dense
from netsym.layers.parameter_formulas import DEEPEST
from netsym.network.network import Network
from netsym.ops.affine.affine import Affine
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.ops.parameters import Parameter, derived
from tests.effort import many, random_examples
from tests.files.specs import HEAD, refusal
from tests.work import Work

SPECS = jsonschema.Draft202012Validator(schema())


def dense(weights: Any, bias: Any = False, activation: str = "linear") -> str:
    """A dense layer; TOML's arrays and texts are JSON's."""
    said = {"type": "dense", "activation": activation, "weights": weights, "bias": bias}
    return "[[layers]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in said.items())


def weights_of(network: Network, layer: int = 0) -> Parameter:
    return network.layers[layer].parameters["weights"]


# -- what is read -------------------------------------------------------------------------------
def test_two_linear_layers_as_one() -> None:
    one = loads(HEAD + dense([["w_21*w_11 + w_22*w_12"]], ["w_21*b_11 + w_22*b_12 + b"]))
    two = loads(HEAD + dense([["w_11"], ["w_12"]], ["b_11", "b_12"]) + dense(
        [["w_21", "w_22"]], ["b"]))  # fmt: skip
    assert one.inlined.text(ascii=True) == (
        "y = (w_21*w_11 + w_22*w_12)*x + (w_21*b_11 + w_22*b_12 + b)"
    )
    assert netsym.compare(one, two).verdict == "identical"
    assert sorted(one.parameter_names()) == sorted(two.parameter_names())


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("2*w", "2*w"), ("1 + w", "1 + w"), ("-w", "-w"), ("sigmoid(c)", "sigmoid(c)"),
        ("(w)", "w"), ("w**2/3", "w**2/3"), ("1/3*w", "(1/3)*w"), ("w^[2]_{11}*u", "w2_1_1*u"),
        ("2·w − 1", "2*w - 1"), ("w⁽⁹⁾₁₂*u", "w9_1_2*u"), ("(2/4)", "2/4"), ("2*e", "2*exp(1)"),
        ("max(u, 0.1)", "max(u, 0.1)"), ("1e-5*u", "1e-05*u"), ("|u|", "abs(u)"),
        ("t_1 + t", "t_1 + t"), (r"\sigma(u)", None),
    ],
)  # fmt: skip
def test_entries(entry: str, written: str | None) -> None:
    text = HEAD + dense([[entry]])
    if written is None:
        assert "LaTeX" in refusal(HEAD + dense([[entry]]))
        return
    network = loads(text)
    parameter = weights_of(network)
    assert parameter.formula is not None
    assert Formula.of(parameter.formula).text(ascii=True) == f"w1_1_1 = {written}"
    SPECS.validate(document(text, "toml", ""))


def test_an_array_with_a_formula_is_derived_as_a_whole() -> None:
    network = loads(HEAD + dense([["2*w"], ["w"], [0.5], ["1/3"], [-0.0], [10**20], [7]]))
    parameter = weights_of(network)
    assert parameter.entries is None and parameter.formula is not None
    graph, ends = parameter.formula.graph, parameter.formula.ends.tolist()
    numbers = [graph.number(node) for node in ends[2:]]
    assert repr(numbers) == repr([0.5, Fraction(1, 3), -0.0, Fraction(10**20), 7.0])
    assert network.parameter_names() == ["w"]
    values = network(2.0, parameters={"w": 3.0})
    assert isinstance(values, np.ndarray)
    assert values.tolist() == [12, 6, 1, 2 * float(Fraction(1, 3)), 0, 2e20, 14]


def test_names_are_shared_by_layers() -> None:
    given_elsewhere = loads(HEAD + dense([["2*u"]]) + dense([["u"]]))
    assert given_elsewhere.inlined.text(ascii=True) == "y = u*((2*u)*x)"
    assert given_elsewhere.parameter_names() == ["u"]
    in_formulas = loads(HEAD + dense([["2*u"]]) + dense([["u + 1"]]))
    assert in_formulas.parameter_names() == ["u"]
    assert in_formulas.shared.size.nodes == in_formulas.inlined.size.nodes


def test_a_formula_may_use_what_the_notation_names() -> None:
    notation = '[[layers]]\ntype = "dense"\nunits = 1\nactivation = "linear"\nbias = false\n'
    network = loads(HEAD + dense([["w2_1_2*3"], ["w2_1_2*3"]]) + notation)
    assert network.parameter_names() == ["w2_1_2", "w2_1_1"]
    assert str(network.shared) == "t₁ = (w⁽²⁾₁₂·3)·x\ny = w⁽²⁾₁₁·t₁ + w⁽²⁾₁₂·t₁"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("w*(", "1 parenthesis is not closed\n  w*(\n    ^"),
        ("w*)", "a value is missing between '*' and ')'\n  w*)\n    ^"),
        ("f(2)", "no function called 'f'\n  f(2)\n  ^\nchoose from linear, sigmoid"),
        ("exp + 1", "'exp' is a function\n  exp + 1\n  ^^^\nwrite exp(…)"),
        ("2*é", "'é' has no meaning in a formula\n  2*é\n    ^"),
        ("u*2w", "2w was read as 2*w; in a file, write the sign of every product"),
        ("a\n-b", "an entry is one formula, on one line and without a name"),
        ("a*b; c", "an entry is one formula, on one line and without a name"),
        ("a*b # c", "an entry is one formula, on one line and without a name"),
        (r"\sigma*b", "is LaTeX; an entry is a formula as text, as in 2*w + b"),
        ("w*" * 600_000 + "w", "a formula of 1,200,001 characters; at most 1,000,000 are read"),
        ("-(" * 6000 + "w" + ")" * 6000, "the formula is nested more than 5,000 operations deep"),
    ],
)
def test_mistakes_are_shown_with_the_layer_and_the_key(entry: str, message: str) -> None:
    front = "layer 1 (dense): weights: "
    alone, among = (refusal(HEAD + dense([*more, [entry]])) for more in ([], [["2*u"], ["v"]]))
    assert alone.startswith(front) and message in alone
    assert among == alone


@pytest.mark.parametrize(("name", "entry"), [
    ("x", "2*x"), ("a1_1", "-a1_1"), ("z1_1", "z1_1*w"), ("f", "2*f"),
])  # fmt: skip
def test_formulas_are_made_of_parameters(name: str, entry: str) -> None:
    assert refusal(HEAD + 'function = "f"\n' + dense([[entry]])) == (
        f"layer 1 (dense): weights is a formula of {name!r}, which names an input, an output or a "
        "value here; a parameter is made of parameters, so choose another name"
    )


def test_spellings_that_do_not_go_together() -> None:
    assert refusal(HEAD + dense([["2*w₁₂"], ["2*w_12"], ["2*w_1_2"]])).startswith(
        "layer 1 (dense): weights: 'w₁₂' can be w_1_2 or w_12\n"
    )


def test_names_in_formulas_are_names() -> None:
    assert refusal(HEAD + dense([["2*lambda"]])) == (
        "'lambda' is a function or a word of Python; choose another name"
    )


def test_latex_of_names_in_formulas() -> None:
    network = loads(HEAD + 'latex = {w_11 = "\\\\omega"}\n' + dense([["2*w_11"]]))
    assert r"2\,\omega" in network.inlined.latex()
    assert loads(dumps(network)).latex_names == {"w_11": r"\omega"}


def test_large_arrays_are_read_in_linear_time() -> None:
    terms = many(100, 30)
    entry = " + ".join(f"w2_1_{k}*w1_{k}_1" for k in range(1, terms + 1))
    calls = []
    for units in (10, 20):
        text = HEAD.replace('["x"]', "20") + dense([[entry + f" + {i}*c_{j}" for j in range(20)]
                                                    for i in range(units)])  # fmt: skip
        work = Work(partial(loads, text))
        assert len(work.result.parameter_names()) == 2 * terms + 20
        calls.append(work.calls)
    assert calls[1] < 2.1 * calls[0]


# -- what is written ----------------------------------------------------------------------------
def collapsed(network: Network, first: int, last: int) -> Network:
    """A chain in which some affine layers are one, which keeps the number of the last."""
    base = Tidy()
    ops = Affine(base, network.layers[first].widths[0])
    read = ops.identity()
    for placed in network.layers[first : last + 1]:
        assert isinstance(placed.layer, Dense)
        affine = dataclasses.replace(placed.layer, activation="linear")
        read = dataclasses.replace(placed, layer=affine).read(ops, read)
    weights, constant = ops.full(read).T, read.constant
    assert constant is not None
    old = network.layers[last]
    made = dataclasses.replace(
        old,
        sources=network.layers[first].sources,
        shapes=network.layers[first].shapes,
        parameters={
            "weights": derived(Names("w", old.number, weights.shape), base.graph, weights),
            "bias": derived(Names("b", old.number, constant.shape), base.graph, constant),
        },
    )
    return dataclasses.replace(
        network, layers=(*network.layers[:first], made, *network.layers[last + 1 :])
    )


def with_weights(network: Network, layer: int, graph: Graph, nodes: Any) -> Network:
    """The network with derived weights in a layer."""
    placed = network.layers[layer]
    names = placed.parameters["weights"].names
    weights = derived(names, graph, np.array(nodes, dtype=np.int32).reshape(names.shape))
    placed = dataclasses.replace(placed, parameters={**placed.parameters, "weights": weights})
    return dataclasses.replace(
        network, layers=(*network.layers[:layer], placed, *network.layers[layer + 1 :])
    )


def returns(network: Network) -> Network:
    """The network as it is read back, which is the same function, written alike."""
    text = dumps(network)
    again = loads(text)
    assert dumps(again) == text
    assert netsym.compare(network, again).verdict in ("structural", "identical")
    assert set(again.parameter_names()) == set(network.parameter_names())
    SPECS.validate(document(text, "toml", ""))
    return again


def test_a_collapsed_network_keeps_its_names() -> None:
    network = collapsed(netsym.parse("1-2-1tanh-1"), 0, 1)
    assert [p.number for p in network.layers] == [2, 3]
    assert dumps(network).partition("\n\n")[2] == (
        "[[layers]]\n"
        'type = "dense"\n'
        'activation = "tanh"\n'
        "units = 1\n"
        "weights = [\n"
        '  ["w2_1_1*w1_1_1 + w2_1_2*w1_2_1"],\n'
        "]\n"
        'bias = ["w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1"]\n'
        "\n"
        "[[layers]]\n"
        'type = "dense"\n'
        'activation = "linear"\n'
        "units = 1\n"
        "weights = [\n"
        '  ["w3_1_1"],\n'
        "]\n"
        'bias = ["b3_1"]\n'
    )
    returns(network)


@random_examples(20)
@given(st.lists(st.integers(1, 3), min_size=3, max_size=5), st.data())
def test_collapsed_networks_return(widths: list[int], data: st.DataObject) -> None:
    network = netsym.parse("-".join(map(str, widths)))
    first = data.draw(st.integers(0, len(network.layers) - 1))
    last = data.draw(st.integers(first, len(network.layers) - 1))
    names = data.draw(st.lists(st.sampled_from(network.parameter_names()), unique=True))
    number = st.floats(0.01, 1e9) | st.floats(-1e9, -0.01) | st.fractions(Fraction(1, 99))
    bound = network.with_parameters({name: data.draw(number) for name in names})
    again = returns(collapsed(bound, first, last))
    returns(again.with_parameters({n: data.draw(number) for n in again.parameter_names()[::2]}))


def test_layers_called_by_their_number_get_the_new_one() -> None:
    deep = netsym.parse("1-1-1-1tanh-1")
    network = collapsed(deep, 0, 1)
    last = dataclasses.replace(network.layers[-1], sources=("layer3",))
    network = dataclasses.replace(network, layers=(*network.layers[:-1], last))
    again = returns(network)
    assert [(p.name, p.sources) for p in again.layers] == [
        ("layer1", ("input",)), ("layer2", ("layer1",)), ("layer3", ("layer2",)),
    ]  # fmt: skip
    taken = dataclasses.replace(network.layers[-1], name="layer1")
    ends = (dataclasses.replace(network.outputs[0], source="layer1"),)
    layers = (*network.layers[:-1], taken)
    again = returns(dataclasses.replace(network, layers=layers, outputs=ends))
    assert [p.name for p in again.layers] == ["layer2", "layer3", "layer1"]


def test_latex_of_values_goes_with_them() -> None:
    network = collapsed(netsym.parse("1-2-2-1tanh-1"), 0, 1)
    latex = {"a1_1": "gone", "a2_2": "p", "z3_1": "q", "w1_1_1": "r", "w3_1_2": "s", "x": "t"}
    again = returns(dataclasses.replace(network, latex_names=latex))
    assert again.latex_names == {"a1_2": "p", "z2_1": "q", "w1_1_1": "r", "w3_1_2": "s", "x": "t"}


def test_names_that_stand_alone_but_are_tied() -> None:
    base = loads(HEAD + dense([["u"]]) + dense([["v"]]) + dense([["w"]]))
    for names in ("u", "w", "t", "v"):
        graph = Graph()
        again = returns(with_weights(base, 1, graph, graph.symbols(literal(names))))
        assert weights_of(again, 1).formula is None
    notation = netsym.parse("1-2-2-1")
    graph = Graph()
    again = returns(with_weights(notation, 1, graph, graph.symbols(Names("w", 1, (2, 1)))[[0] * 4]))
    assert "w1_1_1" in again.parameter_names()
    graph = Graph()
    returns(with_weights(notation, 1, graph, graph.symbols(literal(*"pqrs"))))
    graph = Graph()
    returns(with_weights(notation, 1, graph, graph.symbols(literal(*"ppqq"))))


def test_numbers_without_names() -> None:
    base, graph = loads(HEAD + dense([["u"]])), Graph()
    two, four, half = graph.constants([2.0, 4.0, 0.5])
    third = graph.fraction(Fraction(1, 3))
    column = [np.array([n], dtype=np.int32) for n in (two, four, half, third)]
    made = {
        "(2/4)": graph.nodes("divide", column[0], column[1]),
        "(0.5/4)": graph.nodes("divide", column[2], column[1]),
        "2 + 4": graph.nodes("add", column[0], column[1]),
        "(1/3)**2": graph.nodes("power", column[3], column[0]),
        "-(2)": graph.nodes("negate", column[0]),
        "(pi)": graph.rows("pi", np.empty((1, 0), dtype=np.int32)),
        "1/3": column[3],
    }
    for written, nodes in made.items():
        network = with_weights(base, 0, graph, nodes)
        assert f'["{written}"]' in dumps(network)
        returns(network)


def test_what_a_file_cannot_hold_is_not_written() -> None:
    base = loads(HEAD + dense([["u"]]))

    def refused(nodes: Any, kind: type[Exception] = SpecError) -> str:
        with pytest.raises(kind) as caught:
            dumps(with_weights(base, 0, graph, nodes))
        return str(caught.value)

    graph = Graph()
    w = graph.symbols(literal("w", "e"))
    long = np.array([graph.fraction(Fraction(1, 3**900))], dtype=np.int32)
    product = graph.nodes("multiply", w[:1], long)
    number = "layer 1 (dense): weights holds a number too long or too large"
    assert refused(long).startswith(number)
    assert refused(product).startswith(number)
    bound = base.with_parameters({"u": Fraction(1, 3**800)})
    exact = np.array([[Fraction(1, 3**900)]], dtype=object)
    parameters = {"weights": Parameter(weights_of(base).names, exact)}
    placed = dataclasses.replace(bound.layers[0], parameters=parameters)
    with pytest.raises(SpecError, match=re.escape(number)):
        dumps(dataclasses.replace(bound, layers=(placed,)))
    infinite = graph.nodes("add", w[:1], graph.constants([np.inf]))
    assert "inf; every number must be finite" in refused(infinite)
    assert refused(graph.nodes("add", w[:1], w[1:])) == (
        "layer 1 (dense): weights is a formula of the parameter 'e', which a file would read as "
        "something else; rename the parameter"
    )
    node = w[:1]
    for _ in range(30):
        node = graph.nodes("add", node, node)
    assert "nodes (about" in refused(node, TooLargeError)
    node = w[:1]
    for _ in range(DEEPEST):
        node = graph.nodes("negate", node)
    assert loads(dumps(with_weights(base, 0, graph, node))).parameter_names() == ["w"]
    deeper = graph.nodes("negate", node)
    assert "a formula of 5,001 operations within each other" in refused(deeper)


def test_a_name_of_a_value_that_moves() -> None:
    network = collapsed(netsym.parse("1-1-2tanh-1"), 0, 1)
    entries = np.array([["a1_2", 1.0]], dtype=object)
    last = network.layers[-1]
    weights = Parameter(last.parameters["weights"].names, entries)
    last = dataclasses.replace(last, parameters={**last.parameters, "weights": weights})
    with pytest.raises(SpecError) as caught:
        dumps(dataclasses.replace(network, layers=(*network.layers[:-1], last)))
    assert str(caught.value) == (
        "a file numbers the layers in order; then the name 'a1_2' is also what the notation calls "
        "another value here; choose another"
    )
