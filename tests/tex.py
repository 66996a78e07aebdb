"""What pdflatex says of a document."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, no_tex

#: How a document begins that tests put together.
START = r"\documentclass{article}\usepackage{amsmath}\allowdisplaybreaks\begin{document}"


def compiled(source: str, folder: Path, name: str = "document") -> str:
    """The log of pdflatex; fails if it stops, saying at which `CASE` of the log."""
    folder.joinpath(f"{name}.tex").write_text(source, encoding="utf-8")
    try:
        done = subprocess.run(
            ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=folder, capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        no_tex()
    log = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        started = re.findall(r"CASE (\S+)", log)
        error = log[log.find("\n!") :][:600]
        pytest.fail(f"pdflatex stopped in {started[-1] if started else name}: {error}")
    return log
