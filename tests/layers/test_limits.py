"""What is too large to be laid out is refused at once, and says how large it would be."""

from __future__ import annotations

import pytest

import netsym
from netsym.errors import SpecError, TooLargeError
from netsym.files.files import loads
from netsym.layers.sources import Given
from netsym.network.network import Network

DENSE = '[[layers]]\ntype = "dense"\nunits = 2\n'
REFUSED = {
    "layers": (
        "inputs = 3\n[[layers]]\ntype = 'block'\nrepeat = 1000000000\nshare = true\n"
        "[[layers.layers]]\ntype = 'dense'\nunits = 3\n",
        "a network has at most 30,000 layers; repeat its blocks less often",
    ),
    "nested": (
        "inputs = 3\n[[layers]]\ntype = 'block'\nrepeat = 1000\n"
        "[[layers.layers]]\ntype = 'block'\nrepeat = 1000\n"
        "[[layers.layers.layers]]\ntype = 'dense'\nunits = 3\n",
        "a network has at most 30,000 layers; repeat its blocks less often",
    ),
    "stack": (
        "shape = [2, 2]\n[[layers]]\ntype = 'recurrent'\ncell = 'lstm'\nunits = 1\n"
        "layers = 1000000000\n",
        "layer 1 (recurrent): stacks so many layers: 1,000,000,000, more than the 30,000 that can "
        "be laid out; take less",
    ),
    "padding": (
        "shape = [2, 5, 5]\n[[layers]]\ntype = 'pad'\npadding = 10000\n",
        "layer 1 (pad) pads to 20005 x 20005 = 400,200,025, more than the 30,000,000 that can be "
        "laid out; take less",
    ),
    "windows": (
        "shape = [1, 9000, 9000]\n[[layers]]\ntype = 'conv2d'\nchannels = 1\nkernel = 3\n",
        "layer 1 (conv2d) has windows, places times elements: 8998 x 8998 x 3 x 3 = 728,676,036, "
        "more than the 30,000,000 that can be laid out; take less",
    ),
    "attention": (
        "shape = [30000, 2]\n[[layers]]\ntype = 'attention'\nheads = 1\n",
        "layer 1 (attention) compares steps with steps, 30000 x 30000 = 900,000,000, more than "
        "the 30,000,000 that can be laid out; take less",
    ),
    "steps": (
        "shape = [1000000000, 1]\n[[layers]]\ntype = 'rnn'\nunits = 1\n",
        "layer 1 (rnn) reads a sequence of steps: 1,000,000,000, more than the 2,000 that can be "
        "laid out; take less",
    ),
    "axes": (
        f"shape = {[1] * 100}\n{DENSE}",
        "shape has 100 axes; at most 16 can be handled, so join some",
    ),
    "reshaped": (
        f"inputs = 1\n[[layers]]\ntype = 'reshape'\nto = {[1] * 71}\n",
        "layer 1 (reshape) gives an array of 71 axes; at most 16 can be handled",
    ),
    "sources": (
        f"inputs = 1\n[[layers]]\ntype = 'add'\nfrom = {['input'] * 2000}\n",
        "layer layer1 reads from 2,000 values; at most 1,000 can be",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(f"netsym = 1\n{text}")
    assert str(caught.value).endswith(message)


def test_many_examples_are_not_named() -> None:
    with pytest.raises(TooLargeError, match="200,000,000 inputs and targets; at most 5,000,000"):
        netsym.cost(netsym.parse("1-1"), "mse", examples=100_000_000)


@pytest.mark.parametrize("use", [netsym.compare, netsym.simplify])
def test_networks_that_are_only_counted(use: object) -> None:
    vast = netsym.parse("3-1000000000")
    assert vast.count_nodes("layered") == 11 * 10**9
    with pytest.raises(TooLargeError, match="the layered form has 11,000,000,000 nodes"):
        use(vast)  # type: ignore[operator]


def test_networks_that_ignore_their_inputs() -> None:
    def given(number: float) -> Network:
        wires = [("given", Given(lengths=(1,)), ["input"], {"values": [number]})]
        return Network.of("given", 1, wires)

    assert netsym.compare(given(1.0), given(2.0)).verdict == "different"
    assert netsym.compare(given(1.0), given(1.0)).verdict == "structural"


def test_layers_on_sequences_are_not_collapsed() -> None:
    """Dense layers on the rows of an array share their weights; collapsing is for vectors."""
    network = loads("netsym = 1\nshape = [3, 2]\n" + DENSE + DENSE)
    result = netsym.simplify(network)
    assert result.steps == ()
    assert "2 layers work on arrays of several axes" in str(result)
