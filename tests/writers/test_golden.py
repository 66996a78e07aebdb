"""Every written form against its golden file in tests/golden, read by a person once.

`NETSYM_UPDATE_GOLDEN=1 pytest tests/writers/test_golden.py` writes the files anew; the tests that
did so fail, so that nobody takes an update for a pass.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import netsym
from netsym.files.files import loads
from netsym.network.network import Network

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"

NUMBERS = """
netsym = 1
inputs = 2
[[layers]]
type = "dense"
activation = "tanh"
weights = [[0.5, -1.25], ["-2/3", 1e-05], [1, -0.0]]
bias = [-3, "1/7", 2.5e+20]
[[layers]]
type = "dense"
activation = "sigmoid"
weights = [[-0.1, "1/3", -6.02e-23]]
bias = ["-5/4"]
"""

NAMES = """
netsym = 1
inputs = ["temperature", "p2"]
outputs = ["risk", "cost_12"]
function = "forecast"
[latex]
temperature = "\\\\vartheta"
gain = "\\\\gamma^{*}"
[[layers]]
type = "dense"
activation = "relu"
weights = [["gain", "w_1_12"], ["rate_max", "k9"]]
bias = ["b_1", "b_10"]
[[layers]]
type = "dense"
activation = "softplus"
weights = [["u", "v"], ["alpha", "u_v"]]
bias = false
"""

#: A network by the name that golden files have: a shorthand, a forum file, or a spec.
NETWORKS = {
    "linear": "examples/forum/linear.toml",
    "hidden_sigmoid": "examples/forum/hidden_sigmoid.toml",
    "sigmoid": "examples/forum/sigmoid.toml",
    "wide": "examples/forum/wide.toml",
    "small": "1-2-1:sigmoid",
    "hidden4": "3-4-1:sigmoid",
    "deep": "2-2-2-1:sigmoid",
    "skip": "2-4tanh-4tanh+-3softmax",
    "digits2": "12-11-1:relu",
    "numbers": NUMBERS,
    "names": NAMES,
    "relus": "1-2leaky_relu-2elu-1gelu_tanh",
    "gelu": "1-1gelu-1hard_sigmoid",
}
#: Not plain .py, which pytest and ruff would take for modules of ours.
EXTENSIONS = {"text": "txt", "latex": "tex", "python": "py.txt", "sympy": "py.txt"}


@dataclass(frozen=True)
class Case:
    """One written form: `expand` belongs to the network, `output` to the formula."""

    net: str
    form: str
    to: str
    options: dict[str, Any] = field(default_factory=dict)
    expand: bool = False
    output: str = ""

    @property
    def name(self) -> str:
        said = [key if value is True else f"{key}-{value}" for key, value in self.options.items()]
        tags = ["sympy"] * (self.to == "sympy") + ["expand"] * self.expand
        tags += [f"output-{self.output}"] * bool(self.output)
        return ".".join([self.net, self.form, *tags, *said]) + "." + EXTENSIONS[self.to]

    def written(self) -> str:
        net = network(self.net)
        made = net.matrices if self.form == "matrix" else net.formula(self.form, self.expand)
        if self.output:
            made = made.output(self.output)
        return "".join(made.write(self.to, **self.options)).rstrip("\n") + "\n"


def table() -> list[Case]:
    cases = []

    def case(
        net: str, form: str, to: str, expand: bool = False, output: str = "", **o: Any
    ) -> None:
        cases.append(Case(net, form, to, o, expand, output))

    for net in ("linear", "hidden_sigmoid", "sigmoid"):
        case(net, "inlined", "text")
        case(net, "inlined", "text", ascii=True)
        case(net, "layered", "text", headings=True)
        case(net, "inlined", "latex")
        case(net, "layered", "latex")
        case(net, "inlined", "python")
    for net in ("hidden_sigmoid", "sigmoid", "small", "deep", "numbers"):
        case(net, "inlined", "text", expand=True, ascii=True)
        case(net, "inlined", "latex", expand=True)
    case("sigmoid", "inlined", "latex", document=True, onion=True, color=True)
    case("sigmoid", "inlined", "sympy")
    case("sigmoid", "layered", "sympy")
    case("wide", "inlined", "text", width=80)
    case("wide", "inlined", "text", ascii=True, width=80)
    case("wide", "layered", "text", headings=True)
    case("wide", "inlined", "latex")
    case("wide", "inlined", "latex", expand=True)
    case("wide", "matrix", "latex")

    for form in ("layered", "shared", "inlined"):
        for net in ("small", "deep", "numbers", "names"):
            case(net, form, "text")
            case(net, form, "text", ascii=True)
            case(net, form, "latex")
            case(net, form, "python")
        case("small", form, "sympy")
        case("deep", form, "text", ascii=True, width=80)
        case("deep", form, "text", width=40)
        case("numbers", form, "text", digits=3)
        case("numbers", form, "latex", digits=3)
        case("numbers", form, "sympy")
    case("numbers", "inlined", "python", digits=3)
    case("numbers", "inlined", "sympy", digits=3)
    case("skip", "layered", "python", expand=True)
    for form in ("layered", "shared"):
        case("skip", form, "text")
        case("skip", form, "text", ascii=True, width=80)
        case("skip", form, "python")
        case("skip", form, "latex")
    case("skip", "inlined", "text", output="y_2", width=80)
    case("skip", "inlined", "text", output="y_2", ascii=True)
    case("skip", "inlined", "latex", output="y_2")
    case("skip", "inlined", "python", output="y_2")
    case("skip", "shared", "text", output="2", ascii=True)

    for net in ("small", "hidden4", "deep"):
        case(net, "inlined", "latex", notation="cs229")
        case(net, "layered", "latex", notation="nielsen")
        case(net, "inlined", "latex", onion=True)
        case(net, "inlined", "latex", color=True)
        case(net, "inlined", "latex", document=True)
        case(net, "inlined", "latex", document=True, onion=True, color=True)
        case(net, "layered", "latex", document=True, color=True, notation="cs229")
        for notation in ("ng", "cs229", "nielsen"):
            case(net, "matrix", "latex", notation=notation)
        case(net, "matrix", "text")
        case(net, "matrix", "text", ascii=True)
    case("hidden4", "inlined", "text", width=80)
    case("hidden4", "inlined", "text", ascii=True, width=80)
    case("hidden4", "inlined", "latex")
    case("hidden4", "inlined", "latex", width=40)
    case("deep", "inlined", "latex", expand=True, document=True)
    case("skip", "inlined", "latex", output="3", document=True)
    case("skip", "inlined", "latex", output="y_1", document=True, onion=True, color=True)
    case("skip", "matrix", "latex", document=True, color=True)
    case("skip", "matrix", "text", headings=True)
    case("skip", "matrix", "text", ascii=True)
    case("skip", "layered", "latex", document=True)
    case("names", "matrix", "latex")
    case("names", "layered", "latex", document=True, color=True)
    case("numbers", "inlined", "latex", document=True)
    case("numbers", "matrix", "latex")

    for form in ("layered", "inlined"):
        case("digits2", form, "text", ascii=True, width=80)
        case("digits2", form, "text", width=80)
        case("digits2", form, "latex", document=True)
        case("digits2", form, "python")
    case("digits2", "matrix", "latex")
    for net in ("relus", "gelu"):
        case(net, "inlined", "text")
        case(net, "inlined", "text", expand=True, ascii=True)
        case(net, "layered", "latex")
        case(net, "inlined", "latex", expand=True)
        case(net, "layered", "latex", expand=True, document=True)
        case(net, "inlined", "python")
        case(net, "inlined", "python", expand=True)
        case(net, "layered", "sympy")
    return cases


@cache
def network(name: str) -> Network:
    said = NETWORKS[name]
    if said.endswith(".toml"):
        return netsym.load(ROOT / said)
    return netsym.parse(said) if "=" not in said else loads(said, source=name)


CASES = table()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_written_as_before(case: Case) -> None:
    path = GOLDEN / case.name
    written = case.written()
    if os.environ.get("NETSYM_UPDATE_GOLDEN") == "1":
        path.write_text(written, encoding="utf-8")
        pytest.fail(f"{case.name} was written anew; look at it, then run without the update")
    assert path.is_file(), f"no golden file {case.name}; NETSYM_UPDATE_GOLDEN=1 writes it"
    assert written == path.read_text(encoding="utf-8")


def test_every_case_has_a_file_of_its_own_and_every_file_a_case() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    files = {path.name for path in GOLDEN.iterdir() if path.is_file()}
    assert files == set(names), "delete the files that no case writes"


def test_the_reply_in_the_thread_to_the_character() -> None:
    """The formulas as the thread has them; these three may never be updated."""

    def line(name: str, expand: bool) -> str:
        return network(name).formula("inlined", expand).text(ascii=True)

    one = "1/(1 + exp(-(w_11*x + b_11)))"
    two = "1/(1 + exp(-(w_12*x + b_12)))"
    assert line("linear", False) == "f(x) = w_21*(w_11*x + b_11) + w_22*(w_12*x + b_12) + b"
    assert line("hidden_sigmoid", True) == f"f(x) = w_21*({one}) + w_22*({two}) + b"
    assert line("sigmoid", True) == f"f(x) = 1/(1 + exp(-(w_21*({one}) + w_22*({two}) + b)))"
