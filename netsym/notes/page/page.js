"use strict";
const $ = id => document.getElementById(id), all = (s, e = document) => [...e.querySelectorAll(s)];
const DATA = JSON.parse($("data").textContent), SKINS = DATA.skins, V = {};
const short = v => Number.isFinite(v) ? (v < 0 ? "−" : "") + String(+Math.abs(v).toPrecision(3)) : String(v);
const fixed = v => Number.isFinite(v) ? (v < 0 ? "−" : "") + Math.abs(v).toFixed(3) : String(v);
const rows = [...DATA.examples, DATA.own];
let row = 0, skin = DATA.start, back = 0, numbers = false, open = new Set(SKINS.flatMap(s => s.units));

function compute(values) {
  const v = {...DATA.weights};
  DATA.inputs.forEach((name, i) => v[name] = values[i]);
  forward(v);
  return v;
}
function cost() {
  const losses = DATA.examples.map(values => compute(values)[DATA.loss]);
  const sum = losses.reduce((a, b) => a + b, 0), w = DATA.penalized.map(name => DATA.weights[name]);
  const mean = DATA.reduction === "sum" ? sum : sum / losses.length;
  const l2 = DATA.l2 / 2 * w.reduce((a, b) => a + b * b, 0), l1 = DATA.l1 * w.reduce((a, b) => a + Math.abs(b), 0);
  return {mean, l2, l1, J: mean + l2 + l1};
}

// ---------- what is drawn as one, and what is shown
const held = u => DATA.wholes[u]?.units || [u];
const isOpen = u => held(u).every(e => open.has(e));
const idOf = e => e.dataset.u || e.dataset.e;
const number = v => {
  const sign = v < 0 ? '<mo form="prefix">−</mo>' : "", text = `${sign}<mn>${short(Math.abs(v))}</mn>`;
  return v < 0 ? `<mrow><mo stretchy="false">(</mo>${text}<mo stretchy="false">)</mo></mrow>` : text;
};
const written = $("formula").cloneNode(true); // with names everywhere, whatever is shown
function inNumbers(element, values) { // symbols and folded values; a clone has none kept yet
  all("[data-e], .name[data-u]", element).forEach(e => {
    const value = values[e.dataset.e || e.dataset.u];
    if (value !== undefined) e.innerHTML = number(value);
  });
  all("mo", element).forEach(e => { if (e.textContent === "\u2062") e.textContent = "⋅"; });
}
function render() {
  Object.assign(V, compute(rows[row]));
  const formula = $("formula");
  formula.replaceChildren(...written.cloneNode(true).childNodes);
  if (numbers) inNumbers(formula, V);
  all(".sum", formula).forEach(e => e.style.display = numbers ? "none" : "");
  all(".one", formula).forEach(e => e.style.display = numbers ? "" : "none");
  all(".part", formula).forEach(e => e.classList.toggle("shut", !open.has(e.dataset.u)));
  all("#back li").forEach(e => e.classList.toggle("later", +e.dataset.step > back));
  drawing(new Set(all("[data-u],[data-e]", formula).filter(e => !e.parentElement.closest(".shut")).map(idOf)));
  table();
  all("[data-skin]").forEach(e => e.setAttribute("aria-pressed", +e.dataset.skin === skin));
  $("skin").value = skin;
  $("skin").setAttribute("aria-valuetext", skin ? `${SKINS[skin - 1].name} written out` : "only names");
  if ($("steps")) $("steps").value = back;
  $("numbers").setAttribute("aria-pressed", numbers);
}
const known = new Set(all("[data-u],[data-e]", written).map(idOf));
function drawing(seen) { // what the formula does not show yet is pale
  all("#drawing .value, #drawing .delta").forEach(e => e.remove());
  all("#drawing text.label[data-u]").forEach(label => {
    const u = label.dataset.u, at = (text, dy, kind) => {
      const e = document.createElementNS("http://www.w3.org/2000/svg", "text");
      e.setAttribute("class", kind); e.setAttribute("text-anchor", "middle"); e.dataset.u = u;
      e.setAttribute("x", label.getAttribute("x")); e.setAttribute("y", +label.dataset.y + dy);
      e.textContent = text; label.after(e);
    };
    if (V[u] === undefined) return;
    label.dataset.y ??= label.getAttribute("y");
    label.setAttribute("y", +label.dataset.y - 7);
    at(short(V[u]), 14, "value");
    const delta = DATA.deltas[u];
    if (delta && delta.step <= back) at(`δ ${short(V[delta.name])}`, 35, "delta");
  });
  all("#drawing [role=button]").forEach(e => {
    const u = e.dataset.u, called = DATA.wholes[u]?.name || `${DATA.words[u]} is ${short(V[u])}`;
    e.classList.toggle("folded", !isOpen(u));
    e.setAttribute("aria-expanded", isOpen(u));
    e.setAttribute("aria-label", `${called}, ${isOpen(u) ? "written out" : "a name"}`);
  });
  all("#drawing [data-u],#drawing [data-e]").forEach(e => {
    const units = held(idOf(e)).filter(u => known.has(u));
    e.classList.toggle("off", units.length > 0 && !units.some(u => seen.has(u)));
  });
}
function table() {
  const body = $("examples");
  if (!body) return;
  rows.forEach((values, i) => {
    const v = compute(values), tr = body.rows[i];
    tr.classList.toggle("on", i === row);
    all("button", tr).forEach(b => b.setAttribute("aria-pressed", i === row));
    all("[data-v]", tr).forEach(td => td.textContent = fixed(v[td.dataset.v]));
  });
  if ($("J")) for (const [key, value] of Object.entries(cost())) if ($(key)) $(key).textContent = fixed(value);
}

