"""Make the note and the page of the network of the discussion: forum.tex, .html and .md, and its
onion, forum-page.html.

Run `python examples/notes/make.py [FOLDER]`; pdflatex makes a PDF of the first.
"""

import sys
from pathlib import Path

import netsym

HERE = Path(__file__).parent
NETWORK = netsym.load(HERE.parent / "forum" / "sigmoid.toml")
AT = {"x": 1, "w_11": 2, "w_12": -1, "b_11": -0.5, "b_12": 0.5, "w_21": 3, "w_22": 1, "b": -2,
      "t": 1}  # fmt: skip


def main(folder: Path) -> None:
    """Write all four."""
    note = netsym.note(NETWORK, "bce", at=AT)
    for suffix in (".tex", ".html", ".md"):
        note.save(folder / f"forum{suffix}")
    page = netsym.page(NETWORK, "bce", data=([[0], [1], [2]], [0, 1, 1]))
    (folder / "forum-page.html").write_text(page.html(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
