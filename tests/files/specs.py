"""Networks in TOML for the tests of this room, and how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from netsym.errors import SpecError
from netsym.files.files import loads

HEAD = 'netsym = 1\ninputs = ["x"]\n'


def refusal(text: str, **more: Any) -> str:
    """What is said of a text that is no network, without the name of its file."""
    with pytest.raises(SpecError) as caught:
        loads(text, source="net.toml", **more)
    assert caught.value.exit_code == 2
    return str(caught.value).removeprefix("net.toml: ")
