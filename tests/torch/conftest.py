"""These need torch, which is heavy: an extra of its own, that `.ci/run` always installs."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

if find_spec("torch") is None:
    if os.environ.get("CI_TORCH"):
        pytest.exit("torch is missing, and CI must compare with it: see .ci/run", returncode=1)
    collect_ignore_glob = ["test_*.py", "theirs.py"]
