"""Pictures of networks: what is drawn is what there is, nothing covers anything, and it is XML."""

from __future__ import annotations

import os
import re
from pathlib import Path as File
from typing import Any

import pytest

import netsym
from netsym.files.packaged import networks
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale, Standardize
from netsym.layers.recurrent import GRU, LSTM, RNN
from netsym.notes.marks import Box, Circle, Label, Path
from netsym.notes.picture import Picture
from tests.effort import many
from tests.notes.pictures import elements, faults, text_of
from tests.small_networks import small_network

ROOT = File(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "pictures"
DENSE = ["1-1", "1-2-1:sigmoid", "2-3-3-1:tanh", "4-4-2:relu", "6-4", "4-6", "1-6-3-1:relu",
         "3-3-3-1", "2-2-2-2-2:relu", "24-1", "5-4-1", "12-11-1:relu", "2-6-2:tanh"]  # fmt: skip
BOXES = ["2-4tanh-4tanh+-1", "4-4+:relu", "2-2-2sigmoid+-2+:tanh", "2-10x20-1:tanh",
         "4-4+-4+-4+-4+-2:relu"]  # fmt: skip
SPECS = [*DENSE, *BOXES, *networks(), *map(str, sorted((ROOT / "examples").rglob("*.toml")))]


def sequence(steps: int, *layers: Layer, inputs: int = 2) -> netsym.Network:
    """Layers one after another, on a sequence."""
    names = ["input", *(f"layer{n}" for n in range(1, len(layers) + 1))]
    wires = [(name, layer, [before], {}) for name, layer, before in
             zip(names[1:], layers, names, strict=False)]  # fmt: skip
    return netsym.Network.of("steps", steps * inputs, wires, shape=(steps, inputs))


RECURRENT = {
    "lstm": lambda: sequence(3, LSTM(units=4)),
    "long": lambda: sequence(12, LSTM(units=4), Dense(units=1, activation="sigmoid")),
    "four": lambda: sequence(4, RNN(units=2)),
    "stacked": lambda: sequence(6, GRU(units=3, returns="all"), RNN(units=2, state="named"),
                                Dense(units=2, activation="softmax")),
    "each": lambda: sequence(3, RNN(units=3, returns="all"), Dense(units=1)),
    "one": lambda: sequence(1, LSTM(units=1, peepholes=True)),
    "cost": lambda: netsym.cost(sequence(5, LSTM(units=1), Dense(units=1)), "mse", examples=2),
    "back": lambda: sequence(4, LSTM(units=2, reverse=True), Dense(units=1)),
}  # fmt: skip
COSTS: dict[str, dict[str, Any]] = {
    "loss": {}, "examples": {"examples": 3}, "penalty": {"examples": 3, "l2": 0.1},
    "data": {"data": ([[1.0, 2.0], [3.0, 4.0]], [[0, 1], [1, 0]]), "l1": 0.5},
    "penalty alone": {"l2": 0.1}, "sum": {"examples": 3, "reduction": "sum"},
}  # fmt: skip


def named(picture: Picture, key: str, tag: str) -> list[str]:
    return [each.attrib[key] for each in elements(picture, tag, key)]


def weights(network: netsym.Network) -> set[str]:
    arrays = [placed.parameters["weights"] for placed in network.layers]
    return {name for parameter in arrays for name in parameter.names.all()}


# -- units and weights ----------------------------------------------------------------------------
@pytest.mark.parametrize("spec", [s for s in DENSE if s not in ("24-1", "12-11-1:relu")])
def test_every_weight_has_its_edge_and_every_unit_its_circle(spec: str) -> None:
    network = netsym.parse(spec)
    picture = netsym.draw(network)
    edges = named(picture, "data-e", "path")
    assert sorted(edges) == sorted(weights(network))
    units = {*network.input_names.all(), *network.output_names.all()}
    units |= {f"a{p.number}_{n}" for p in network.layers[:-1] for n in range(1, p.width + 1)}
    assert sorted(named(picture, "data-u", "circle")) == sorted(units)
    labels = [name for name in named(picture, "data-e", "text") if name in edges]
    assert sorted(labels) == (sorted(edges) if len(edges) <= 24 else [])


def test_an_edge_goes_from_its_input_to_its_unit() -> None:
    picture = netsym.draw("2-3-1:tanh")
    places = {m.unit: (m.x, m.y) for m in picture.marks if isinstance(m, Circle)}
    edges = {m.edge: m.ends for m in picture.marks if isinstance(m, Path) and m.edge}
    assert edges["w1_3_2"] == (places["x_2"], places["a1_3"])
    assert edges["w2_1_2"] == (places["a1_2"], places["y"])


def test_of_many_units_the_first_and_the_last_are_drawn() -> None:
    picture = netsym.draw("784-128relu-10softmax")
    units = named(picture, "data-u", "circle")
    assert units == [
        "x_1", "x_2", "x_3", "x_783", "x_784", "a1_1", "a1_2", "a1_3", "a1_127", "a1_128",
        "y_1", "y_2", "y_9", "y_10",
    ]  # fmt: skip
    edges = named(picture, "data-e", "path")
    assert len(edges) == len(set(edges)) == 5 * 5 + 4 * 5
    assert {"w1_1_1", "w1_128_784", "w2_10_127"} <= set(edges)
    said = text_of(picture)
    assert said.count("⋮") == 3
    assert {"784 inputs", "128 units", "10 outputs", "layer 1, relu", "layer 2, softmax",
            "128 × 784", "10 × 128", "W[1]", "W[2]"} <= set(said)  # fmt: skip
    assert "784 inputs, of which 5 are drawn" in picture.description


def test_numbers_make_edges_wide_and_dashed() -> None:
    network = netsym.parse("2-1:tanh").with_parameters({"w1_1_1": 2.0, "w1_1_2": -0.12345})
    picture = netsym.draw(network)
    edges = {m.edge: m for m in picture.marks if isinstance(m, Path) and m.edge}
    assert edges["w1_1_1"].width == 5.5 and not edges["w1_1_1"].dashed
    assert 1 < edges["w1_1_2"].width < 1.5 and edges["w1_1_2"].dashed
    assert {"2", "\u22120.123"} <= set(text_of(picture))
    dashes = {e.attrib["data-e"]: "stroke-dasharray" in e.attrib
              for e in elements(picture, "path", "data-e")}  # fmt: skip
    assert dashes == {"w1_1_1": False, "w1_1_2": True}
    assert "dashed where it is negative" in picture.description


def test_zero_and_names_among_numbers() -> None:
    wires = [("out", Dense(units=1), ["input"], {"weights": [[0.0, "gain", -1e300]]})]
    picture = netsym.draw(netsym.Network.of("mixed", 3, wires))
    edges = {m.edge: m for m in picture.marks if isinstance(m, Path) and m.edge}
    assert edges["w1_1_1"].opacity < 1 and edges["w1_1_1"].width == 1
    assert edges["w1_1_3"].width == 5.5
    assert "gain" in edges and {"0", "gain", "\u22121e+300"} <= set(text_of(picture))


def test_layers_that_look_at_each_value_alone_have_an_edge_for_each() -> None:
    scaled = {"mean": [1.0, 2.0], "scale": [1.0, 4.0]}
    wires = [("a", Standardize(), ["input"], scaled), ("b", Scale(), ["a"], {}),
             ("c", Dense(units=1), ["b"], {})]  # fmt: skip
    picture = netsym.draw(netsym.Network.of("each", ["left_side", "y2"], wires))
    edges = [m for m in picture.marks if isinstance(m, Path) and m.role == "edge"]
    assert len(edges) == 2 + 2 + 2
    assert [m.edge for m in edges] == ["", "", "w2_1", "w2_2", "w3_1_1", "w3_1_2"]
    assert "left side" in text_of(picture)  # beside its circle
    assert not faults(picture)


# -- layers, losses, steps ------------------------------------------------------------------------
def test_a_skip_leaves_at_a_dot_and_ends_at_a_sum() -> None:
    picture = netsym.draw("2-4tanh-4tanh+-1")
    said = text_of(picture)
    assert {"layer 1", "layer 2", "layer 3", "+", "unchanged", "a[1]", "4 units, tanh"} <= set(said)
    assert len([m for m in picture.marks if isinstance(m, Box)]) == 3
    dot, ring = (m for m in picture.marks if isinstance(m, Circle))
    arcs = [m for m in picture.marks if isinstance(m, Path) and m.ends[0] == (dot.x, dot.y)]
    (x, y) = arcs[0].ends[1]
    assert len(arcs) == 1 and x == ring.x and ring.y - ring.radius - 3 < y < ring.y


def test_several_inputs_and_outputs() -> None:
    picture = netsym.draw(netsym.load(ROOT / "examples" / "pair.toml"))
    said = text_of(picture)
    assert {"first", "second", "×", "likeness", "code", "left", "right"} <= set(said)
    assert "output code of left" in picture.description


def test_of_many_layers_the_first_and_the_last_are_drawn() -> None:
    picture = netsym.draw("2-10x20-1:tanh")
    said = text_of(picture)
    assert [s for s in said if s.startswith("layer")] == [
        f"layer {n}" for n in (1, 2, 3, 4, 19, 20, 21)
    ]
    assert "14 more layers" in said


@pytest.mark.parametrize("name", networks())
def test_boxes_say_shapes(name: str) -> None:
    said = " ".join(text_of(netsym.draw(name)))
    assert "more layers" in said and " × " in said


@pytest.mark.parametrize("options", COSTS.values(), ids=COSTS)
@pytest.mark.parametrize("spec", ["2-3-2:sigmoid", "2-2-2+:sigmoid"])
def test_a_loss_and_a_cost_are_squares(spec: str, options: dict[str, Any]) -> None:
    network = netsym.parse(spec)
    picture = netsym.draw(netsym.cost(network, "bce", **options))
    squares = [m for m in picture.marks if isinstance(m, Box) and m.role == "loss"]
    assert all(not m.rounded and m.width == m.height for m in squares)
    several = bool(options)
    assert [m.unit for m in squares] == (["L", "J"] if several else ["J"])
    said = " ".join(text_of(picture))
    assert "binary cross- entropy" in said or "binary cross-entropy" in said
    assert ("L(i)" in said) == (" y(i)" in said) == bool(options.keys() & {"examples", "data"})
    assert "loss" in picture.description
    assert not faults(picture)


def test_a_recurrent_network_has_its_cell_for_every_step() -> None:
    picture = netsym.draw(RECURRENT["lstm"]())
    said = text_of(picture)
    assert said.count("LSTM") == said.count("same W, U, b") == 3
    assert [s for s in said if re.fullmatch("x[0-9]", s)] == ["x1", "x2", "x3"]
    assert {"h0 = 0", "c0 = 0", "h1", "c2", "h3", "memory c, along the top"} <= set(said)
    assert {m.unit for m in picture.marks if isinstance(m, Box)} == {"h1_1", "h1_2", "h1_3"}
    assert text_of(netsym.draw(RECURRENT["four"]())).count("RNN") == 4


def test_of_many_steps_the_first_two_and_the_last_are_drawn() -> None:
    picture = netsym.draw(RECURRENT["long"]())
    said = text_of(picture)
    assert [s for s in said if re.fullmatch("x[0-9]+", s)] == ["x1", "x2", "x12"]
    assert {"⋯", "h11", "h12", "c11"} <= set(said)
    assert "steps 3 to 11 are left out" in picture.description


def test_steps_that_give_outputs_each_have_one() -> None:
    said = text_of(netsym.draw(RECURRENT["each"]()))
    assert {"ŷ1", "ŷ2", "ŷ3", "h1[1]", "h0[1] = 0"} <= set(said)


def test_what_begins_at_the_last_step_is_a_box() -> None:
    said = " ".join(text_of(netsym.draw(RECURRENT["back"]())))
    assert "from the last step to the first" in said and "4 × 2" in said


# -- nothing covers anything ----------------------------------------------------------------------
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: File(spec).name)
def test_nothing_covers_anything(spec: str) -> None:
    assert not faults(netsym.draw(spec))


