"""What KaTeX and MathJax say of a fragment, both strict."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import PATIENCE

#: How many macros KaTeX expands in one formula, unless it is told otherwise.
MAX_EXPAND = 1000


def mistakes(fragments: Mapping[str, str], max_expand: int = MAX_EXPAND) -> dict[str, str]:
    """What is wrong with fragments of display mathematics, by their names."""
    lines = [json.dumps({"name": name, "latex": text}) for name, text in fragments.items()]
    done = subprocess.run(
        ["node", "parse.mjs", str(max_expand)],
        cwd=Path(__file__).parent, input="\n".join(lines), capture_output=True, text=True,
        timeout=PATIENCE, check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["name"] for answer in answers] == list(fragments)
    return {
        f"{answer['name']}, {program}": f"{answer[program]}\n{fragments[answer['name']]}"
        for answer in answers
        for program in ("katex", "mathjax")
        if answer[program] is not None
    }
