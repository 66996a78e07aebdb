"""The house stands: a room imports only rooms below it, files in no circle, and sympy and NumPy
only where they are used.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import netsym

ROOT = Path(__file__).parent.parent
#: From the ground up, as the design has them.
ROOMS = ("errors", "needed", "later", "displayed", "wording", "watching", "graph", "forms",
         "gradient", "typed", "ops", "layers", "writers", "formula", "array_formula", "network",
         "pieces", "files", "recognise", "readers", "path", "collapse", "equality", "certificates",
         "notes", "cli")  # fmt: skip
#: What stands at the top, but for what has a dot before it, and what an installation makes.
TOP = {"pyproject.toml", "README.md", "LICENSE", "netsym", "tests", "examples"}
MADE = {"build", "dist", "netsym.egg-info", "__pycache__"}
FILES = sorted((ROOT / "netsym").rglob("*.py"))


def test_nothing_else_stands_at_the_top() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert there - MADE == TOP


def test_every_module_is_there_but_for_what_an_extra_brings() -> None:
    """Doctests of a module that needs more than netsym does are run where that is installed."""
    missing = set()
    for path in FILES:
        if path.stem == "__main__":
            continue
        try:
            importlib.import_module(module(path))
        except ModuleNotFoundError as error:
            missing.add((path.parent.relative_to(ROOT).as_posix(), error.name))
    assert missing <= {("netsym/readers/torch", "torch"), ("netsym/readers/keras", "h5py"),
                       ("netsym/readers/keras", "keras")}  # fmt: skip


def module(path: Path, root: Path = ROOT) -> str:
    """netsym/graph/graph.py is netsym.graph.graph."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    """What a file says, parsed once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, known: Mapping[str, Path]) -> Iterator[tuple[int, str]]:
    """The files that a file imports, where it does so: also in functions, and for types alone."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: name the room that is imported from"
            below = [f"{node.module}.{name.name}" for name in node.names]
            inside = [name for name in below if name in known]
            if node.module in known and len(inside) < len(below):
                inside.append(node.module)
            yield from ((node.lineno, name) for name in inside)


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def climbs(files: Mapping[str, Path]) -> list[str]:
    """Imports of a room above."""
    return [
        f"{path.name}:{line} imports {other}"
        for name, path in files.items()
        if room(name) not in ("", "__main__")
        for line, other in imports(path, files)
        if room(other) and ROOMS.index(room(other)) > ROOMS.index(room(name))
    ]


def circles(files: Mapping[str, Path]) -> list[list[str]]:
    """Ways from a file back to itself."""
    edges = {name: {other for _, other in imports(path, files)} for name, path in files.items()}
    found: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        way: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(edges[start])))]
        while way and start not in done:
            name, others = way[-1]
            other = next((each for each in others if each not in done), None)
            names = [each for each, _ in way]
            if other is None:
                done.add(name)
                way.pop()
            elif other in names:
                found.append([*names[names.index(other) :], other])
            else:
                way.append((other, iter(sorted(edges[other]))))
    return found


HOUSE = {module(path): path for path in FILES}


def test_every_file_is_in_a_room() -> None:
    assert {room(name) for name in HOUSE} - {"", "__main__"} == set(ROOMS)


def test_imports_go_down() -> None:
    assert not climbs(HOUSE)


def test_files_import_each_other_in_no_circle() -> None:
    assert not circles({name: path for name, path in HOUSE.items() if name != "netsym"})


def test_the_checks_above_would_see_a_climb_and_a_circle(tmp_path: Path) -> None:
    """Imports in functions and those for types alone are imports."""
    texts = {
        "graph/low.py": "def f():\n    from netsym.writers import text\n",
        "writers/text.py": "import typing\nif typing.TYPE_CHECKING:\n"
        "    from netsym.graph.low import f\n",
        "writers/__init__.py": "",
    }
    for name, text in texts.items():
        path = tmp_path / "netsym" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    files = {module(path, tmp_path): path for path in tmp_path.rglob("*.py")}
    assert climbs(files) == ["low.py:2 imports netsym.writers.text"]
    (circle,) = circles(files)
    assert set(circle) == {"netsym.graph.low", "netsym.writers.text"}


def test_no_room_has_the_name_of_a_public_function() -> None:
    """Else Python would bind the name to the room once anybody has imported it."""
    rooms = {room(name) for name in HOUSE}
    assert not rooms & set(netsym.__all__)
    for name in netsym.__all__:
        before = getattr(netsym, name)
        for inner in HOUSE:
            if room(inner) in ("collapse", "equality", "pieces") and "." in inner:
                __import__(inner)
        assert getattr(netsym, name) is before


def test_no_layer_knows_a_reading() -> None:
    """Layers are written with `netsym.ops`, the protocol, and what parameters are."""
    allowed = {"netsym.ops", "netsym.ops.parameters", "netsym.ops.reading"}
    for name, path in HOUSE.items():
        if room(name) == "layers":
            below = {other for _, other in imports(path, HOUSE) if room(other) == "ops"}
            assert below <= allowed, f"{name} imports {sorted(below - allowed)}"


def test_a_reading_changes_only_what_it_collects() -> None:
    """What a layer is read with has no attribute that is set while it reads."""
    for name, path in HOUSE.items():
        if room(name) != "ops":
            continue
        for kind in ast.walk(tree(path)):
            bases = [ast.unparse(base) for base in getattr(kind, "bases", [])]
            if not isinstance(kind, ast.ClassDef) or not any(_is_reading(base) for base in bases):
                continue
            for method in kind.body:
                if isinstance(method, ast.FunctionDef) and method.name not in _SETTING:
                    assert not list(_set_in(method)), f"{name}: {kind.name}.{method.name}"


#: Where a reading is made, and where it is told the points that it reads at.
_SETTING = ("__init__", "points")
_READINGS = (
    "Ops[", "ByMatrices[", "Arrays[", "Elements", "Symbolic", "Sizes", "Scalars", "Rationals",
    "Arithmetic", "Affine",
)  # fmt: skip


def _is_reading(base: str) -> bool:
    return base.startswith(_READINGS)


def _set_in(method: ast.FunctionDef) -> Iterator[ast.Attribute]:
    for node in ast.walk(method):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                yield target


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_say_what_they_are(path: Path) -> None:
    documented = ast.get_docstring(tree(path))
    assert documented
    assert documented.splitlines()[0].rstrip().endswith((".", ":", "`.", "…"))


def loaded(code: str) -> set[str]:
    """What a script loads; a module that waits for its first use is there, and not loaded."""
    found = "(name for name, module in sys.modules.items() if type(module) is not _LazyModule)"
    script = f"{code}\nimport sys\nfrom importlib.util import _LazyModule\nprint(*{found})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


def loaded_by(*words: str) -> set[str]:
    """What a command loads."""
    command = f"main({list(words)!r})"
    return loaded(f"from netsym.cli import main\ntry:\n    {command}\nexcept SystemExit:\n    pass")


#: What commands need not wait for: files are read for those who give one, and a comparison loads
#: a step of the ladder when it comes there.
FILES_IN = {"netsym.files.spec", "netsym.files.parameters_file", "zipfile", "tomllib", "csv"}
PROOFS = {"netsym.collapse", "netsym.gradient", "netsym.notes", "netsym.equality.diagnosis",
          "netsym.equality.stand_ins", "netsym.equality.tolerance", "netsym.pieces.everywhere",
          "netsym.equality.identity", "netsym.equality.sectors", "netsym.equality.excuses",
          "netsym.recognise", "numpy.ma", "statistics"}  # fmt: skip
LATEX_IN = {"netsym.typed.latex_tokens", "netsym.typed.latex_names", "netsym.typed.whole_arrays",
            "netsym.writers.latex", "netsym.writers.mathml"}  # fmt: skip
#: Nor for what only some ask: arrays as letters, data, completion, and to be told of a mistake.
ARRAYS_IN = {"netsym.array_formula", "netsym.forms.array_form", "netsym.forms.written_once",
             "netsym.layers.sources", "netsym.ops.matrix"}  # fmt: skip
SELDOM = {"json", "shlex", "difflib", "traceback", "click.shell_completion"}
NOT_LOADED = {
    ("inline", "1-2-1:sigmoid"): FILES_IN
    | PROOFS
    | LATEX_IN
    | ARRAYS_IN
    | SELDOM
    | {"netsym.equality", "flint"},
    ("check", "1-1:sigmoid", "sigmoid(w1_1_1*x + b1_1)"): FILES_IN
    | PROOFS
    | LATEX_IN
    | SELDOM
    | {"netsym.equality.agreement", "flint", "numpy.random"},
    ("check", "1-1:sigmoid", "w1_1_1*x + b1_1"): FILES_IN | LATEX_IN | {"netsym.collapse"},
}


@pytest.mark.parametrize("words", NOT_LOADED, ids=" ".join)
def test_a_command_loads_what_it_uses(words: tuple[str, ...]) -> None:
    assert not NOT_LOADED[words] & loaded_by(*words)


def test_sympy_is_loaded_only_when_it_is_used() -> None:
    modules = loaded("import netsym; str(netsym.parse('1-2-1:sigmoid').inlined)")
    assert "numpy" in modules
    assert not {"sympy", "sklearn", "scipy"} & modules


def test_help_loads_neither_numpy_nor_sympy() -> None:
    modules = loaded_by("--help")
    assert "click" in modules
    assert not {"numpy", "sympy"} & modules


def test_user_text_is_never_evaluated() -> None:
    risky = {"eval", "exec", "sympify", "parse_expr", "parse_latex", "setrecursionlimit"}
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func
                name = getattr(called, "attr", getattr(called, "id", ""))
                assert name not in risky, f"{path}:{node.lineno} calls {name}"
