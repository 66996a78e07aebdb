"""The pictures of the examples are made: small, and as large as those that are kept here."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from tests.conftest import not_installed
from tests.test_examples import EXAMPLES, run

KEPT = EXAMPLES / "pictures"
NAMES = ["picture-network", "picture-network-tikz", "plot-growth", "regions", "latex-onion",
         "latex-cost", "latex-backprop", "html-onion", "html-onion-dark", "terminal"]  # fmt: skip


def size_of(path: Path) -> tuple[int, ...]:
    """The width and the height of a PNG."""
    return struct.unpack(">II", path.read_bytes()[16:24])


@pytest.mark.usefixtures("tikz")
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_made(name: str, tmp_path: Path) -> None:
    for program, package in (("rsvg-convert", "librsvg2-bin"), ("chromium", "chromium")):
        if shutil.which(program) is None:
            not_installed(program, package)
    run("pictures/make.py", tmp_path, name)
    made = tmp_path / f"{name}.png"
    assert made.read_bytes().startswith(b"\x89PNG")
    assert size_of(made) == pytest.approx(size_of(KEPT / made.name), rel=0.1)


@pytest.mark.parametrize("name", [*NAMES, "one-network"])
def test_pictures_kept_here_are_small(name: str) -> None:
    assert (KEPT / f"{name}.png").stat().st_size < 80_000
