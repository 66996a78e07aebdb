"""Prints a block of the README: `python tests/readme_commands.py start|output|tests`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str, text: str | None = None) -> list[str]:
    """The contents of the README's code blocks of a language, in order."""
    text = README.read_text(encoding="utf-8") if text is None else text
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.S | re.M)


def block(which: str) -> str:
    """The command to start with, what it prints, or the command that runs the tests."""
    start, tests = blocks("sh")
    return {"start": start, "output": blocks("text")[0], "tests": tests}[which]


if __name__ == "__main__":
    sys.stdout.write(block(sys.argv[1]))
