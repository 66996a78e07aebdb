"""Networks of another depth or width, and how their forms grow."""

from __future__ import annotations

import pytest

import netsym


@pytest.mark.parametrize(
    ("spec", "depth", "width", "same"),
    [
        ("10-10-1:tanh", 3, None, "10-10-10-10-1:tanh"),
        ("2-5x4-3:relu", 1, None, "2-5-3:relu"),
        ("2-3tanh-1", 2, None, "2-3tanh-3tanh-1"),
        ("2-3tanh-7relu-1", None, 4, "2-4tanh-4relu-1"),
        ("4-4+-2:relu", 3, None, "4-4+-4+-4+-2:relu"),
    ],
)  # fmt: skip
def test_it_is_the_network_that_one_would_type(
    spec: str, depth: int | None, width: int | None, same: str
) -> None:
    network = netsym.parse(spec)
    other = network.with_depth(depth) if depth else network.with_width(width or 1)
    assert str(other.inlined.size) == str(netsym.parse(same).inlined.size)
    assert str(other.layered) == str(netsym.parse(same).layered)
    assert other.output_names == netsym.parse(same).output_names


def test_counts_along_depth_are_those_of_each_network() -> None:
    growth = netsym.parse("3-4-1:tanh").growth(depth=[1, 2, 3, 5])
    for place, depth in enumerate(growth.numbers):
        size = netsym.parse(f"3-4x{depth}-1:tanh").size
        for form in ("layered", "shared", "inlined"):
            assert growth.nodes[form][place] == size.forms[form].nodes
        assert growth.nodes["matrix"][place] == size.matrices["inlined"].nodes
    assert growth.law("layered") == "linear, 60 more per layer"
    assert growth.law("inlined") == "exponential, 4.007 times per layer at the end"
    assert growth.law("matrix") == "linear, 5 more per layer"


def test_counts_along_width() -> None:
    growth = netsym.parse("3-4-1:tanh").growth(width=[1, 2, 4, 8, 16])
    assert growth.nodes["layered"][2] == netsym.parse("3-4-1:tanh").layered.size.nodes
    assert growth.law("matrix") == "constant"
    assert growth.law("layered").startswith("linear, ")


def test_shared_forms_of_large_networks_are_not_built() -> None:
    growth = netsym.parse("100-300-1:tanh").growth(depth=[1, 5])
    assert set(growth.nodes) == {"layered", "inlined", "matrix"}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("2-1:tanh", "no stack of dense layers with a hidden one"),
        ("2-3tanh-4relu-1", "its hidden layers differ"),
        ("gpt2", "no stack of dense layers"),
    ],
)
def test_what_has_no_depth(spec: str, said: str) -> None:
    from netsym.path import network_of

    with pytest.raises(netsym.SpecError, match=said):
        network_of(spec).with_depth(2)


def test_what_has_its_numbers_cannot_be_made_larger() -> None:
    network = netsym.parse("1-2-1:tanh").with_parameters({"w1_1_1": 1.0})
    for resized in (network.with_depth, network.with_width):
        with pytest.raises(netsym.SpecError, match="its parameters are given"):
            resized(3)


def test_growth_is_along_one_thing() -> None:
    network = netsym.parse("1-2-1:tanh")
    for given in ({}, {"depth": [1, 2], "width": [1, 2]}):
        with pytest.raises(netsym.SpecError, match="one thing to grow along"):
            network.growth(**given)
    with pytest.raises(netsym.SpecError, match="depth"):
        network.growth(depth=[0])