// ---------- what is said, and what is lit on both sides
function light(id, speak = true) {
  all(".lit").forEach(e => e.classList.remove("lit"));
  if (!id) return;
  all("[data-u],[data-e]").filter(e => [idOf(e), ...held(idOf(e))].some(u => u === id || held(id).includes(u)))
    .forEach(e => e.classList.add("lit"));
  if (speak) say(id);
}
const math = (tag, ...inside) => {
  const e = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  e.append(...inside);
  return e;
};
const equals = () => math("mo", "=");
const spoken = (e, words) => { e.setAttribute("alttext", words); return e; };
function line(id) { // the equation of a value, with names for the values in it
  const row = all("#back [data-line]").find(e => e.dataset.line === id);
  if (row) return math("math", ...row.cloneNode(true).childNodes);
  const part = all(".part", written).find(e => e.dataset.u === id);
  if (!part) return null;
  const copy = part.cloneNode(true), [name, body] = copy.children;
  all(".part", body).forEach(e => e.replaceWith(e.firstElementChild));
  return math("math", name, equals(), body);
}
function told(s) { // a skin and the first of its values
  const names = s.units.slice(0, 6).map(u => {
    const part = all(".part", written).find(e => e.dataset.u === u);
    return spoken(math("math", part.firstElementChild.cloneNode(true)), DATA.words[u]);
  });
  const more = s.units.length - names.length, last = names.length - 1;
  const listed = names.flatMap((m, i) => [i === 0 ? "" : i === last && !more ? " and " : ", ", m]);
  return [`${s.name[0].toUpperCase()}${s.name.slice(1)}: `, ...listed, more ? ` and ${more} more written out.` : " written out."];
}
function say(id) {
  const shown = line(id);
  if (!shown) { $("say").textContent = V[id] === undefined ? "" : `${DATA.words[id] || id} = ${short(V[id])}`; return; }
  const formula = shown.lastElementChild, worked = formula.cloneNode(true);
  inNumbers(worked, V);
  if (worked.textContent !== short(V[id])) formula.after(equals(), worked);
  shown.insertAdjacentHTML("beforeend", `<mo>=</mo>${number(V[id]).replace(/<mrow><mo[^>]*>\(<\/mo>|<mo[^>]*>\)<\/mo><\/mrow>/g, "")}`);
  $("say").replaceChildren(spoken(shown, `${DATA.words[id] || id} is ${short(V[id])}`));
}

