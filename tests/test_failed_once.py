"""What failed once: a case for every bug that someone met, kept for ever."""

from __future__ import annotations

import json
import math
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.layers import Layer
from netsym.layers.convolution import ConvTranspose1d
from netsym.layers.dense import Dense
from netsym.layers.merge import Add, Concat, Multiply
from netsym.layers.recurrent import GRU, LSTM, Recurrent
from tests.cli.running import process, run
from tests.complex_step import complex_step
from tests.effort import heavy, sample
from tests.layers.every_reading import single

OVERLAPPING = """
netsym = 1
inputs = {inputs}
outputs = ["y1", "y2"]
[[layers]]
type = "dense"
units = 2
activation = "softplus"
[[layers]]
type = "dense"
units = 2
activation = "softmax"
"""


# -- what took for ever, or all memory -------------------------------------------------------------
def test_a_billion_layers_are_refused_before_they_are_listed() -> None:
    with pytest.raises(SpecError, match="at most 10,000 layers"):
        netsym.parse("1-1x999999999")


def test_a_billion_outputs_are_counted_as_one_number(capfd: pytest.CaptureFixture[str]) -> None:
    size = netsym.parse("2-1000000000").forecast("inlined")
    assert size is not None
    assert (size.nodes, len(size.per_output), size.per_output[-1]) == (8 * 10**9, 10**9, 8)
    done = run(capfd, "size", "2-1000000000", "--json")
    assert json.loads(done.out)["forms"]["inlined"]["per_output"] is None


def test_a_key_of_many_parts_is_refused_before_it_is_read() -> None:
    with pytest.raises(SpecError, match="nested more than 16 levels deep"):
        loads(".".join("a" * 100_000) + " = 1")


def test_one_key_of_many_given_twice() -> None:
    keys = ", ".join(f'"k{n}": 0' for n in range(100_000))
    with pytest.raises(SpecError, match="'k99999' is given twice"):
        loads("{" + keys + ', "k99999": 1}', format="json")


def test_a_long_unknown_word_is_not_compared_letter_by_letter() -> None:
    with pytest.raises(SpecError, match="unknown"):
        loads(json.dumps({"netsym": 1, "k" * 3_000_000: 1}), format="json")


def test_a_number_of_many_digits_does_not_hang_the_command(
    capfd: pytest.CaptureFixture[str],
) -> None:
    done = run(capfd, "size", "-", stdin='{"netsym": 1, "inputs": ' + "9" * 300_000 + "}")
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


# -- tracebacks ------------------------------------------------------------------------------------
def test_a_shorthand_longer_than_a_file_name_may_be(capfd: pytest.CaptureFixture[str]) -> None:
    done = run(capfd, "size", "1-" * 200 + "1:tanh")
    assert done.code == 0, done.err
    assert "200 layers" not in done.err
    assert "1 input, 1 output, 400 parameters" in done.out


@pytest.mark.parametrize(
    "words", sample([("size", "1-2-1:tanh"), ("inline", "1-2-1:tanh"), ("--help",)], 1)
)
def test_a_full_disk_is_said(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "netsym", *words], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.startswith("netsym: cannot write to standard output: No space left")


@pytest.mark.parametrize("closed", sample([">&-", "<&-", "2>&-", ">&- 2>&- <&-"], 1))
def test_closed_streams_are_no_traceback(closed: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m netsym inline 1-2-1:tanh {closed}",
        shell=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 2)


