"""What tests of several rooms use."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests.effort import MANY, random_examples, sample

os.environ.setdefault("KERAS_BACKEND", "torch")  # which Keras looks at when it is imported
gc.disable()  # until all tests are collected: they stay, and need no looking through

#: Seconds after which what hangs is killed. No test asserts a time: machines are slow and quick.
PATIENCE = 1800

settings.register_profile(
    "any machine",
    random_examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


#: Rooms that need heavy packages, each by the first of these.
EXTRAS = {"keras": "keras", "matplotlib": "matplotlib", "notebook": "nbclient", "onnx": "onnx",
          "scipy": "scipy", "sklearn": "sklearn", "torch": "torch"}  # fmt: skip
#: And those that have a lane of their own in CI, as they are slow to start.
LANES = {"spark": "pyspark"}
collect_ignore = [room for room, package in EXTRAS.items() if find_spec(package) is None]
if not (Path(__file__).parent / "katex" / "node_modules").is_dir():
    collect_ignore.append("katex")  # npm ci in that room installs it
MUST = [*collect_ignore]
collect_ignore += [room for room, package in LANES.items() if find_spec(package) is None]


def pytest_configure() -> None:
    if MUST and os.environ.get("CI_EXTRAS"):
        missing = ", ".join(MUST)
        raise pytest.UsageError(f"missing: {missing}; CI must compare with them: see .ci/run")


#: How many rows of one test the README's command runs.
ROWS = 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A part of many rows is run, and nothing heavy; but of a file that is named, all."""
    if MANY or config.args != config.getini("testpaths"):
        return
    tests: dict[str, list[pytest.Item]] = {}
    for item in (item for item in items if not item.get_closest_marker("heavy")):
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    chosen = {item for rows in tests.values() for item in sample(rows, ROWS)}
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def signals() -> Iterator[None]:
    """Those of a terminal: what runs in the background, or under nohup, ignores some of them."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def no_tex() -> NoReturn:
    """What compiles LaTeX cannot run here."""
    not_installed("pdflatex", "texlive-latex-recommended")


def not_installed(program: str, package: str) -> NoReturn:
    """CI must run what is written; elsewhere what needs a compiler is skipped, saying so."""
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing, and CI must run what is written: see .ci/run")
    how = package if " install " in package else f"apt-get install {package}"
    pytest.skip(f"{program} is not installed: {how}")


@pytest.fixture(scope="session")
def pdflatex() -> str:
    """The path of pdflatex."""
    found = shutil.which("pdflatex")
    return no_tex() if found is None else found


@pytest.fixture(scope="session")
def tikz(pdflatex: str) -> str:
    """The path of pdflatex, which has TikZ."""
    asked = ["kpsewhich", "tikz.sty"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        not_installed("tikz.sty", "texlive-pictures")
    return pdflatex
