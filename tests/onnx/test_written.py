"""ONNX models that netsym writes: the network to onnxruntime, and to netsym again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import netsym
from tests.cli.running import run
from tests.code.networks import NETWORKS

IRIS = str(Path(__file__).parents[2] / "examples" / "iris.toml")


@pytest.mark.parametrize("name", ["skip", "conv and norm", "attention", "LSTM of 3 steps", "gelu"])
def test_it_is_read_again(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    (tmp_path / "net.onnx").write_bytes(network.layered.onnx())
    again = netsym.from_onnx(str(tmp_path / "net.onnx"))
    x = np.random.default_rng(0).normal(size=(20, len(network.input_names)))
    np.testing.assert_allclose(again(x), network(x), rtol=1e-12, atol=1e-15)


def test_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "iris.onnx"
    assert run(capfd, "show", IRIS, "-o", str(file)).code == 0
    network = netsym.load(IRIS)
    assert file.read_bytes() == network.layered.onnx()
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).normal(size=(7, 4))
    (found,) = session.run(["outputs"], {"inputs": x})
    np.testing.assert_allclose(found, network(x), rtol=1e-13)
    operators = [node.op_type for node in onnx.load(str(file)).graph.node]
    assert operators == ["Add", "Div", "Gemm", "Tanh", "Gemm", "Softmax", "Identity"]


def test_as_text_it_is_what_onnx_reads(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "show", IRIS, "--to", "onnx")
    assert ran.code == 0
    read = onnx.parser.parse_model(ran.out)
    made = onnx.load_from_string(netsym.load(IRIS).layered.onnx())
    assert [each.op_type for each in read.graph.node] == [each.op_type for each in made.graph.node]


def test_what_it_does_not_take_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    ran = run(capfd, "show", "2-1", "-o", str(file))
    assert ran.code == 2 and "no value for w1_1_1" in ran.err, ran.err
    assert not file.exists()


def test_a_formula_reads_all_inputs_at_once() -> None:
    network = NETWORKS["LSTM of 3 steps"]()
    for formula in (network.inlined, network.shared, network.layered.output(1)):
        ends = onnx.load_from_string(formula.onnx()).graph.input
        assert [axis.dim_value for axis in ends[0].type.tensor_type.shape.dim] == [0, 6]
    found = netsym.certify(network, "onnx", form="shared", float=True)
    assert found.relative < 1e-5 and found.apart is None, found.report()


@pytest.mark.parametrize("form", ["layered", "inlined"])
def test_digits_round_the_weights(
    form: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    words = ("certify", IRIS, "--to", "onnx", "--form", form, "--digits", "3")
    ran = run(capfd, *words, "-o", str(file))
    assert ran.code == 0 and "rounding to 3 digits: with all digits" in ran.out, ran.err
    network = netsym.load(IRIS)
    rounded = {
        abs(float(f"{weight:.3g}"))
        for placed in network.layers
        for parameter in placed.parameters.values()
        for weight in parameter.numbers({}).reshape(-1).tolist()
    }
    for tensor in onnx.load(str(file)).graph.initializer:
        numbers = onnx.numpy_helper.to_array(tensor)
        if numbers.dtype == np.float64 and numbers.size > 1:
            assert rounded.issuperset(np.abs(numbers).reshape(-1).tolist())
    cost = netsym.certify(network, "onnx", form=form, digits=3)
    assert cost.exact is not None and cost.exact < 1e-12 < cost.difference < 0.1


def test_what_is_certified_is_what_is_written(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    ran = run(capfd, "certify", IRIS, "--to", "onnx", "--float", "-o", str(file))
    assert ran.code == 0, ran.err
    assert file.read_bytes() == netsym.load(IRIS).layered.onnx(float=True)
