"""What tests of several rooms use."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def pdflatex() -> str:
    """The path of pdflatex. CI must have it; elsewhere what needs it is skipped, saying so."""
    found = shutil.which("pdflatex")
    if found is None and os.environ.get("CI"):
        pytest.fail("pdflatex is missing, and CI must compile what is written: see .ci/run")
    if found is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-recommended")
    return found
