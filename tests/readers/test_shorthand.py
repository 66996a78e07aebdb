"""The shorthand: what it means, and what it says of a mistake."""

from textwrap import dedent

import pytest

from netsym.errors import SpecError
from netsym.graph.functions import ACTIVATIONS
from netsym.layers.dense import Dense
from netsym.readers.shorthand import is_shorthand, parse


def dense(units: int, activation: str = "linear", skip: bool = False) -> Dense:
    return Dense(units=units, activation=activation, skip=skip)


@pytest.mark.parametrize(
    ("text", "inputs", "layers"),
    [
        ("1-1", 1, [dense(1)]),
        ("1-2-1:sigmoid", 1, [dense(2, "sigmoid"), dense(1, "sigmoid")]),
        (
            "2-4tanh-4tanh+-3softmax",
            2,
            [dense(4, "tanh"), dense(4, "tanh", skip=True), dense(3, "softmax")],
        ),
        ("2-10x20-1:relu", 2, [dense(10, "relu")] * 20 + [dense(1, "relu")]),
        ("2-3×2tanh-1", 2, [dense(3, "tanh")] * 2 + [dense(1)]),
        ("2-4relu-1sigmoid:tanh", 2, [dense(4, "relu"), dense(1, "sigmoid")]),
        ("1-1linear:gelu_tanh", 1, [dense(1)]),
        ("  3-2:relu\n", 3, [dense(2, "relu")]),
    ],
)
def test_meaning(text: str, inputs: int, layers: list[Dense]) -> None:
    network = parse(text)
    assert len(network.input_names) == inputs
    assert [placed.layer for placed in network.layers] == layers
    assert [placed.name for placed in network.layers] == [
        f"layer{n}" for n in range(1, len(layers) + 1)
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[1,2,1]", "1-2-1"),
        ("(1, 2, 1)", "1-2-1"),
        ("[1 2 1]", "1-2-1"),
        ("[ 784 128  10 ]:relu", "784-128-10:relu"),
        ("1,2,1", "1-2-1"),
        ("1->2->1", "1-2-1"),
        ("1 --> 2 --> 1", "1-2-1"),
        ("1 => 2 => 1", "1-2-1"),
        ("1→2→1", "1-2-1"),
        ("1 - 2 - 1", "1-2-1"),
        ("1–2–1", "1-2-1"),
        ("1—2—1", "1-2-1"),
        ("1−2-1", "1-2-1"),
        ("2-3ReLU-1", "2-3ReLU-1"),
        ("2-3 relu-1", "2-3relu-1"),
        ("(2, 2x3 tanh+, 1) : relu", "2-2x3tanh+-1:relu"),
        ("[3, 2]", "3-2"),
        ("3->2", "3-2"),
    ],
)
def test_other_spellings_are_the_same_network(text: str, plain: str) -> None:
    assert is_shorthand(text)
    assert parse(text) == parse(plain)
    assert parse(text).title == plain


@pytest.mark.parametrize("text", ["3 - 2", "3 -2", "3− 2", "3–2", "1,5", "1, 5"])
def test_two_widths_that_are_a_number_too_are_a_network_only_where_one_is_wanted(text: str) -> None:
    assert not is_shorthand(text)
    assert [parse(text).layers[0].layer] == [dense(int(text[-1]))]


@pytest.mark.parametrize(
    "text",
    [
        "x-1", "1-x", "(1-2-1)", "(3-2)", "-1-2", "1 - 2 x - 1", "1 - 2 + - 1", "1 - 2 + 1",
        "1,5 - 2,5", "1.5 - 2", "2*3-1", "(1)", "[1]", "[]", "(,)", "0,1,0", "[1,,1]", "1-2->1",
        "f(1,2,1)", "max(1,2)", "[1-2-1]", "[1;2;1]", "", "-", ",", "→",
    ],
)  # fmt: skip
def test_what_is_no_network(text: str) -> None:
    assert not is_shorthand(text)


