"""These need matplotlib, an extra of its own, that `.ci/run` always installs."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

if find_spec("matplotlib") is None:
    if os.environ.get("CI_EXTRAS"):
        pytest.exit("matplotlib is missing, and CI must plot with it: see .ci/run", returncode=1)
    collect_ignore_glob = ["test_*.py"]
