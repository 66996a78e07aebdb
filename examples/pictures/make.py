"""Make the README's pictures from what netsym writes: LaTeX -> PDF -> PNG.

Run `python examples/pictures/make.py [FOLDER]`; needs pdflatex and pdftoppm (poppler-utils).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
network = netsym.parse("1-2-1:sigmoid")

ROWS = (
    ("Layer by layer", network.layered.latex(color=True)),
    ("Whole layers", network.matrices.latex()),
    ("The onion: one formula, every unit named", network.inlined.latex(onion=True, color=True)),
    ("Only $+$, $\\times$, $\\div$ and $\\exp$",
     network.formula("inlined", expand=True).latex(color=True)),
)  # fmt: skip

PAGE = r"""\documentclass{article}
\usepackage{amsmath,xcolor}
\setlength{\textwidth}{440pt}\setlength{\oddsidemargin}{6pt}
\pagestyle{empty}\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}
"""

body = "\n".join(f"\\textbf{{{title}}}\n\\[\n{formula}\n\\]" for title, formula in ROWS)
with tempfile.TemporaryDirectory() as place:
    (Path(place) / "page.tex").write_text(PAGE % body)
    run = {"cwd": place, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"], **run)
    crop = ["-x", "160", "-y", "280", "-W", "1100", "-H", "760"]
    subprocess.run(
        ["pdftoppm", "-r", "170", *crop, "-png", "-singlefile", "page.pdf", "page"], **run
    )
    shutil.copy(Path(place) / "page.png", folder / "one-network.png")
