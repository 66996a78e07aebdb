"""Pages to read on a terminal: the help of verbs, and the manual, which is in Markdown."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import accumulate, chain, zip_longest

import click

from netsym.cli.process import columns, shows
from netsym.wording import NARROWEST, WIDTH, paragraph, spelled, table

_MARGIN = 2  # columns that click leaves free

_CODE = re.compile(r"(`+)(.+?)\1")
#: Marks of images, links, titles, strong and stressed words; and what stands in their place.
_MARKS = [
    (r"!\[[^\]]*\]\([^)]*\)", ""),
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),
    (r"^#+ +", ""),
    (r"\*\*(.+?)\*\*", r"\1"),
    (r"(?<![\w*])\*(\w[^*]*\w)\*(?![\w*])", r"\1"),
]
_ITEM = re.compile(r"([-*]|\d+\.) +")
_RULE = re.compile(r"\|[-:| ]+\|")
_EXAMPLE = re.compile(r"( *)(\S.*?)  +(\S.*)")


def page_width() -> int:
    """How wide a page is: as the terminal, but no wider than one reads."""
    return max(NARROWEST, min(columns(sys.stdout) or WIDTH, WIDTH))


def on_stdout(text: str) -> str:
    """A text for people, in plain ASCII where standard output needs it."""
    return spelled(text, not shows(sys.stdout, text))


class Helped(click.Command):
    """A command whose help fits the terminal, in the signs that it has."""

    def get_help(self, ctx: click.Context) -> str:
        """Click's help; what click leaves as it is, examples, is broken too."""
        width = page_width()
        ctx.terminal_width = width - _MARGIN
        lines = super().get_help(ctx).split("\n")
        return on_stdout("\n".join(part for line in lines for part in _example(line, width)))


def _example(line: str, width: int) -> list[str]:
    """A line of examples: what it says of a command stands below it where both do not fit."""
    found = _EXAMPLE.fullmatch(line)
    if len(line) <= width or found is None:
        return [line]
    margin, typed, said = found.groups()
    return [f"{margin}{typed}", *paragraph(said, width, f"{margin}    ", "")]


def rendered(markdown: str, width: int) -> str:
    """A page of Markdown as plain text in lines of at most `width`; code stays as it is.

    Paragraphs and tables are wrapped, links are their text, and images are left out.

    >>> print(rendered("# Title\\n\\nOne\\n[two](a.md) `three`.\\n\\n```sh\\nls  -l\\n```\\n", 40))
    Title
    <BLANKLINE>
    One two three.
    <BLANKLINE>
    ls  -l
    """
    return "\n\n".join("\n".join(block) for block in _blocks(markdown, width) if block)


def _blocks(markdown: str, width: int) -> Iterator[list[str]]:
    """The lines of every block: of code, or of what stands between."""
    for part in re.split(r"^(```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL):
        if part.startswith("```"):
            yield part.removesuffix("```").rstrip().split("\n")[1:]
        else:
            for block in re.split(r"\n\s*\n", part.strip("\n")):
                yield _block(block.split("\n"), width)


def _block(lines: list[str], width: int) -> list[str]:
    """A table, or paragraphs: items and headings begin one."""
    if lines[0].startswith("|"):
        rows = [line for line in lines if not _RULE.fullmatch(line)]
        return table([_cells(line) for line in rows], "<", width)
    begins = [bool(_ITEM.match(line)) or line.startswith("#") for line in lines]
    texts = [""] * (1 + sum(begins))
    for number, line in zip(accumulate(begins), lines, strict=True):
        texts[number] += f"{line.strip()} "
    return [line for text in texts for line in _paragraph(_plain(text), width)]


def _paragraph(text: str, width: int) -> list[str]:
    item = _ITEM.match(text)
    return paragraph(text, width, "", " " * len(item[0]) if item else "")


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [_plain(cell.strip().replace(r"\|", "|")) for cell in cells]


def _plain(text: str) -> str:
    """A text without marks; in code there are none."""
    prose, _, code = (_CODE.split(text)[first::3] for first in range(3))
    for mark, plain in _MARKS:
        prose = [re.sub(mark, plain, part) for part in prose]
    return "".join(chain.from_iterable(zip_longest(prose, code, fillvalue="")))
