"""One row more in a table, and the command line, the API and their messages have it.

Added here are sketches, a program, and Lisp, equations in another notation; and a format, in lines.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import netsym
from netsym.cli import VERBS
from netsym.errors import SpecError
from netsym.files.files import dumps, loads
from netsym.files.formats import FORMATS
from netsym.files.syntax import Format, misspelt
from netsym.forms.form import Form
from netsym.graph.functions import ACTIVATIONS
from netsym.watching import Watcher, no_watcher
from netsym.writers import WIDTH, WRITERS
from netsym.writers.code.c import C
from netsym.writers.code.program import Program, written
from netsym.writers.language import Language
from netsym.writers.ropes import Layout, Rope
from netsym.writers.spelling import ATOM
from netsym.writers.writer import Option, Writer
from tests.cli.running import Ran, run
from tests.conftest import not_installed
from tests.effort import sample


# -- sketches, the whole of it --------------------------------------------------------------------
class Sketch(C):
    """C as a microcontroller takes it."""

    reserved = frozenset({*C.reserved, "setup", "loop"})

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher,
        single: bool = False, indent: int | None = None,
    ) -> None:  # fmt: skip
        self.indent = " " * (indent or 4)
        super().__init__(formula, digits, watcher, float=single)

    def of(self, formula: Form) -> Program:
        return type(self)(formula, single=self.own["float"])

    def given(self, name: str, place: int) -> tuple[str, str]:
        return f"{self.indent}out[{place}] = ", ";\n"


# -- Lisp, the whole of it ------------------------------------------------------------------------
class Lisp(Language):
    words: ClassVar[Mapping[str, str]] = {
        "add": "+", "multiply": "*", "divide": "/", "negate": "-", "power": "expt",
    }  # fmt: skip
    operations = dict.fromkeys(words, ("_write_call", ATOM))
    module = ""

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        word = self.words.get(function) or self.module + self.function(function)
        inner = [piece for operand in operands for piece in (" ", operand)][1:]
        return self.join([f"({word} ", self.join(inner, separated=True), ")"]) if inner else word


class Clojure(Lisp):
    words: ClassVar[Mapping[str, str]] = {**Lisp.words, "power": "Math/pow"}
    module = "Math/"


def spell_lisp(
    formula: Form, *, digits: int | None = None, dialect: str = "scheme", width: int | None = None,
    progress: Watcher = no_watcher,
) -> Lisp:  # fmt: skip
    return DIALECTS[dialect][0](formula, digits, width is not None, progress)


def write_lisp(
    formula: Form, *, dialect: str = "scheme", width: int | None = None, **options: Any
) -> Iterator[str]:
    language = spell_lisp(formula, dialect=dialect, width=width, **options)
    layout = Layout(width or 10**9, len, lambda level: "\n" + "  " * level, 2)
    define = DIALECTS[dialect][1]
    for equation in language.equations():
        yield from layout.lines(f"({define} {language.left(equation)} ", equation.right)
        yield ")\n"


# -- a format, the whole of it --------------------------------------------------------------------
def read_lines(text: str, source: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"layers": []}
    for number, line in enumerate(text.splitlines(), 1):
        key, space, value = line.strip().partition(" ")
        if not space:
            raise misspelt(source, text, number, len(line) + 1, "no value", "write KEY VALUE")
        if key == "type":
            spec["layers"].append({})
        (spec["layers"][-1] if line[0] == " " else spec)[key] = json.loads(value)
    return spec


def write_lines(spec: dict[str, Any]) -> str:
    said = partial(json.dumps, default=str)
    lines = [f"{key} {said(value)}\n" for key, value in spec.items() if key != "layers"]
    rows = (f"  {key} {said(value)}\n" for layer in spec["layers"] for key, value in layer.items())
    return "".join([*lines, *rows])


DIALECTS = {"scheme": (Lisp, "define"), "clojure": (Clojure, "def")}
SINGLE = Option("single", "Sketches: in single precision.")
INDENT = Option("indent", "Sketches: so many spaces before a statement.", least=1, layout=True)
DIALECT = Option("dialect", "Lisp: which one.", words=tuple(DIALECTS))
ROWS = (
    Writer("sketch", written(Sketch), (SINGLE, INDENT), suffixes=(".ino",)),
    Writer("lisp", write_lisp, (WIDTH, DIALECT), spell=spell_lisp, suffixes=(".lisp", ".scm")),
)
LINES = Format("lines", "lines", (".lines",), read_lines, write_lines, sign=r"\Anetsym \d")


@pytest.fixture(autouse=True)
def rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The rows are there when a verb is looked up, which was loaded before."""
    monkeypatch.chdir(tmp_path)
    for name in VERBS:
        import_module(f"netsym.cli.{name}")
    for row in ROWS:
        monkeypatch.setitem(WRITERS, row.name, row)
    monkeypatch.setitem(FORMATS, LINES.name, LINES)


