"""Pages, in a real browser: what is lit, peeled, folded, worked out, printed and read aloud."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers.recurrent import GRU, RNN
from netsym.notes.page.page import Page
from tests.cli.running import run
from tests.effort import many
from tests.notes.browser import found, on_a_phone, printed
from tests.recognise.stacks import stack
from tests.small_networks import small_network

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
NUMBERS = [4.2, -3.9, -4.4, 4.1, 0.8, 0.7, -2.1, -2.2, -0.4, 5.3, 5.5, -0.6, -2.6]


def trained() -> netsym.Network:
    network = netsym.parse("2-3-1:sigmoid")
    return network.with_parameters(dict(zip(network.parameter_names(), NUMBERS, strict=True)))


@cache
def html() -> str:
    return netsym.page(trained(), "bce", data=XOR, l2=0.001).html()


CLICK = """
const on = (e, kind, more = {}) => e.dispatchEvent(new (kind.startsWith('key') ? KeyboardEvent :
  kind.startsWith('pointer') ? PointerEvent : MouseEvent)(kind, {bubbles: true, ...more}));
const part = u => document.querySelector(`#formula .part[data-u="${u}"]`);
const unit = u => document.querySelector(`#drawing [role=button][data-u="${u}"]`);
const shut = () => [...document.querySelectorAll('#formula .part.shut')].map(e => e.dataset.u);
const lit = () => [...document.querySelectorAll('.lit')].map(e => e.dataset.u || e.dataset.e);
const text = id => document.getElementById(id).textContent;
"""


def seen(script: str, folder: Path, page: str = "", size: str = "1240,1300") -> dict[str, Any]:
    return found(page or html(), CLICK + script, folder, size)


def test_all_is_written_out_at_first_and_every_value_once(tmp_path: Path) -> None:
    there = seen("""
        found.shut = shut();
        found.parts = [...document.querySelectorAll('#formula .part')].map(e => e.dataset.u);
    """, tmp_path)  # fmt: skip
    assert there["shut"] == []
    assert sorted(there["parts"]) == ["L", "a1_1", "a1_2", "a1_3", "y"]


def test_skins_are_peeled_by_slider_buttons_and_keys(tmp_path: Path) -> None:
    there = seen("""
        const skins = [];
        document.getElementById('less').click(); skins.push(shut());
        document.querySelector('[data-skin="1"]').click(); skins.push(shut());
        const slider = document.getElementById('skin');
        slider.value = 0; on(slider, 'input'); skins.push(shut());
        on(document.body, 'keydown', {key: '+'}); skins.push(shut());
        on(document.body, 'keydown', {key: '-'}); skins.push(shut());
        for (let n = 0; n < 9; n++) on(document.body, 'keydown', {key: '+'});
        skins.push(shut());
        found.skins = skins; found.said = text('say');
        found.pressed = [...document.querySelectorAll('[data-skin][aria-pressed="true"]')]
          .map(e => e.textContent);
    """, tmp_path)  # fmt: skip
    units = ["a1_1", "a1_2", "a1_3"]
    every = ["L", "y", *units]
    assert there["skins"] == [units, ["y", *units], every, ["y", *units], every, []]
    assert there["pressed"] == ["layer 1"]
    assert there["said"].startswith("Layer 1: ")


def test_a_click_folds_a_unit_and_shows_what_it_is_written_in(tmp_path: Path) -> None:
    there = seen("""
        const states = [];
        unit('a1_2').dispatchEvent(new MouseEvent('click', {bubbles: true})); states.push(shut());
        document.querySelector('[data-skin="0"]').click();
        unit('a1_1').dispatchEvent(new MouseEvent('click', {bubbles: true})); states.push(shut());
        on(part('y').querySelector('.name') || part('y'), 'click'); states.push(shut());
        found.states = states;
        found.expanded = unit('a1_1').getAttribute('aria-expanded');
        found.label = unit('a1_2').getAttribute('aria-label');
    """, tmp_path)  # fmt: skip
    assert there["states"] == [["a1_2"], ["a1_2", "a1_3"], ["y", "a1_2", "a1_3"]]
    assert there["expanded"] == "true"
    assert re.fullmatch(r"a 1 2 is 0\.0998, a name", there["label"])


def test_both_sides_are_lit(tmp_path: Path) -> None:
    there = seen("""
        on(document.querySelector('#drawing [data-e="w1_2_1"]'), 'pointerover');
        found.edge = lit();
        on(part('a1_3'), 'pointerover'); found.unit = lit(); found.said = text('say');
        found.places = [...document.querySelectorAll('.lit')].map(e => !!e.closest('#drawing'));
    """, tmp_path)  # fmt: skip
    assert {*there["edge"]} == {"w1_2_1"}
    assert len(there["edge"]) >= 3  # the line, its label, the symbol
    assert {*there["unit"]} == {"a1_3"}
    assert {*there["places"]} == {False, True}
    said = there["said"].replace("\u2061", "").replace("\u2062", "")
    assert said == "a3[1](i)=σ(w31[1]x1(i)+w32[1]x2(i)+b3[1])=σ(0.8⋅0+0.7⋅0+(−0.4))=0.401"


def test_the_keyboard_reaches_every_unit(tmp_path: Path) -> None:
    there = seen("""
        const order = [...document.querySelectorAll('button,input,[tabindex="0"],summary')]
          .filter(e => e.tabIndex >= 0);
        found.units = order.filter(e => e.matches('[role=button]')).map(e => e.dataset.u);
        const first = unit('a1_1');
        first.focus(); found.focused = document.activeElement.dataset.u; found.lit = lit();
        found.ring = getComputedStyle(first).outlineWidth;
        on(first, 'keydown', {key: 'Enter'}); found.folded = shut();
        on(first, 'keydown', {key: ' '}); found.open = shut();
        found.names = order.map(e => e.getAttribute('aria-label') || e.textContent.trim() ||
          (e.labels && e.labels.length ? e.labels[0].textContent : ''));
        found.small = order.filter(e => e.matches('button')).map(e => e.getBoundingClientRect())
          .filter(r => r.width && (r.width < 36 || r.height < 36)).length;
    """, tmp_path)  # fmt: skip
    assert sorted(there["units"]) == ["L", "a1_1", "a1_2", "a1_3", "y"]
    assert (there["focused"], there["ring"]) == ("a1_1", "3px")
    assert {*there["lit"]} == {"a1_1"}
    assert (there["folded"], there["open"]) == (["a1_1"], [])
    assert all(there["names"])
    assert there["small"] == 0


def test_numbers_are_those_of_the_network(tmp_path: Path) -> None:
    there = seen("""
        found.rows = [...document.getElementById('examples').rows].map(r =>
          [...r.querySelectorAll('[data-v]')].map(e => e.textContent));
        found.J = text('J');
        on(document.body, 'keydown', {key: '2'});
        document.getElementById('numbers').click();
        found.formula = part('L').textContent;
        const own = document.querySelector('[data-own="0"]');
        own.value = 0.5; on(own, 'input');
        const mine = document.getElementById('examples').rows[4];
        found.own = mine.querySelector('[data-v]').textContent;
        const weight = document.querySelector('[data-weight="b2_1"]');
        weight.value = 1; on(weight, 'input'); found.after = text('J');
    """, tmp_path)  # fmt: skip
    network, cost = trained(), netsym.cost(trained(), "bce", data=XOR, l2=0.001)
    outputs = [float(network(*row)) for row in XOR[0]]
    losses = [float(netsym.cost(network, "bce")(*x, t)) for x, t in zip(*XOR, strict=True)]
    shown = [[f"{y:.3f}", f"{loss:.3f}"] for y, loss in zip(outputs, losses, strict=True)]
    assert there["rows"][:4] == shown
    assert there["J"] == f"{float(cost()):.3f}"
    assert there["own"] == f"{float(network(0.5, 0)):.3f}"
    moved = netsym.parse("2-3-1:sigmoid")
    values = dict(zip(moved.parameter_names(), [*NUMBERS[:-1], 1.0], strict=True))
    after = netsym.cost(moved.with_parameters(values), "bce", data=XOR, l2=0.001)
    assert there["after"] == f"{float(after()):.3f}"
    assert "4.2" in there["formula"]
    assert "w" not in there["formula"]


def test_back_propagation_has_a_slider_and_right_numbers(tmp_path: Path) -> None:
    there = seen("""
        const slider = document.getElementById('steps'); found.most = slider.max;
        const shown = () => [...document.querySelectorAll('#back li:not(.later) h3')]
          .map(e => e.textContent);
        slider.value = 1; on(slider, 'input'); found.first = shown(); found.lit = lit();
        slider.value = 2; on(slider, 'input'); found.short = text('say');
        slider.value = slider.max; on(slider, 'input'); found.all = shown();
        found.values = V;
        found.deltas = [...document.querySelectorAll('#drawing .delta')].map(e => e.dataset.u);
    """, tmp_path)  # fmt: skip
    assert there["most"] == "4"
    assert there["first"] == ["back to layer 2"]
    assert {*there["lit"]} == {"y"}
    assert there["short"] == "Step 2: loss and sigmoid cancel. δ1[2](i)=y^(i)−y(i)"
    assert there["all"] == [
        "back to layer 2", "loss and sigmoid cancel", "back to layer 1", "derivatives",
    ]  # fmt: skip
    assert sorted(there["deltas"]) == ["a1_1", "a1_2", "a1_3", "y"]
    network = netsym.parse("2-3-1:sigmoid")
    slope = netsym.cost(network, "bce").layered.gradient()
    given = dict(zip(network.parameter_names(), NUMBERS, strict=True))
    right = np.ravel(slope(0, 0, 0, parameters=given)).tolist()
    names = [each.name for each in slope.outputs]
    for name, value in zip(names, right, strict=True):
        assert there["values"][name] == pytest.approx(value, rel=1e-12, abs=1e-15)


def steps_of(spec: str, loss: str) -> dict[str, list[str]]:
    """The steps of back propagation by their titles: what each says, in words."""
    page = netsym.page(netsym.parse(spec), loss)
    assert isinstance(page, Page)
    return {step.title: [part.spoken for part in step.parts] for step in page.onion.steps}


def test_what_cancels_is_a_step_of_its_own_where_it_is_proved() -> None:
    found = steps_of("2-3softmax", "cross_entropy")
    assert [*found] == ["back to layer 1", "loss and softmax cancel", "derivatives"]
    assert found["loss and softmax cancel"] == [
        f"delta 1 {n} equals y hat {n}, minus t {n}" for n in (1, 2, 3)
    ]
    shared = steps_of("2-2sigmoid", "bce")["loss and sigmoid cancel"]
    assert shared[1] == "delta 1 2 equals the fraction, y hat 2, minus t 2, over, 2, end"
    for spec, loss in [("2-3-1:sigmoid", "mse"), ("2-3-1:tanh", "mse"), ("1-1+:sigmoid", "mse")]:
        assert not [title for title in steps_of(spec, loss) if "cancel" in title]


LSTM = str(Path(__file__).parents[2] / "examples" / "lstm.toml")


def test_skins_of_a_sequence_go_from_the_last_step_to_the_first(tmp_path: Path) -> None:
    there = seen("""
        found.skins = SKINS.map(s => s.name); found.first = SKINS[1].units;
        const box = unit('h1_5'), states = [];
        document.querySelector('[data-skin="1"]').click(); states.push(shut().length);
        on(box, 'click'); states.push(shut().length);
        found.states = states; found.label = box.getAttribute('aria-label');
        found.lit = [...document.querySelectorAll('#drawing rect.lit')].map(e => e.dataset.u);
        on(box, 'keydown', {key: 'Enter'}); found.again = shut().length;
    """, tmp_path, netsym.page(netsym.load(LSTM)).html())  # fmt: skip
    steps = [f"layer 1 at step {step}" for step in (5, 4, 3, 2, 1)]
    assert there["skins"] == ["output", *steps]
    assert there["first"] == [f"{gate}1_5_1" for gate in "ifgcoh"]
    assert there["states"] == [29, 23]  # of 29 gates and states the six of a step are open
    assert there["label"] == "layer 1 at step 5, written out"
    assert there["lit"] == ["h1_5"]
    assert there["again"] == 29


def test_layers_that_read_every_step_have_skins_by_step() -> None:
    stacked = netsym.Network.of(
        "stacked", 3,
        [("a", RNN(units=1, returns="all"), ["input"], {}),
         ("b", GRU(units=1, returns="all"), ["a"], {})], shape=(3, 1),
    )  # fmt: skip
    page = netsym.page(stacked)
    assert isinstance(page, Page)
    names = [skin.name for skin in page.onion.skins]
    assert names == [
        "output", *(f"layer {n} at step {step}" for n in (2, 1) for step in (3, 2, 1)),
    ]  # fmt: skip
    assert {unit for skin in page.onion.skins for unit in skin.units} <= page.onion.parts.keys()


def test_the_name_on_a_rim_folds_its_skin(tmp_path: Path) -> None:
    there = seen("""
        const rim = name => [...document.querySelectorAll('#drawing .rim')]
          .find(e => e.textContent === name);
        found.rims = [...document.querySelectorAll('#drawing .rim')].map(e => e.textContent);
        on(rim('output'), 'click'); found.folded = shut();
        on(rim('output'), 'click'); found.open = shut();
        on(rim('output'), 'pointerover'); found.lit = lit();
    """, tmp_path)  # fmt: skip
    assert there["rims"] == ["cost J: mean of 4 losses + L2 0.001", "loss", "output"]
    assert (there["folded"], there["open"]) == (["y"], [])
    assert "y" in there["lit"]


def test_what_is_not_written_out_yet_is_pale(tmp_path: Path) -> None:
    there = seen("""
        const pale = n => {
          document.querySelector(`[data-skin="${n}"]`).click();
          return [...document.querySelectorAll('#drawing .off')]
            .map(e => e.dataset.u || e.dataset.e);
        };
        found.pale = [0, 1, 2, 3].map(n => [...new Set(pale(n))].sort());
    """, tmp_path)  # fmt: skip
    first = [f"w1_{unit}_{n}" for unit in (1, 2, 3) for n in (1, 2)] + ["x_1", "x_2"]
    second = [f"w2_1_{unit}" for unit in (1, 2, 3)] + ["a1_1", "a1_2", "a1_3"]
    cost, loss, output, layer = there["pale"]
    assert loss == sorted([*first, *second])
    assert {*cost} == {*loss, "output", "t", "y"}
    assert (output, layer) == (sorted(first), [])


def pages() -> dict[str, str]:
    """A page of every kind: with a cost, of steps, of classes, of layers alone, a note."""
    return {
        "cost": html(), "steps": netsym.page(netsym.load(LSTM)).html(),
        "classes": netsym.page(netsym.parse("2-3softmax"), "cross_entropy", examples=3).html(),
        "boxes": netsym.page(netsym.parse("2-4tanh-4tanh+-1"), "mse").html(),
        "layers": netsym.page(netsym.parse("784-128relu-10softmax")).html(),
    }  # fmt: skip


def test_formulas_and_drawings_can_be_heard() -> None:
    """Every formula has its words, of an equation all of them; every drawing a title and more."""
    counted = {}
    for name, text in pages().items():
        tags = re.findall(r"<math[^>]*>", text)
        words = [match[1] for tag in tags if (match := re.search(r'alttext="([^"]+)"', tag))]
        assert len(words) == len(tags), name
        equations = [said for said in words if " equals " in said]
        counted[name] = len(words), len(equations)
        assert text.count("<svg") == text.count("<title id=") == text.count("<desc id=") == 1
        (labelled,) = re.findall(r'aria-labelledby="(\S+) (\S+)"', text)
        for id in labelled:
            (said,) = re.findall(rf'id="{id}">([^<]+)<', text)
            assert len(said) > 4
        assert not re.findall(r"<(?:math|mrow|mi)[^>]* aria-label", text), name
    assert counted["cost"] == (1 + 5 + 2 + 1 + 3 + 13, 1 + 2 + 1 + 3 + 13)
    assert all(count for name, (count, _) in counted.items() if name != "layers")


CONTRAST = """
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = color => {
      canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], under) =>
      [r, g, b].map((part, n) => part * a + under[n] * (1 - a)).concat(1);
    const ground = e => {
      const under = e.parentElement ? ground(e.parentElement) : [255, 255, 255, 1];
      return over(rgba(getComputedStyle(e).backgroundColor), under);
    };
    const light = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]].reduce((sum, [part, w]) => {
      const c = part / 255;
      return sum + w * (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    }, 0);
    const contrast = (one, other) => {
      const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
      return (high + .05) / (low + .05);
    };
    const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const measured = root => [...root.querySelectorAll('*')].filter(e =>
      own(e) && e.checkVisibility() && !e.closest('svg,script')).map(e =>
      [contrast(rgba(getComputedStyle(e).color), ground(e)), e.textContent]);
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["cost", "steps"])
def test_contrast_is_measured(name: str, theme: str, tmp_path: Path) -> None:
    """Of all text as it is shown, on its ground: in skins in one another, and lit."""
    there = seen(f"""
        {CONTRAST}
        document.documentElement.dataset.theme = '{theme}';
        document.querySelectorAll('details').forEach(e => e.open = true);
        document.querySelector(`[data-skin="${{SKINS.length}}"]`).click();
        const slider = document.getElementById('steps');
        if (slider) {{ slider.value = slider.max; on(slider, 'input'); }}
        const every = measured(document.body);
        on(part(SKINS[0].units[0]), 'pointerover');
        found.lit = lit().length;
        every.push(...measured(document.body));
        found.count = every.length; found.least = every.sort((a, b) => a[0] - b[0]).slice(0, 3);
        found.known = contrast([118, 118, 118], [255, 255, 255]);
    """, tmp_path, pages()[name])  # fmt: skip
    assert there["known"] == pytest.approx(4.54, abs=0.01)
    assert there["lit"] and there["count"] > 300
    assert there["least"][0][0] >= 4.5, there["least"]