@pytest.mark.parametrize("name", RECURRENT)
def test_nothing_covers_anything_in_time(name: str) -> None:
    assert not faults(netsym.draw(RECURRENT[name]()))


def numbered(network: netsym.Network) -> netsym.Network:
    names = network.parameter_names()
    return network.with_parameters({n: (-1) ** k * (k + 1) / 7 for k, n in enumerate(names)})


@pytest.mark.parametrize("spec", DENSE)
def test_numbers_cover_nothing(spec: str) -> None:
    assert not faults(netsym.draw(numbered(netsym.parse(spec))))


@pytest.mark.parametrize("start", range(0, many(200, 20), 10))
def test_random_networks(start: int) -> None:
    """Of every family of layers, wired at random: well-formed, and nothing covers anything."""
    for seed in range(start, start + 10):
        picture = netsym.draw(small_network(seed).network)
        assert elements(picture, "text")
        assert not faults(picture), seed


def test_faults_are_seen() -> None:
    """What looks for them above finds each kind."""
    marks = (
        Label(100, 100, ("some words",)), Label(110, 104, ("others",), turn=30),
        Circle(100, 100, 20, unit="a"), Circle(150, 105, 40, unit="b"),
        Box(95, 90, 50, 40, unit="c"), Box(120, 100, 50, 50, unit="d"),
        Path(((0, 110), (300, 110)),), Label(398, 20, ("cut",)),
    )  # fmt: skip
    found = " ".join(faults(Picture("", "", 400, 400, marks)))
    for kind in ("and ('others',)", "the units a and b", "side of c", "boxes c and d",
                 "a line from", "the unit b", "cut off"):  # fmt: skip
        assert kind in found