@pytest.fixture
def netsym_(capfd: pytest.CaptureFixture[str]) -> Any:
    def typed(line: str, code: int = 0) -> Ran:
        ran = run(capfd, *line.split())
        assert ran.code == code, ran.err
        return ran

    return typed


LISP = "(define y (tanh (+ (* w1_1_1 x) b1_1)))\n"
KNOWN = (
    "text, latex, mathml, words, python, numpy, javascript, c, fortran, matlab, r, sql, sqlite, "
    "duckdb, postgresql, spark, pyspark, excel, casadi, pyomo, onnx, sympy, sketch, lisp"
)
IN_LINES = """\
netsym 1
title "1-1:tanh"
inputs 1
  type "dense"
  activation "tanh"
  units 1
"""


# -- the language ---------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["show", "inline", "simplify"])
def test_verbs_write_it(verb: str, netsym_: Any) -> None:
    assert netsym_(f"{verb} 1-1:tanh --to lisp").out == LISP
    assert netsym_(f"{verb} 1-1:tanh --to sketch").out == (
        "#include <math.h>\n\nvoid f(const double in[1], const double parameters[2], "
        "double out[1])\n{\n    const double x = in[0];\n"
        "    const double w1_1_1 = parameters[0];\n    const double b1_1 = parameters[1];\n"
        "    out[0] = tanh(w1_1_1*x + b1_1);\n}\n"
    )


def test_other_verbs_write_it(netsym_: Any) -> None:
    said = netsym_("grad 1-1:tanh --wrt inputs --to lisp").out
    assert said.splitlines()[-1].startswith("(define dy_dx (* ")
    assert "pow(" in netsym_("grad 1-1:tanh --wrt inputs --to sketch").out
    assert "out[0] = " in netsym_("inline 1-2-1 --expand-linear --to sketch").out
    (Path("relu.lines")).write_text(dumps(loads(RELU), "lines"))
    assert netsym_("regions relu.lines --at 0.5 --to sketch").out.endswith(
        "    out[0] = 2.0*x;\n}\n"
    )
    assert netsym_("regions relu.lines --at 0.5 --to lisp").out == "(define y (* 2 x))\n"
    for typed, said in {"--to lisp": "", "-o net.lisp": "-o net.lisp (--to lisp)"}.items():
        ran = netsym_(f"regions relu.lines {typed}", 2)
        assert f"{said or typed} is for --at; add --at" in ran.err


RELU = """
netsym = 1
inputs = ["x"]
[[layers]]
type = "dense"
activation = "relu"
weights = [[2]]
bias = false
"""


def test_json_has_right_sides_and_of_a_program_the_program(netsym_: Any) -> None:
    said = json.loads(netsym_("inline 1-1:tanh --to lisp --json").out)
    right = "(tanh (+ (* w1_1_1 x) b1_1))"
    assert said == {"schema": 1, "form": "inlined", "bindings": {}, "outputs": {"y": right}}
    program = "".join(netsym.parse("1-1:tanh").inlined.write("sketch"))
    said = json.loads(netsym_("inline 1-1:tanh --to sketch --json").out)
    assert said == {"schema": 1, "form": "inlined", "sketch": program}