@pytest.mark.parametrize("seed", range(many(20, 2)))
def test_values_of_random_networks(seed: int, tmp_path: Path) -> None:
    network = stack(seed).network
    page = netsym.page(network)
    if not hasattr(page, "onion"):
        return
    there = found(page.html(), "found.values = V; found.own = DATA.own; "
                  "found.weights = DATA.weights;", tmp_path)  # fmt: skip
    own, weights = there["own"], there["weights"]
    named = page.onion.learned.network
    right = np.ravel(named(*own, parameters=weights))
    for name, value in zip(network.output_names.all(), right.tolist(), strict=True):
        assert there["values"][name] == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_exponentials_that_overflow_are_shifted(tmp_path: Path) -> None:
    network = netsym.parse("2-2-3:softmax")
    weights = [1000.0, -3, 2, 500, 0, 0, 1, -1, 700, 0.5, 2, -900, 0, 30, 1]
    network = network.with_parameters(dict(zip(network.parameter_names(), weights, strict=True)))
    points = [[1.0, 2.0], [-3.0, 0.0], [40.0, -7.0], [0.0, 0.0]]
    there = seen(
        f"found.values = {points}.map(x => compute(x)).map(v => [v.y_1, v.y_2, v.y_3]);",
        tmp_path, netsym.page(network).html(),
    )  # fmt: skip
    assert np.allclose(there["values"], network(points), rtol=1e-12, atol=1e-300)


