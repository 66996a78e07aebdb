"""`netsym compare`: forms side by side, and whether two functions are the same."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import click

from netsym.cli.arguments import is_file, judging_options, keep, network_argument, read_network
from netsym.cli.output import Progress, write
from netsym.compare.comparison import Comparison, compare
from netsym.compare.subjects import read_text, subject
from netsym.errors import SpecError
from netsym.network import Network
from netsym.writers.text import NARROWEST

_WIDTH = 80  # columns of a report where no terminal says otherwise
_LONGEST = 4_000_000  # characters of a formula in a file


@click.command("compare")
@network_argument
@click.argument("other", metavar="[OTHER]", required=False)
@judging_options
@click.pass_context
def command(
    context: click.Context,
    network: Network,
    other: str | None,
    seed: int,
    tolerance: float | None,
    as_json: bool,
    target: str | None,
) -> None:
    """Say how large the forms of a network are, and prove that they are equal.

    \b
    Examples:
      netsym compare 1-2-1:sigmoid             its layers and its one formula
      netsym compare before.toml after.toml    two networks
      netsym compare net.toml formula.txt      a network and a formula in a file

    \b
    The formula is written as text and read back, so what is compared is what you
    would use. Verdicts, from the most certain: structural, identical,
    exact-on-regions, within-error, different, undecided. Equal is exit code 0,
    different 1, undecided 4.
    """
    if network.assumed:
        click.echo(f"note: {network.assumed}", err=True)
    second = None if other is None else _other(network, other)
    progress = Progress()
    result = compare(network, second, seed=seed, tolerance=tolerance, progress=progress)
    progress("counting", 0, 0)
    text = f"{result.sizes}\n\n{result.report(report_width())}"
    report(result, as_json, target, text, progress)
    context.exit(result.exit_code)


def report(
    result: Comparison, as_json: bool, target: str | None, text: str, progress: Progress
) -> None:
    """Write a result as a report or as data."""
    data = json.dumps(result.to_json(), indent=2, ensure_ascii=False) if as_json else text
    write([data], target, progress)


def _other(network: Network, given: str) -> object:
    """A network, or the formula in a file that is none."""
    path = Path(given)
    if is_file(path) and path.suffix not in (".toml", ".json"):
        return read_text(file_text(path), subject(network), longest=_LONGEST)
    if path.suffix not in (".toml", ".json") and re.search(r"[*=()^]", given):
        return read_text(given, subject(network))
    return read_network(given)


def file_text(path: Path) -> str:
    """The text of a file, which is then not written to; raises `SpecError` if it cannot be read."""
    keep(str(path))
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SpecError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SpecError(f"{path} is not UTF-8 text; save it as UTF-8") from None


def report_width() -> int:
    """How wide a report is: as the terminal, if there is one."""
    if not sys.stdout.isatty():
        return _WIDTH
    return max(NARROWEST, min(shutil.get_terminal_size().columns, _WIDTH))