def test_the_network_is_not_overwritten_by_its_formula(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.toml"
    netsym.save(netsym.parse("1-2-1:tanh"), path)
    before = path.read_bytes()
    done = run(capfd, "inline", path, "-o", path)
    assert done.code == 2
    assert "is what was read; write to another file" in done.err
    assert path.read_bytes() == before


def test_a_ring_of_links_stays(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ring = tmp_path / "ring"
    ring.symlink_to(ring)
    done = run(capfd, "inline", "1-2-1:tanh", "-o", ring)
    assert done.code == 2
    assert "cannot write to" in done.err
    assert ring.is_symlink()


def test_an_output_that_depends_on_nothing_has_derivatives_of_zero(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Among outputs of one layer that do: between two places of the input there is the bias."""
    layer = ConvTranspose1d(channels=1, kernel=(1,), stride=(2,), activation="tanh")
    network = single(layer, (1, 2), {"weights": [[[3.0]]], "bias": [0.5]})
    slopes = network.layered.gradient("inputs", output=2)
    assert slopes.text(ascii=True) == "dy_1_2_dx_1_1 = 0\ndy_1_2_dx_1_2 = 0"
    whole = np.asarray(network.shared.jacobian("inputs")(0.25, -1.0)).reshape(3, 2)
    slope = 3 / np.cosh(3 * np.array([0.25, -1.0]) + 0.5) ** 2
    np.testing.assert_allclose(whole, [[slope[0], 0], [0, 0], [0, slope[1]]], rtol=1e-12)
    assert network.inlined.output(2).hessian_vector("inputs").text(ascii=True) == (
        "Hv_1 = 0\nHv_2 = 0"
    )
    netsym.save(network, tmp_path / "net.toml")
    done = run(capfd, "grad", tmp_path / "net.toml", "--wrt", "inputs", "--output", "2", "--ascii")
    assert (done.code, done.err) == (0, "")
    assert done.out == "# derivatives\ndy_1_2_dx_1_1 = 0\ndy_1_2_dx_1_2 = 0\n"


@heavy
def test_how_much_larger_a_derivative_is_may_be_more_than_float64_holds(
    capfd: pytest.CaptureFixture[str],
) -> None:
    done = run(capfd, "grad", "1-9x180-1:sigmoid", "--wrt", "b1", "--size")
    assert (done.code, done.err) == (0, "")
    table = [line.split() for line in done.out.splitlines()[2:6]]
    assert [row[0] for row in table] == ["form", "layered", "shared", "inlined"]
    assert re.search(r"times the nodes that they have layer by layer", done.out)
    swell = re.search(r"have (\d\.\d\d) × 10\^(\d+) times", done.out)
    assert swell is not None and int(swell[2]) > 308


def test_sizes_of_derivatives_may_have_more_digits_than_python_writes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = [(f"sum{n}", Add(), [f"sum{n - 1}" if n else "input"] * 100, {}) for n in range(330)]
    netsym.save(netsym.Network.of("sums", 1, wires), tmp_path / "net.toml")
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        done = run(capfd, "grad", tmp_path / "net.toml", "--wrt", "x", "--size", "--json")
    finally:
        sys.set_int_max_str_digits(limit)
    assert (done.code, done.err) == (0, "")
    nodes = json.loads(done.out)["forms"]["inlined"]["network"]
    assert nodes == sum(100**n for n in range(331))  # 100^330 of x, and every sum above


def test_a_dash_is_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(capfd, "inline", "1-1:tanh", "--ascii", "-o", "-")
    assert done.out == "y = tanh(w1_1_1*x + b1_1)\n"
    assert not list(tmp_path.iterdir())


# -- wrong results ---------------------------------------------------------------------------------
def test_letters_for_unnamed_values_do_not_run_out() -> None:
    inputs = [f"{letter}_9" for letter in ("t", "s", "u", "v", "shared", "tt", "ttt")]
    network = loads(OVERLAPPING.format(inputs=json.dumps(inputs)))
    values = dict.fromkeys(network.parameter_names(), 0.25)
    point = np.linspace(-1, 1, len(inputs))
    expected = network(point, parameters=values)
    assert np.allclose(network.shared(point, parameters=values), expected, rtol=1e-14)
    names = [binding.name for binding in network.shared.bindings]
    assert not set(names) & set(inputs)


def two_readers(one: str, other: str, joined: Layer) -> netsym.Network:
    """Two layers that read x with the same numbers as weights, and differ in what they add."""
    weights = [[3.0, -1.0], [0.0, 2.0]]
    wires = [
        ("one", Dense(units=2, activation=one), ["input"], {"weights": weights}),
        ("other", Dense(units=2, activation=other), ["input"],
         {"weights": weights, "bias": [0.25, -2.0]}),
        ("both", joined, ["one", "other"], {}),
    ]  # fmt: skip
    return netsym.Network.of("two readers", 2, wires)


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
@pytest.mark.parametrize("joined", [Add(), Multiply(), Concat()], ids=lambda layer: layer.kind)
@pytest.mark.parametrize("pair", [("sigmoid", "softplus"), ("relu", "tanh"), ("linear", "elu")])
def test_layers_with_equal_weights_are_all_in_the_gradient(
    form: str, joined: Layer, pair: tuple[str, str]
) -> None:
    network = two_readers(*pair, joined)
    at = {"x_1": 0.4, "x_2": 0.3, "b1_1": 0.5, "b1_2": -0.5}
    names = [*at]
    slopes = network.formula(form).jacobian(names)
    parameters = {name: at[name] for name in names[2:]}
    found = np.asarray(slopes(0.4, 0.3, parameters=parameters)).reshape(-1, 4)
    wanted = [complex_step(network.layered, at, {name: 1.0}) for name in names]
    np.testing.assert_allclose(found, np.transpose(wanted), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", [LSTM, GRU])
@pytest.mark.parametrize("numbers", [(1.0, 1.0), (2.0, 2.0), (-1.0, 2.0)])
def test_gates_with_equal_weights_are_all_in_the_gradient(
    kind: type[Recurrent], numbers: tuple[float, float]
) -> None:
    layer = kind(units=1, steps=2)
    shapes = layer.parameters((2, 1))
    w, u = numbers
    given = {
        key: np.full(shape, u if key[0] == "u" else w).tolist()
        for key, shape in shapes.items() if key[0] != "b"
    }  # fmt: skip
    network = single(layer, (2, 1), given)
    at = {"x_1_1": 0.7, "x_2_1": -0.2} | {
        name: 0.1 * n for n, name in enumerate(network.parameter_names())
    }
    parameters = {name: at[name] for name in network.parameter_names()}
    slopes = network.layered.gradient([*at])
    found = slopes(0.7, -0.2, parameters=parameters)
    wanted = [complex_step(network.layered, at, {name: 1.0})[0] for name in at]
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


def test_units_with_equal_weights_leave_every_layer_its_deltas() -> None:
    """A unit of one layer may be a unit of the other: what is passed back to it is a sum."""
    weights = {"weights": [[1.0], [2.0]], "bias": [0.0, 1.0]}, {"weights": [[1.0], [3.0]],
                                                                "bias": [0.0, 4.0]}  # fmt: skip
    wires = [
        ("one", Dense(units=2, activation="tanh"), ["input"], weights[0]),
        ("other", Dense(units=2, activation="sigmoid"), ["input"], weights[1]),
        ("both", Concat(), ["one", "other"], {}),
        ("last", Dense(units=1), ["both"], {}),
    ]
    slopes = netsym.Network.of("units", 1, wires).layered.gradient("inputs")
    assert slopes.text(ascii=True).splitlines()[4:] == [
        "delta2_2 = w4_1_4*a2_2*(1 - a2_2)",
        "delta1_1 = w4_1_3*a2_1*(1 - a2_1) + w4_1_1*(1 - a1_1**2)",
        "delta1_2 = w4_1_2*(1 - a1_2**2)",
        "dy_dx = 3*delta2_2 + delta1_1 + 2*delta1_2",
    ]


@heavy
def test_counts_beyond_float64_are_exact_and_raise_no_warning() -> None:
    """Warnings are errors in all tests; the forecast counts in whole numbers alone."""
    network = netsym.parse("1-4x600-1:tanh")
    assert network.inlined.size == network.forecast("inlined")
    assert network.inlined.size.operations["tanh"] == sum(4**n for n in range(601))
    slopes = netsym.parse("1-4x300-1:tanh").inlined.gradient("inputs")
    assert slopes.size.nodes > 10**308


def test_names_that_stay_keep_the_notation() -> None:
    network = netsym.parse("1-2-1:sigmoid").with_parameters({"w1_1_1": 2})
    assert str(network.layered).splitlines() == [
        "a⁽¹⁾₁ = σ(2·x + b⁽¹⁾₁)",
        "a⁽¹⁾₂ = σ(w⁽¹⁾₂₁·x + b⁽¹⁾₂)",
        "y = σ(w⁽²⁾₁₁·a⁽¹⁾₁ + w⁽²⁾₁₂·a⁽¹⁾₂ + b⁽²⁾₁)",
    ]
    assert network.forecast("inlined") == network.inlined.size


def test_two_symbols_of_one_name_are_not_one() -> None:
    with pytest.raises(SpecError, match="two different symbols are called 'x'"):
        netsym.from_sympy(sympy.Dummy("x") - sympy.Symbol("x"))


@pytest.mark.parametrize("name", ["x); import os; (y", "lambda", "", "a b", "exp", "__debug__"])
def test_a_symbol_whose_name_is_code_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match=r"choose another name|is not a name"):
        netsym.from_sympy(sympy.Symbol(name) + 1)


def test_a_network_that_was_used_can_be_sent_to_another_process() -> None:
    network = netsym.parse("1-2-1:sigmoid")
    values = dict.fromkeys(network.parameter_names(), 0.5)
    network.inlined(1.0, parameters=values)
    again = pickle.loads(pickle.dumps(network))
    assert again.inlined(1.0, parameters=values) == network.inlined(1.0, parameters=values)


def test_rows_of_one_input_are_points() -> None:
    """(n, 1) is how scikit-learn has it; (n, 1) results would broadcast to n x n."""
    network = netsym.parse("1-1:tanh").with_parameters({"w1_1_1": 1.0, "b1_1": 0.0})
    assert network(np.zeros((5, 1))).shape == network.inlined(np.zeros((5, 1))).shape == (5,)


@pytest.mark.parametrize("value", ["a", None, [1.0, 2.0], 1j, 10**400])
def test_values_that_are_not_one_number_are_refused_everywhere(value: object) -> None:
    network = netsym.parse("1-1:tanh")
    values = {"w1_1_1": value, "b1_1": 0.0}
    for call in (network, network.inlined):
        with pytest.raises(SpecError, match="parameter w1_1_1"):
            call(1.0, parameters=values)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="parameter w1_1_1"):
        network.with_parameters(values)  # type: ignore[arg-type]


def test_a_safetensors_axis_longer_than_any_file(tmp_path: Path) -> None:
    header = {"layer1.weights": {"dtype": "F64", "shape": [0, 10**30], "data_offsets": [0, 0]}}
    text = json.dumps(header).encode()
    (tmp_path / "p.safetensors").write_bytes(len(text).to_bytes(8, "little") + text)
    head = 'netsym = 1\ninputs = 1\nparameters = "p.safetensors"\n'
    spec = head + '[[layers]]\ntype = "dense"\nunits = 1'
    with pytest.raises(SpecError, match="declares shape 0 x 1000"):
        loads(spec, folder=tmp_path)


def test_nan_is_nan_in_python_text_too() -> None:
    for activation in ("relu", "hard_sigmoid", "leaky_relu", "elu"):
        formula = netsym.parse(f"1-1:{activation}").inlined
        scope: dict[str, object] = {}
        exec(formula.python(), scope)
        value = scope["f"](float("nan"), w1_1_1=1.0, b1_1=0.0)  # type: ignore[operator]
        assert np.isnan(value), activation


@pytest.mark.parametrize("latex", ["{", "}", "}{", "\\hat{u", "u\\", "\\\\\\"])
def test_latex_that_would_break_the_document_is_refused(latex: str) -> None:
    spec = f"netsym = 1\ninputs = ['x']\n[latex]\nx = {json.dumps(latex)}\n"
    with pytest.raises(SpecError, match=r"latex\.x is .*; not allowed: "):
        loads(spec + "[[layers]]\ntype = 'dense'\nunits = 1")


@pytest.mark.parametrize("latex", ["\\theta", "w_{1}^{2}", "\\{ a \\}"])
def test_latex_with_its_braces_closed_is_taken_raw(latex: str) -> None:
    spec = f"netsym = 1\ninputs = ['x']\n[latex]\nx = {json.dumps(latex)}\n"
    network = loads(spec + "[[layers]]\ntype = 'dense'\nunits = 1")
    assert latex in network.inlined.latex()


def test_a_file_given_as_a_shorthand_is_recognised() -> None:
    with pytest.raises(SpecError, match=r"netsym\.load reads those"):
        netsym.parse("net.toml")


def test_the_onion_is_for_the_one_formula(capfd: pytest.CaptureFixture[str]) -> None:
    done = run(capfd, "show", "1-2-1:tanh", "--to", "latex", "--onion")
    assert (done.code, done.out) == (2, "")
    assert "--onion is for --form inlined; add --form inlined" in done.err


def test_a_file_is_utf_8_whatever_the_terminal_shows(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    done = process("inline", "1-1:sigmoid", "-o", path, PYTHONIOENCODING="ascii")
    assert done.code == 0, done.err
    assert path.read_text(encoding="utf-8") == "y = σ(w⁽¹⁾₁₁·x + b⁽¹⁾₁)\n"


def test_a_form_is_refused_for_its_own_size(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "show", "1-2-1:sigmoid", "--form", "shared", "--max-nodes", "19").code == 0
    done = run(capfd, "show", "1-2-1:sigmoid", "--form", "shared", "--max-nodes", "18")
    assert done.code == 3
    assert "the shared form has 19 nodes" in done.err


def test_one_output_is_refused_for_its_own_size(capfd: pytest.CaptureFixture[str]) -> None:
    nodes = netsym.parse("2-3tanh-50tanh").layered.output(1).size.nodes
    words = ("show", "2-3tanh-50tanh", "--output", "1", "--max-nodes")
    assert run(capfd, *words, str(nodes)).code == 0
    done = run(capfd, *words, str(nodes - 1))
    assert done.code == 3
    assert f"has {nodes} nodes" in done.err


def test_deep_text_does_not_drift_off_the_line() -> None:
    text = netsym.parse("1-1x200:tanh").inlined.text(width=80)
    assert max(map(len, text.split("\n"))) < 80 + 250  # the closing brackets cannot be broken
    assert max(len(line) - len(line.lstrip()) for line in text.split("\n")) <= 40


def test_saving_keeps_links_and_leaves_nothing_behind(tmp_path: Path) -> None:
    network = netsym.parse("1-1:tanh")
    (tmp_path / "link.toml").symlink_to(tmp_path / "real.toml")
    netsym.save(network, tmp_path / "link.toml")
    assert (tmp_path / "link.toml").is_symlink()
    assert netsym.load(tmp_path / "real.toml").layers[0].width == 1
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(netsym.NetsymError, match="it is a folder"):
        netsym.save(network, tmp_path / "folder.toml")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.toml", "link.toml", "real.toml"]


def test_all_missing_values_are_named_at_once() -> None:
    network = netsym.parse("1-2-1:sigmoid")
    for call in (network, network.inlined):
        with pytest.raises(
            netsym.ValueMissingError, match=r"w1_1_1, w1_2_1, b1_1, b1_2, .* 2 more"
        ):
            call(1.0)


@pytest.mark.parametrize("digits", [-1, 0, 18, 30])
def test_digits_that_no_number_has(digits: int) -> None:
    with pytest.raises(SpecError, match=f"digits is {digits}; give a whole number from 1 to 17"):
        netsym.parse("1-1").inlined.text(digits=digits)


@pytest.mark.parametrize("rate", [-0.5, 1.5, 2.0])
def test_a_rate_of_dropout_is_a_share(rate: float) -> None:
    with pytest.raises(SpecError, match="a share from 0 to 1"):
        loads(f"netsym = 1\ninputs = 1\n[[layers]]\ntype = 'dropout'\nrate = {rate}")


def test_columns_of_data_were_taken_in_the_order_of_the_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The header of a CSV file was skipped, so the label was taken for an input."""
    network = tmp_path / "flat.toml"
    network.write_text(
        'netsym = 1\ninputs = ["rooms", "age"]\noutputs = ["price"]\n'
        '[[layers]]\ntype = "dense"\nunits = 1\nactivation = "linear"\n'
    )
    data = tmp_path / "flats.csv"
    words = ("inline", network, "--loss", "mse", "--ascii", "--data", data)
    data.write_text("price,age,rooms\n250,30,4\n")
    ran = run(capfd, *words)
    assert (ran.code, ran.out) == (0, "J = ((w1_1_1*4 + w1_1_2*30 + b1_1) - 250)**2\n")
    data.write_text("rooms,cost,age\n4,250,30\n")
    ran = run(capfd, *words)
    assert (ran.code, ran.out) == (2, "")
    assert "column 2: 'cost' is neither a number nor the name of an input or a target" in ran.err
    assert "expected are the inputs rooms, age and the targets price or t or y" in ran.err


# -- what a newcomer met in half an hour ----------------------------------------------------------
@pytest.mark.parametrize("net", ["1-2-1", "2-2-1", "1-2-2", "1-2-1-1", "2-3-3-1", "1-2relu-2-1"])
def test_entries_that_are_sums_of_products_were_counted_one_too_many(net: str) -> None:
    """`w*u + w*v + b` is one sum: 19 nodes were said of 18."""
    result = netsym.simplify(netsym.parse(net))
    for form in ("layered", "inlined"):
        size = result.network.forecast(form)
        assert size is not None and size.nodes == result.network.formula(form).size.nodes
        assert size.height == result.network.formula(form).size.height
    assert result.steps[-1].nodes[1] == result.exact.inlined.size.nodes


def test_a_formula_that_was_lost_was_called_equal() -> None:
    with pytest.raises(SpecError, match="there is no formula to check"):
        netsym.check("1-2-1:sigmoid", None)


def test_inputs_in_another_order_are_said() -> None:
    one, other = (
        loads(f"netsym = 1\ninputs = {inputs}\n[[layers]]\ntype = 'dense'\nweights = [{row}]\n")
        for inputs, row in (("['u', 'v']", "['a', 'b']"), ("['v', 'u']", "['b', 'a']"))
    )
    found = netsym.compare(one, other)
    assert found.verdict == "identical"
    assert "on the other side they are in another order, v, u" in " ".join(found.notes)
    assert netsym.compare(one, one).notes == ()
    header = netsym.check(one, "f(v, u) = a*u + b*v + b1_1")
    assert header.verdict == "structural"
    assert header.notes == (
        "the arguments v, u stand for the inputs of these names, whose order is u, v",
    )
    assert not netsym.check(one, "f(u, v) = a*u + b*v + b1_1").notes
    swapped = netsym.compare("f(x, y) = x - y", "f(y, x) = x - y")
    assert "in another order" in " ".join(str(swapped).split())


def test_every_comparison_is_pickled() -> None:
    network = netsym.parse("1-2-1:sigmoid")
    sides = [("x", "x"), ("x + 1", "x + 2"), (network, "1-2-1"), (network, network.inlined),
             (network, "y = w1_1_1*x"), (network, None)]  # fmt: skip
    for one, other in sides:
        found = netsym.compare(one, other)
        again = pickle.loads(pickle.dumps(found))
        assert (again.verdict, again.evidence) == (found.verdict, found.evidence)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: netsym.cost(2, "mse"), "int is no network; give a network, a file"),
        (lambda n: netsym.regions(None), "NoneType is no network; give a network, a file"),
        (lambda n: netsym.save([1], "a.toml"), "list is no network; give a network, a file"),
        (lambda n: netsym.simplify({}), "dict is no network; give a network, a file"),
        (lambda n: n.output(1), "no output is called 1; choose from y"),
        (lambda n: n.inlined.gradient(None), "or names, not by None"),
        (lambda n: n.inlined.gradient(3), "not by int"),
        (lambda n: netsym.cost(n, None), "unknown loss None"),
        (lambda n: n.with_parameters([1]), "numbers by their names, .* not list"),
        (lambda n: n(1.0, parameters=[1]), "numbers by their names, .* not list"),
        (lambda n: n.inlined(1.0, parameters=[1]), "numbers by their names, .* not list"),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_is_said(call: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        call(netsym.parse("1-2-1:sigmoid"))


def test_a_deep_linear_network_was_refused_for_what_nobody_writes() -> None:
    """Its entries have 10^20 nodes as written, and a few hundred in their graph."""
    result = netsym.simplify(netsym.parse("2-10x20-1"))
    assert [step.rule.__name__ for step in result.steps] == ["compose"]
    assert netsym.compare(netsym.parse("2-10x20-1"), result).verdict == "identical"
    assert "--to text" not in result.report()


def test_one_output_of_a_cost_was_asked_for_in_vain(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "2-2:sigmoid", "--loss", "mse", "--output", "1")
    assert (ran.code, ran.out) == (2, "")
    assert "--output changes nothing beside --loss" in ran.err


def test_a_network_that_comes_along_is_loaded_by_its_name() -> None:
    assert netsym.load("vgg16").parameter_count == 138_357_544


# -- what an attacker met -------------------------------------------------------------------------
def test_every_activation_is_read_back_from_its_latex() -> None:
    """relu6 was written as an operator whose name nobody read: it has a digit."""
    for name in ACTIVATIONS:
        if name != "softmax":
            network = netsym.parse(f"1-1:{name}")
            assert netsym.compare(network, network.inlined.latex()).verdict == "structural"


@pytest.mark.parametrize("name", [*ACTIVATIONS, "heaviside", "sign"])
def test_not_a_number_is_none_in_a_program_either(name: str) -> None:
    """max(0.0, min(6.0, nan)) is 6 in Python."""
    if name == "softmax":
        return
    row = FUNCTIONS[name]
    words = [word for word in row.python.split() if hasattr(math, word)]
    space: dict[str, Any] = {word: getattr(math, word) for word in words}
    exec(row.prelude, space)
    function = space[name] if row.prelude else getattr(math, row.python)
    assert math.isnan(function(math.nan, *([] if row.alpha is None else [row.alpha])))


def test_a_formula_does_not_guess_the_columns_of_a_data_frame() -> None:
    class Frame:
        columns = ("x_2", "x_1")

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array([[1.0, 3.0]])

    network = netsym.parse("2-1").with_parameters({"w1_1_1": 1, "w1_1_2": 10, "b1_1": 0})
    with pytest.raises(SpecError, match="does not look at the columns of a data frame"):
        network.inlined(Frame())


def test_parameters_are_named_by_text() -> None:
    network = netsym.parse("1-1")
    with pytest.raises(SpecError, match="parameters have names, and 1 is none"):
        network(0.0, parameters={1: 2.0})  # type: ignore[dict-item]
    assert network.with_parameters(None) == network  # type: ignore[arg-type]


def test_celu_divides_by_its_alpha() -> None:
    with pytest.raises(SpecError, match="celu divides by its alpha, which is 0"):
        Dense(units=1, activation="celu", alpha=0.0)
    assert Dense(units=1, activation="elu", alpha=0.0).alpha == 0