def test_nothing_is_loaded_and_no_script_is_needed() -> None:
    text = html()
    assert not re.search(
        r"(?:src|href)\s*=|url\((?!#)|@import|fetch\(|https?://(?!www\.w3\.org)", text
    )
    static = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    formula = re.search(r'<div id="formula">(.*?)</div>', static, re.DOTALL)
    assert formula is not None
    tree = Tree.fromstring(formula[1])
    assert tree.tag == "math"
    assert len(tree.findall(".//mrow[@data-e]")) >= 13
    assert "hidden" not in static


def test_the_size_of_pages() -> None:
    assert len(html().encode()) <= 60_000
    large = netsym.page(netsym.parse("6-20tanh-19relu-1sigmoid"), "bce")
    assert len(large.html().encode()) <= 400_000


def test_a_telephone_shows_the_whole_formula(tmp_path: Path) -> None:
    there = on_a_phone(html(), """
        found.skin = inside.querySelector('[data-skin][aria-pressed="true"]').textContent;
        const around = inside.getElementById('formula').parentElement;
        found.formula = around.scrollWidth; found.room = around.clientWidth;
    """, tmp_path)  # fmt: skip
    assert there["wide"] <= 390
    assert there["skin"] == "layer 1"
    assert 200 < there["formula"] <= there["room"]