# -- as SVG ---------------------------------------------------------------------------------------
SOME = ["2-3-3-1:sigmoid", "784-128relu-10softmax", "2-4tanh-4tanh+-1", "vgg16"]


@pytest.mark.parametrize("spec", SOME)
def test_those_who_do_not_see_it_are_told(spec: str) -> None:
    picture = netsym.draw(spec)
    (root,) = elements(picture, "svg")
    (title,), (said,) = elements(picture, "title"), elements(picture, "desc")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], said.attrib["id"]]
    assert (title.text, said.text) == (picture.title, picture.description)
    assert len(picture.description) > 40


@pytest.mark.parametrize("spec", SOME)
def test_ids_are_there_once_and_differ_between_pictures(spec: str) -> None:
    text = netsym.draw(spec).svg()
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {*re.findall(r"url\(#([^)]+)\)", text)} <= {*ids}
    others = re.findall(r' id="([^"]+)"', netsym.draw("1-3-1:relu").svg())
    assert not {*ids} & {*others}
    own = re.findall(r' id="([^"]+)"', netsym.draw(spec).svg(id="mine"))
    assert own and all(each.startswith("mine-") for each in own)


@pytest.mark.parametrize("spec", SOME)
def test_text_can_be_read(spec: str) -> None:
    sizes = [float(each.attrib["font-size"]) for each in elements(netsym.draw(spec), "text")]
    assert min(sizes) >= 12