def test_names_follow_the_notation() -> None:
    network = parse("1-2-1:sigmoid")
    assert network.parameter_names() == [
        "w1_1_1", "w1_2_1", "b1_1", "b1_2", "w2_1_1", "w2_1_2", "b2_1",
    ]  # fmt: skip
    assert network.title == "1-2-1:sigmoid"


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("1-2-1:sigmoid", ""),
        ("1-2tanh-1linear", ""),
        (
            "1-2-1",
            "no activation was given, so all is linear; for sigmoids write 1-2-1:sigmoid",
        ),
        ("1-2tanh-1", "layer 2 has no activation and is linear"),
        ("1-2tanh-1x6", "layers 2, 3, 4, 5, … have no activation and are linear"),
    ],
)
def test_what_was_not_said_is_told(text: str, assumed: str) -> None:
    assert parse(text).assumed == assumed


GIVE = "give widths joined by -, as in 1-2-1:sigmoid, 2-4tanh-4tanh+-3softmax or 2-10x20-1:relu"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"'' is an empty network; {GIVE}"),
        (":tanh", f"':tanh' is an empty network; {GIVE}"),
        (
            "1-2-1:tnah",
            """\
            unknown activation
              1-2-1:tnah
                    ^^^^
            did you mean 'tanh'?""",
        ),
        (
            "1-2sigmiod-1",
            """\
            unknown activation
              1-2sigmiod-1
                 ^^^^^^^
            did you mean 'sigmoid'?""",
        ),
        (
            "1-2_-1",
            """\
            unknown activation
              1-2_-1
                 ^
            choose from """
            + ", ".join(ACTIVATIONS),
        ),
        (
            "1--1",
            f"""\
            not a layer of a network
              1--1
                ^
            {GIVE}""",
        ),
        (
            "1-2.5-1",
            f"""\
            not a layer of a network
              1-2.5-1
                ^^^
            {GIVE}""",
        ),
        (
            "2tanh-1",
            f"""\
            the first width is the number of inputs, which have no activation
              2tanh-1
              ^^^^^
            {GIVE}""",
        ),
        (
            "12",
            f"""\
            one width is only an input; a network needs at least one layer
              12
              ^^
            {GIVE}""",
        ),
        (
            "  [1, 2 rleu, 1]",
            """\
            unknown activation
              [1, 2 rleu, 1]
                    ^^^^
            did you mean 'relu'?""",
        ),
        (
            "1 → 2 → 1 : tnah",
            """\
            unknown activation
              1 → 2 → 1 : tnah
                          ^^^^
            did you mean 'tanh'?""",
        ),
        (
            "1–2–0",
            """\
            a width of zero
              1–2–0
                  ^
            every layer has at least one unit""",
        ),
        (
            "1->2-3->1",
            f"""\
            not a layer of a network
              1->2-3->1
                 ^^^
            {GIVE}""",
        ),
        (
            "1-0-1",
            """\
            a width of zero
              1-0-1
                ^
            every layer has at least one unit""",
        ),
        (
            "1-2x0-1",
            """\
            a width of zero
              1-2x0-1
                  ^
            every layer has at least one unit""",
        ),
        (
            "1-99999999999999-1",
            """\
            a layer has at most 1,000,000,000 units
              1-99999999999999-1
                ^^^^^^^^^^^^^^
            give fewer""",
        ),
        (
            "1-1x10001",
            """\
            a network in shorthand has at most 10,000 layers
              1-1x10001
                ^^^^^^^
            a block in a file repeats layers as well: netsym layers block""",
        ),
        (
            "1 -> 2 -> tanh -> 1",
            """\
            not a layer of a network
              1 -> 2 -> tanh -> 1
                        ^^^^
            an activation stands right after the width of its layer, as in 2tanh""",
        ),
        (
            "2-3+-1",
            "layer 1 (dense) adds its own input, so it needs as many units as inputs: "
            "3 units, 2 inputs; change one or leave the skip out",
        ),
    ],
)
def test_mistakes_are_pointed_at(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert str(caught.value) == dedent(message)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "1-" * 50_000 + "1:sigmiod", "1-" + "a" * 200_000, "9" * 10_000, "-" * 200_000,
        "(" + "," * 200_000, "[" + " " * 200_000 + "1",
    ],
)  # fmt: skip
def test_long_mistakes_have_short_messages(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert len(max(str(caught.value).splitlines(), key=len)) < 250
