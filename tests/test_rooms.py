"""The house stands: a room imports only rooms below it, and sympy and NumPy only where used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: From the ground up, as the design has them.
ROOMS = ("wording", "errors", "formula", "ops", "layers", "network", "costs", "writers", "readers",
         "simplify", "compare", "cli")  # fmt: skip
FILES = sorted((ROOT / "netsym").rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: name the room that is imported from"
            yield node.lineno, node.module or ""


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "netsym" and len(parts) > 1 else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    here = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if here in (None, "__init__", "__main__"):
        return
    assert here in ROOMS
    for line, module in imports(path):
        there = room(module)
        if there is not None:
            assert ROOMS.index(there) <= ROOMS.index(here), f"{path}:{line} imports {module}"


def test_no_layer_knows_a_reading() -> None:
    """Layers are written with the protocol; a parameter's type and how it is read are no reading.

    Those that say what they are in whole arrays once imported the reading that has these.
    """
    allowed = {"netsym.ops", "netsym.ops.parameters", "netsym.ops.reading"}
    for path in (ROOT / "netsym" / "layers").glob("*.py"):
        for line, module in imports(path):
            assert room(module) != "ops" or module in allowed, f"{path}:{line} imports {module}"


def test_the_check_above_would_see_a_climb(tmp_path: Path) -> None:
    climbing = tmp_path / "climbing.py"
    climbing.write_text("def f():\n    from netsym.writers.text import write_text\n")
    assert [room(module) for _, module in imports(climbing)] == ["writers"]
    assert ROOMS.index("writers") > ROOMS.index("formula")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_say_what_they_are(path: Path) -> None:
    documented = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert documented
    assert documented.splitlines()[0].rstrip().endswith((".", ":", "`.", "…"))


def loaded(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {module.split(".")[0] for module in run.stdout.splitlines()[-1].split()}


def test_sympy_is_loaded_only_when_it_is_used() -> None:
    modules = loaded("import netsym; str(netsym.parse('1-2-1:sigmoid').inlined)")
    assert "numpy" in modules
    assert not {"sympy", "sklearn", "scipy"} & modules


def test_help_loads_neither_numpy_nor_sympy() -> None:
    code = "from netsym.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    modules = loaded(code)
    assert "click" in modules
    assert not {"numpy", "sympy"} & modules


def test_user_text_is_never_evaluated() -> None:
    risky = {"eval", "exec", "sympify", "parse_expr", "parse_latex", "setrecursionlimit"}
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = getattr(called, "attr", getattr(called, "id", ""))
                assert name not in risky, f"{path}:{node.lineno} calls {name}"