def test_options_come_from_the_row(netsym_: Any) -> None:
    text = netsym_("inline 2-2-1:tanh --to lisp --width 40").out
    assert max(map(len, text.splitlines())) <= 40
    assert "".join(text.split()) == "".join(netsym_("inline 2-2-1:tanh --to lisp").out.split())
    for line, said in {
        "--to sketch --width 40": "--width is for --to text or --to latex or --to lisp; add",
        "--to lisp --onion": "--onion is for --to latex; add",
        "--to lisp --json --width 40": "--width changes nothing beside --json",
        "--to lips": "did you mean 'lisp'?",
        "--to x": f"choose from {KNOWN}",
    }.items():
        assert said in netsym_(f"show 1-1:tanh {line}", 2).err
    said = netsym_("show 1-1:tanh --level matrix --to sketch", 2).err
    assert "--level matrix is for --to text or --to latex" in said
    shown = netsym_("show --help").out
    assert KNOWN in " ".join(shown.split())


def test_a_language_has_options_that_no_other_has(netsym_: Any) -> None:
    clojure = "(def y (Math/tanh (+ (* w1_1_1 x) b1_1)))\n"
    single = "void f(const float in[1], const float parameters[2], float out[1])"
    for verb in ("inline", "show", "simplify"):
        assert netsym_(f"{verb} 1-1:tanh --to lisp --dialect clojure").out == clojure
        assert single in netsym_(f"{verb} 1-1:tanh --to sketch --single").out
    assert netsym_("inline 1-1:tanh -o net.scm --dialect clojure").out == ""
    assert Path("net.scm").read_text() == clojure
    assert netsym_("inline 1-1:tanh --to lisp --dialect scheme").out == LISP
    assert "\n  out[0] = tanh" in netsym_("inline 1-1:tanh --to sketch --indent 2").out
    said = netsym_("grad 1-1:tanh --wrt inputs --to lisp --dialect clojure").out
    assert "(Math/pow " in said and "(expt " not in said
    Path("relu.lines").write_text(dumps(loads(RELU), "lines"))
    said = netsym_("regions relu.lines --at 0.5 --to lisp --dialect clojure").out
    assert said == "(def y (* 2 x))\n"


def test_help_and_json_have_them(netsym_: Any) -> None:
    for verb in ("inline", "show", "grad", "simplify", "regions"):
        said = " ".join(netsym_(f"{verb} --help").out.split())
        assert "--single Sketches: in single precision." in said
        assert "--indent N Sketches: so many spaces before a statement. [x>=1]" in said
        assert "--dialect scheme|clojure Lisp: which one. [default: scheme]" in said
    outputs = json.loads(netsym_("inline 1-1:tanh --to lisp --dialect clojure --json").out)[
        "outputs"
    ]
    assert outputs == {"y": "(Math/tanh (+ (* w1_1_1 x) b1_1))"}
    program = json.loads(netsym_("inline 1-1:tanh --to sketch --single --json").out)["sketch"]
    assert "float x" in program and "double" not in program


def test_they_are_refused_with_others(netsym_: Any) -> None:
    for line, said in {
        "--dialect clojure": "--dialect is for --to lisp; add --to lisp, or leave --dialect out",
        "--single --to python": "--single is for --to sketch; add --to sketch, or leave",
        "--to sketch --indent 2 --json": "--indent changes nothing beside --json",
        "--to lisp --dialect schema": "did you mean 'scheme'?",
        "--to sketch --indent 0": "0 is not in the range x>=1",
        "--to sketch --dialct": "--dialct",
    }.items():
        assert said in netsym_(f"inline 1-1:tanh {line}", 2).err
    formula = netsym.parse("1-1:tanh").inlined
    assert "".join(formula.write("lisp", dialect="clojure")).startswith("(def ")
    for to in ("python", "sketch", "text", "latex"):
        with pytest.raises(TypeError, match="dialect"):
            "".join(formula.write(to, dialect="clojure"))