// ---------- what a person does
function peel(n) {
  skin = Math.max(0, Math.min(SKINS.length, n));
  open = new Set(SKINS.slice(0, skin).flatMap(s => s.units));
  render();
  if (skin) $("say").replaceChildren(...told(SKINS[skin - 1]));
  else $("say").textContent = "Only names: nothing is written out.";
}
function toggle(u) {
  const units = held(u).filter(e => DATA.foldable.includes(e));
  if (isOpen(u)) units.forEach(e => open.delete(e)); else for (const e of units.flatMap(e => [e, ...DATA.above[e]])) open.add(e);
  const at = SKINS.findIndex((_, n) => SKINS.slice(0, n).flatMap(s => s.units).length === open.size);
  skin = at < 0 ? (open.size === DATA.foldable.length ? SKINS.length : skin) : at;
  render(); light(u);
}
function propagate(n) {
  back = Math.max(0, Math.min(DATA.steps.length, n));
  render();
  if (back) { light(""); for (const id of DATA.steps[back - 1].units) all(`#drawing [data-u="${CSS.escape(id)}"]`).forEach(e => e.classList.add("lit")); }
  const shown = all(`#back [data-step="${back}"] math`).slice(0, 3).flatMap(e => [" ", e.cloneNode(true)]);
  $("say").replaceChildren(back ? DATA.steps[back - 1].say : "", ...shown);
}
function choose(n) { if (n >= 0 && n < rows.length) { row = n; render(); } }
const at = target => { const e = target.closest && target.closest("[data-u],[data-e]"); return e && idOf(e); };
const folds = u => held(u).some(e => DATA.foldable.includes(e));
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, e => { const id = at(e.target); if (id) light(id); });
document.addEventListener("click", e => {
  const b = e.target.closest("button"), d = b && b.dataset;
  if (d && d.skin !== undefined) peel(+d.skin);
  else if (d && d.row !== undefined) choose(+d.row);
  else if (!b) { const id = at(e.target); if (id) folds(id) ? toggle(id) : light(id); }
});
document.addEventListener("input", e => {
  const d = e.target.dataset;
  if (d.own !== undefined) { rows[rows.length - 1][+d.own] = +e.target.value || 0; choose(rows.length - 1); }
  if (d.weight !== undefined) { DATA.weights[d.weight] = +e.target.value || 0; render(); light(d.weight); }
});
$("skin").addEventListener("input", e => peel(+e.target.value));
$("less").onclick = () => peel(skin - 1);
$("more").onclick = () => peel(skin + 1);
if ($("steps")) $("steps").addEventListener("input", e => propagate(+e.target.value));
$("numbers").onclick = () => { numbers = !numbers; render(); };
$("theme").onclick = () => {
  const d = document.documentElement, now = d.dataset.theme || (matchMedia("(prefers-color-scheme:dark)").matches ? "dark" : "light");
  d.dataset.theme = now === "dark" ? "light" : "dark";
};
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input[type=number]")) return;
  const u = e.target.closest && e.target.closest("[role=button][data-u]");
  if ((e.key === "Enter" || e.key === " ") && u) { e.preventDefault(); toggle(u.dataset.u); }
  else if (e.key === "+" || e.key === "=") peel(skin + 1);
  else if (e.key === "-") peel(skin - 1);
  else if (/^[1-9]$/.test(e.key)) choose(+e.key - 1);
});
addEventListener("beforeprint", () => { open = new Set(DATA.foldable); back = DATA.steps.length; numbers = false; render(); });
all("#drawing .unit[data-u], #drawing .loss[data-u], #drawing rect.layer[data-u]").forEach(e => {
  if (!folds(e.dataset.u)) return;
  e.setAttribute("role", "button"); e.setAttribute("tabindex", "0");
});
$("drawing").querySelector("svg").setAttribute("role", "group");
all(".js").forEach(e => e.classList.remove("js"));
const asked = new URLSearchParams(location.hash.slice(1));
if (asked.has("dark")) document.documentElement.dataset.theme = "dark";
peel(asked.has("step") ? +asked.get("step") : DATA.start);
if (asked.has("back")) propagate(+asked.get("back"));