@pytest.mark.parametrize("spec", SOME)
def test_the_same_each_time(spec: str) -> None:
    one, again = netsym.draw(spec), netsym.draw(spec)
    assert (one, one.svg(), one.tikz()) == (again, again.svg(), again.tikz())
    assert one._repr_svg_() == one.svg()


def test_nothing_comes_from_elsewhere() -> None:
    for spec in SOME:
        text = netsym.draw(spec).svg()
        assert not re.search(r"<script|<style|<image|href|@import|url\((?!#)", text)
        assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


HOSTILE = [
    "</title><script>alert(1)</script>", "\"' onload=alert(1) x=\"", "a & b < c > d &amp; ]]>",
    r"\end{document}\input{/etc/passwd}", "% $x$ #1 _a ^b ~ {", "\\", "אבג العربية",
    "中文 é ñ ø ß ½", "😀 e\u0301", "--> <!-- %%",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_names_of_others_are_text_in_svg(words: str) -> None:
    wires = [(words, Dense(units=2), ["input"], {}), ("b", Dense(units=2, skip=True), [words], {})]
    picture = netsym.draw(netsym.Network.of(words, 2, wires))
    (title,) = elements(picture, "title")
    assert title.text == words
    assert words in text_of(picture) or f"{words[:21]}…" in text_of(picture)
    assert not elements(picture, "script")
    known = {"class", "data-u", "data-e", "x", "y", "width", "height", "rx", "fill", "stroke",
             "stroke-width", "stroke-dasharray"}  # fmt: skip
    assert all({*each.attrib} <= known for each in elements(picture, "rect"))


@pytest.mark.parametrize("sign", ["\u202e", "\u200f", "\u2066", "\x00"])
def test_signs_that_turn_text_around_are_no_names(sign: str) -> None:
    """A network with such a title is refused, so that no picture can have it."""
    with pytest.raises(netsym.SpecError, match="printable"):
        netsym.Network.of(f"a{sign}b", 1, [("a", Dense(units=1), ["input"], {})])


# -- golden files ---------------------------------------------------------------------------------
WRITTEN = {
    "dense": "1-2-1:sigmoid", "cut": "9-8relu-1", "skip": "2-2tanh-2tanh+-1",
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["svg", "tex"])
@pytest.mark.parametrize("name", WRITTEN)
def test_golden(name: str, suffix: str) -> None:
    picture = netsym.draw(WRITTEN[name])
    text = (picture.svg() if suffix == "svg" else picture.tikz()) + "\n"
    path = GOLDEN / f"{name}.{suffix}"
    if os.environ.get("NETSYM_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} was written anew: read it")
    assert path.read_text(encoding="utf-8") == text