def test_what_is_written_once_is_no_program(netsym_: Any) -> None:
    Path("rnn.toml").write_text(
        'netsym = 1\nshape = [2, 1]\n[[layers]]\ntype = "lstm"\nunits = 1\n'
    )
    assert "no program" in netsym_("show rnn.toml --form once --to sketch", 2).err
    assert "no program" in netsym_("show rnn.toml --form once --to sketch --json", 2).err
    assert "(define " in netsym_("show rnn.toml --form once --to lisp").out


def test_the_suffix_of_a_file_chooses_it(netsym_: Any) -> None:
    for name in ("net.lisp", "net.SCM"):
        netsym_(f"inline 1-1:tanh -o {name}")
        assert Path(name).read_text() == LISP
    netsym_("inline 1-1:tanh -o net.ino --digits 3")
    assert Path("net.ino").read_text().startswith("#include")
    said = netsym_("inline 1-1:tanh --to lisp -o net.ino", 2).err
    assert (
        "--to lisp writes no .ino file; give one whose name ends in .lisp or .scm, or --to sketch"
        in said
    )
    said = netsym_("inline 1-1:tanh -o net.lines", 2).err
    assert "--to text writes no .lines file; give one whose name ends in .txt" in said
    said = netsym_("inline 1-1:tanh --json -o other.lisp", 2).err
    assert "--json writes no .lisp file; give one whose name ends in .json" in said
    netsym_("inline 1-1:tanh -o net.tex --color")
    assert r"\textcolor" in Path("net.tex").read_text()
    assert "there is no file typo.ino" in netsym_("check 1-1:tanh typo.ino", 2).err


