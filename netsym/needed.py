"""Packages of other systems, which only those have installed who read or write for them."""

from __future__ import annotations

from importlib.util import find_spec

from netsym.errors import SpecError


def need(package: str, what: str, extra: str = "") -> None:
    """Raise `SpecError` if a package is missing, with the extra, of its name, that brings it."""
    if find_spec(package) is None:
        raise SpecError(
            f"{what} needs the package {package}, which is not installed: "
            f"pip install 'netsym[{extra or package}]'"
        )
