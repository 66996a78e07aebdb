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
from tests.cli.running import run
from tests.effort import many
from tests.notes.browser import found, printed
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
        on(first, 'keydown', {key: 'Enter'}); found.folded = shut();
        on(first, 'keydown', {key: ' '}); found.open = shut();
        found.names = order.map(e => e.getAttribute('aria-label') || e.textContent.trim() ||
          (e.labels && e.labels.length ? e.labels[0].textContent : ''));
        found.small = order.filter(e => e.matches('button')).map(e => e.getBoundingClientRect())
          .filter(r => r.width && (r.width < 36 || r.height < 36)).length;
    """, tmp_path)  # fmt: skip
    assert sorted(there["units"]) == ["L", "a1_1", "a1_2", "a1_3", "y"]
    assert there["focused"] == "a1_1"
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
        slider.value = slider.max; on(slider, 'input'); found.all = shown();
        found.values = V;
        found.deltas = [...document.querySelectorAll('#drawing .delta')].map(e => e.dataset.u);
    """, tmp_path)  # fmt: skip
    assert there["most"] == "3"
    assert there["first"] == ["back to layer 2"]
    assert {*there["lit"]} == {"y"}
    assert there["all"] == ["back to layer 2", "back to layer 1", "derivatives"]
    assert sorted(there["deltas"]) == ["a1_1", "a1_2", "a1_3", "y"]
    network = netsym.parse("2-3-1:sigmoid")
    slope = netsym.cost(network, "bce").layered.gradient()
    given = dict(zip(network.parameter_names(), NUMBERS, strict=True))
    right = np.ravel(slope(0, 0, 0, parameters=given)).tolist()
    names = [each.name for each in slope.outputs]
    for name, value in zip(names, right, strict=True):
        assert there["values"][name] == pytest.approx(value, rel=1e-12, abs=1e-15)


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


def test_a_telephone_scrolls_only_in_the_formula(tmp_path: Path) -> None:
    """In a frame of 390 pixels, as a browser without a head has a least width of its own."""
    page = html().replace("&", "&amp;").replace('"', "&quot;")
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body style="margin:0">'
    phone = f'<iframe id="phone" width="390" height="844" srcdoc="{page}"></iframe>'
    frame = f"{head}{phone}</body></html>"
    there = found(frame, """
        const body = document.getElementById('phone').contentDocument.documentElement;
        found.wide = body ? body.scrollWidth : 0;
    """, tmp_path)  # fmt: skip
    assert 0 < there["wide"] <= 390


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