def test_a_suffix_of_several_languages_chooses_none(
    netsym_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for .py, which is Python as it was before others had it."""
    for name in ("one", "other"):
        monkeypatch.setitem(
            WRITERS, name, replace(ROWS[0], name=name, suffixes=(".q",), shared=True)
        )
    said = netsym_("inline 1-1:tanh -o net.q", 2).err
    assert "net.q: several languages are in .q files; add --to one or --to other" in said
    assert not Path("net.q").exists()
    netsym_("inline 1-1:tanh --to other -o net.q")
    assert Path("net.q").read_text().startswith("#include")
    netsym_("inline 1-1:tanh -o net.py")
    assert Path("net.py").read_text().startswith("from math import")
    netsym_("inline 1-1:tanh --to numpy -o net.py")
    assert Path("net.py").read_text().startswith("import numpy")


def test_the_api_writes_it() -> None:
    formula = netsym.parse("1-1:tanh").inlined
    assert "".join(formula.write("lisp")) == LISP
    with pytest.raises(SpecError, match="unknown language 'lips'; did you mean 'lisp'"):
        formula.write("lips")
    with pytest.raises(SpecError, match="choose from text, latex"):
        netsym.parse("1-1:tanh").matrices.write("sketch")


# -- a program ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "expand"), sample([*product(("layered", "shared", "inlined"), (False, True))], 1)
)
def test_what_is_written_in_a_sketch_computes(form: str, expand: bool) -> None:
    """Every activation, and a network too deep for one expression, against its values."""
    if shutil.which("gcc") is None:
        not_installed("gcc", "gcc libc6-dev")
    shapes = [f"2-3{activation}-2{activation}" for activation in ACTIVATIONS] + ["2-1x60-1:tanh"]
    networks = [netsym.parse(shape) for shape in shapes]
    for number, network in enumerate(networks):
        text = "".join(network.formula(form, expand).write("sketch"))
        Path(f"n{number}.ino").write_text(text.replace("void f(", f"void f{number}("))
    files = [f"n{number}.ino" for number in range(len(networks))]
    subprocess.run(
        ["gcc", "-x", "c", "-shared", "-fPIC", "-o", "all.so", *files, "-lm"], check=True
    )
    library = ctypes.CDLL(str(Path("all.so").resolve()))
    random = np.random.default_rng(5)
    for number, network in enumerate(networks):
        given = {name: float(random.normal() / 2) for name in network.parameter_names()}
        taken = network.formula(form, expand).symbols()
        out = (ctypes.c_double * 2)()
        for point in [(0.3, -1.2), (2.0, 5.0), (0.0, 0.0)]:
            numbers = [given[name] for _, names in taken for name in names]
            arrays = [(ctypes.c_double * len(each))(*each) for each in (point, numbers)]
            getattr(library, f"f{number}")(*arrays, out)
            right = np.atleast_1d(network(*point, parameters=given))
            np.testing.assert_allclose(list(out)[: len(right)], right, rtol=1e-12, atol=1e-15)


def test_words_of_the_language_are_no_variables() -> None:
    network = loads(RELU.replace('"x"', '"double"').replace("[[2]]", '[["1/3*gamma"]]'))
    text = "".join(network.inlined.write("sketch"))
    assert "const double double_ = in[0];\n    const double gamma_ = parameters[0];" in text
    assert "(1.0/3.0)*gamma_" in text and "relu(double z)\n{\n    return maximum(z, 0.0);" in text


def test_many_operands_are_taken_in_pairs() -> None:
    formula = netsym.parse("1-1:tanh").inlined
    code = C(formula)
    assert code.call("max", ["a", "b", "c"]) == "maximum(maximum(a, b), c)"
    assert code.call("max", ["a"]) == "a"
    assert code.call("pi", []) == "3.141592653589793"


def test_a_function_that_nothing_says_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sketch, "knows", lambda *_: False)
    with pytest.raises(SpecError, match="this language has no sin, and nothing else says what"):
        "".join(netsym.parse("1-1:sin").inlined.write("sketch"))


# -- the format -----------------------------------------------------------------------------------
def test_a_format_is_read_and_written(netsym_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network = netsym.parse("1-1:tanh")
    netsym.save(network, "net.lines")
    assert Path("net.lines").read_text() == IN_LINES == dumps(network, "lines")
    assert netsym.load("net.lines").inlined.text() == network.inlined.text()
    assert netsym_("inline net.lines --to lisp").out == LISP
    assert "structural: " in netsym_("compare net.lines 1-1:tanh").out
    netsym_("simplify 1-2-1 -o small.lines")
    netsym_("simplify small.lines --to json -o small.json")
    assert netsym_("simplify 1-2-1 --to lines").out == Path("small.lines").read_text()
    assert "structural: " in netsym_("compare small.lines small.json").out


def test_messages_list_the_formats(netsym_: Any) -> None:
    with pytest.raises(SpecError, match=r"net\.xml: a network is in a \.toml or \.json or \.lines"):
        netsym.save(netsym.parse("1-1"), "net.xml")
    with pytest.raises(SpecError, match="unknown format 'line'; did you mean 'lines'"):
        dumps(netsym.parse("1-1"), "line")
    Path("bad.lines").write_text("netsym 1\ninputs\n")
    with pytest.raises(SpecError, match=r"bad\.lines, line 2, column 7: no value(.|\n)*KEY VALUE"):
        netsym.load("bad.lines")
    said = netsym_("simplify 1-2-1 --to lines -o net.toml", 2).err
    assert "net.toml: --to lines writes no .toml file; give one whose name ends in .lines" in said
    said = netsym_("simplify 1-2-1 --to lines --digits 3", 2).err
    assert "--digits changes nothing beside --to lines" in said
    assert "the network (toml, json, lines)" in " ".join(netsym_("simplify --help").out.split())
    assert "there is no file typo.lines" in netsym_("check 1-1:tanh typo.lines", 2).err


def test_a_format_is_told_on_standard_input(
    netsym_: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in").write_text(IN_LINES)
    for text, code, said in [
        (IN_LINES, 0, LISP),
        ("", 2, "a shorthand, TOML, JSON, lines or a formula"),
    ]:
        (tmp_path / "in").write_text(text)
        with (tmp_path / "in").open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            ran = netsym_("inline - --to lisp", code)
            assert said in ran.out + ran.err