def test_it_is_printed_on_one_sheet(tmp_path: Path) -> None:
    assert printed(html(), tmp_path) == 1


def test_dark_and_light(tmp_path: Path) -> None:
    there = seen("""
        const ground = () => getComputedStyle(document.body).backgroundColor;
        found.first = ground(); document.getElementById('theme').click(); found.then = ground();
        document.getElementById('theme').click(); found.again = ground();
    """, tmp_path)  # fmt: skip
    assert there["first"] == there["again"] != there["then"]


def test_names_of_others_do_not_run(tmp_path: Path) -> None:
    title = '</script><script>document.title = "run"</script><img src=x onerror=alert(1)>'
    evil = replace(netsym.parse("1-2-1:tanh"), title=title)
    there = found(netsym.page(evil).html(), "found.title = document.title;", tmp_path)
    assert there["title"].startswith("The onion of ")


@pytest.mark.parametrize("loss", [None, "mse"])
@pytest.mark.parametrize("seed", range(many(40, 3)))
def test_every_family_has_a_page(seed: int, loss: str | None) -> None:
    network = small_network(seed).network
    text = (netsym.page(network, loss, examples=2) if loss else netsym.page(network)).html()
    assert text.startswith("<!DOCTYPE html>")
    assert text.count("<svg") == 1


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "net.html"
    line = ["page", "2-3-1:sigmoid", "--loss", "bce", "--data", "0,0,0;0,1,1", "-o", target]
    ran = run(capfd, *line)
    assert ran.code == 0
    assert "<title>The onion of 2-3-1:sigmoid</title>" in target.read_text(encoding="utf-8")
    again = run(capfd, *line)  # what is typed as data is no file that could be written
    assert again.code == 0
    data = json.loads(run(capfd, "page", "1-2-1:tanh", "--json").out)
    assert [value["skin"] for value in data["values"]][-1] == "output"
    assert data["kind"] == "onion"
    assert json.loads(run(capfd, "page", "gpt2", "--json").out)["kind"] == "layers"
    made_up = run(capfd, "page", "2-3softmax", "--loss", "cross_entropy", "--examples", "3").out
    assert made_up.count("data-row=") == 4


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(SpecError, match="cross_entropy"):
        netsym.page(netsym.parse("1-2-1:sigmoid"), "cross_entropy")
