"""Make the pictures of the README and the manual from what netsym writes, as PNG.

Run `python examples/pictures/make.py [FOLDER [NAME…]]`; without names, all are made. Needs
pdflatex with TikZ, pdftoppm (poppler-utils), rsvg-convert (librsvg2-bin), chromium, and for all but
the first netsym's extra plot; the last needs its extra notebook.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import netsym
from netsym.layers.attention import Attention
from netsym.layers.recurrent import LSTM
from netsym.notes.picture import Picture

EXAMPLES = Path(__file__).parent.parent
PAGE = r"""\documentclass{article}
\usepackage{amsmath,graphicx}\usepackage[svgnames]{xcolor}\usepackage{tikz}
\setlength{\textwidth}{440pt}\setlength{\oddsidemargin}{6pt}
\pagestyle{empty}\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}
"""
NETWORKS = {
    "2-3-3-1, every weight": netsym.parse("2-3-3-1:sigmoid"),
    "784-128relu-10softmax": netsym.parse("784-128relu-10softmax"),
    "2-4tanh-4tanh+-1": netsym.parse("2-4tanh-4tanh+-1"),
    "LSTM, 3 steps": netsym.Network.of(
        "LSTM, 3 steps", 6, [("lstm", LSTM(units=4), ["input"], {})], shape=(3, 2)
    ),
}
XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
TRAINED = [4.2, -3.9, -4.4, 4.1, 0.8, 0.7, -2.1, -2.2, -0.4, 5.3, 5.5, -0.6, -2.6]


def run(*words: str | Path) -> None:
    """Run a program; what it says is not shown."""
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def netsym_says(command: str) -> str:
    """What a command prints."""
    done = subprocess.run([sys.executable, "-m", "netsym", *command.split()], check=True,
                          capture_output=True, text=True, encoding="utf-8")  # fmt: skip
    return done.stdout.strip()


def with_few_colors(target: Path, count: int = 255) -> None:
    """Make a PNG a third as large; nobody sees it."""
    from PIL import Image  # comes with matplotlib

    with Image.open(target) as image:
        few = image.convert("RGB").quantize(  # those of lines as they are
            count, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        few.save(target, optimize=True)


def from_latex(body: str, crop: tuple[int, int, int, int], target: Path) -> None:
    """A part of a page with this in LaTeX: x, y, width and height of it, in pixels."""
    from_document(PAGE % body, crop, target)


def from_document(text: str, crop: tuple[int, int, int, int], target: Path) -> None:
    """A part of the first page of a document."""
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.tex"
        page.write_text(text, encoding="utf-8")
        run("pdflatex", "-interaction=nonstopmode", "-halt-on-error",
            "-output-directory", place, page)  # fmt: skip
        sides = [word for side in zip("xyWH", crop, strict=True) for word in side]
        options = [f"-{word}" if isinstance(word, str) else str(word) for word in sides]
        run("pdftoppm", "-r", "170", *options, "-png", "-singlefile",
            page.with_suffix(".pdf"), page.with_suffix(""))  # fmt: skip
        shutil.copy(page.with_suffix(".png"), target)


def from_svg(pictures: dict[str, Picture], columns: int, target: Path) -> None:
    """Pictures with their titles, side by side in rows, in one SVG."""
    parts, y, widest = [], 16.0, 0.0
    rows = [list(pictures.items())[n : n + columns] for n in range(0, len(pictures), columns)]
    room = [max(p.width for _, p in column) for column in zip(*rows, strict=True)]
    for row in rows:
        for n, (title, picture) in enumerate(row):
            x = 16 + sum(room[:n]) + 40 * n
            parts.append(
                f'<text x="{x}" y="{y + 14}" font-family="DejaVu Sans" font-size="17" '
                f'font-weight="bold">{title}</text>'
            )
            parts.append(picture.svg().replace("<svg ", f'<svg x="{x}" y="{y + 30}" ', 1))
            widest = max(widest, x + picture.width)
        y += max(picture.height for _, picture in row) + 62
    size = f'width="{widest + 16}" height="{y}"'
    with tempfile.TemporaryDirectory() as place:
        sheet = Path(place) / "sheet.svg"
        text = "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *parts, "</svg>"])
        sheet.write_text(text, encoding="utf-8")
        run("rsvg-convert", "--background-color", "white", sheet, "-o", target)
    with_few_colors(target)


def one_network(target: Path) -> None:
    """The forms of one network, in LaTeX."""
    network = netsym.parse("1-2-1:sigmoid")
    rows = {
        "Layer by layer": network.layered.latex(color=True),
        "Whole layers": network.matrices.latex(),
        "The onion: one formula, every unit named": network.inlined.latex(onion=True, color=True),
        "Only $+$, $\\times$, $\\div$ and $\\exp$":
            network.formula("inlined", expand=True).latex(color=True),
    }  # fmt: skip
    body = "\n".join(f"\\textbf{{{title}}}\n\\[\n{text}\n\\]" for title, text in rows.items())
    from_latex(body, (160, 280, 1100, 760), target)


def picture_network(target: Path) -> None:
    """Four networks, drawn."""
    from_svg({title: netsym.draw(net) for title, net in NETWORKS.items()}, 2, target)


def picture_network_tikz(target: Path) -> None:
    """The same four, in TikZ."""
    cells = [
        rf"\begin{{minipage}}[c]{{.5\textwidth}}\resizebox{{.94\textwidth}}{{!}}"
        rf"{{{netsym.draw(net).tikz(fragment=True)}}}\end{{minipage}}"
        for net in NETWORKS.values()
    ]
    body = f"{cells[0]}%\n{cells[1]}\n\n\\vspace{{12pt}}{cells[2]}%\n{cells[3]}"
    from_latex(body, (150, 270, 1080, 640), target)
    with_few_colors(target)


def plot_growth(target: Path) -> None:
    """How the forms grow with every hidden layer, and with every step."""
    deeper = netsym.parse("10-10-1:tanh").growth(depth=[1, 2, 3, 4, 5, 6, 8, 10])
    longer = NETWORKS["LSTM, 3 steps"].growth(range(1, 9))
    netsym.plot_growth([deeper, replace(longer, network="LSTM, 2 inputs, 4 units")], target)
    with_few_colors(target)


def regions(target: Path) -> None:
    """The pieces of one input, and the regions of two."""
    two = netsym.parse("2-4-1:relu")
    numbers = (12, -5, 6, 14, -10, 7, 9, 8, -3, 9, 5, -4, 11, -8, 7, 13, 2)
    values = {n: Fraction(k, 10) for n, k in zip(two.parameter_names(), numbers, strict=True)}
    pictures = {
        "A hat: one input": netsym.regions(netsym.load(EXAMPLES / "hat.toml")),
        "Four units of relu: two inputs": netsym.regions(two.with_parameters(values)),
    }
    from_svg({title: netsym.draw(found) for title, found in pictures.items()}, 2, target)


def latex_onion(target: Path) -> None:
    """One formula from outside in, on a line and in a column."""
    small, deep = netsym.parse("2-2-1:sigmoid"), netsym.parse("2-2-2-1:sigmoid")
    texts = [net.inlined.latex(onion=True, color=True) for net in (small, deep)]
    from_latex("\n".join(f"\\[\n{text}\n\\]" for text in texts), (160, 280, 1100, 460), target)
    with_few_colors(target)


def latex_cost(target: Path) -> None:
    """The cost of three examples with a penalty."""
    text = netsym_says("inline 1-1:sigmoid --loss bce --examples 3 --l2 0.1 --to latex --color")
    from_latex(f"\\[\n{text}\n\\]", (160, 280, 1100, 160), target)
    with_few_colors(target)


def latex_softmax(target: Path) -> None:
    """A trained classifier as a page of notes."""
    text = netsym_says("show examples/iris.toml --to latex --document --color --short")
    from_document(text, (140, 120, 1140, 1020), target)
    with_few_colors(target, 128)


def latex_oneline(target: Path) -> None:
    """Whole networks on one line, and a cell with what its step hands on."""
    attention = netsym.Network.of(
        "attention", 12, [("attention", Attention(bias=False), ["input"], {})], shape=(4, 3)
    )
    forms = {
        "A stack of four layers": netsym.parse("2-4-4-3-1:sigmoid").matrices.inlined,
        "A residual network": netsym.parse("2-4tanh-4tanh+-1").matrices.inlined,
        "Attention": attention.matrices.inlined,
        "An LSTM cell": NETWORKS["LSTM, 3 steps"].matrices.inlined,
    }
    start, end, parts = "", "", []
    for title, form in forms.items():
        text = form.latex(document=True, color=True, onion=True, short=True)
        start, _, body = text.partition("\\begin{document}\n")
        body, _, end = body.partition("\\end{document}")
        parts.append(rf"\subsection*{{\sffamily {title}}}" + f"\n{body}")
    from_document(f"{start}\\begin{{document}}\n{''.join(parts)}\\end{{document}}{end}",
                  (160, 290, 1060, 1150), target)  # fmt: skip
    with_few_colors(target, 128)


def latex_backprop(target: Path) -> None:
    """Back propagation as a page of notes."""
    text = netsym_says("grad 2-3-1:sigmoid --loss bce --to latex --color --document")
    from_document(text, (180, 170, 1050, 640), target)
    with_few_colors(target)


def terminal(target: Path) -> None:
    """Four networks at a glance, as a terminal shows them, on white and on dark ground."""
    specs = ("1-2-1:sigmoid", "2-3-3-1:tanh", "784-128relu-10softmax", "examples/lstm.toml")
    blocks = [
        f'<pre class="{ground}"><b>$ netsym {spec}</b>\n{in_html(on_terminal(spec))}</pre>'
        for spec, ground in zip(specs, ("dark", "light", "light", "dark"), strict=True)
    ]
    style = (
        "body{display:grid;grid-template-columns:auto auto;gap:14px;margin:14px;width:max-content}"
        "pre{margin:0;padding:12px;border-radius:8px;font:13.5px/1.3 'DejaVu Sans Mono'}"
        ".light{background:#f6f8fa;color:#14171b}.dark{background:#14171b;color:#e8eaed}"
    )
    page = f"<!DOCTYPE html><meta charset=utf-8><style>{style}</style>{''.join(blocks)}"
    in_browser(page, "1392,532", target)


def on_terminal(spec: str) -> str:
    """What the overview of a network writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    place = {"COLUMNS": "80", "TERM": "xterm-256color", "PATH": os.environ["PATH"]}
    with os.fdopen(theirs, "wb") as end:
        subprocess.run([sys.executable, "-m", "netsym", spec], check=True, stdout=end, env=place,
                       stderr=subprocess.DEVNULL, cwd=EXAMPLES.parent)  # fmt: skip
        said = os.read(ours, 100_000)
    os.close(ours)
    return said.decode().replace("\r\n", "\n").rstrip()


def in_html(text: str) -> str:
    """Text with control sequences for colours of the table of 256, as HTML."""

    def opened(found: re.Match[str]) -> str:
        number = int(found[1]) - 16
        steps = [(0, 95, 135, 175, 215, 255)[number // 6**place % 6] for place in (2, 1, 0)]
        grey = [8 + 10 * (number - 216)] * 3
        return f'<span style="color:rgb{tuple(grey if number >= 216 else steps)}">'

    return re.sub("\033\\[38;5;(\\d+)m", opened, text).replace("\033[39m", "</span>")


def in_browser(page: str, size: str, target: Path, at: str = "", colors: int = 255) -> None:
    """A page as a browser shows it."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "page.html"
        file.write_text(page, encoding="utf-8")
        run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={place}/profile", f"--window-size={size}",
            f"--screenshot={target}", f"{file.as_uri()}{at}")  # fmt: skip
    with_few_colors(target, colors)


def html_onion(target: Path, size: str = "1240,1010", at: str = "back=2") -> None:
    """A page in a browser, of exclusive or."""
    network = netsym.parse("2-3-1:sigmoid")
    values = dict(zip(network.parameter_names(), TRAINED, strict=True))
    page = netsym.page(network.with_parameters(values), "bce", data=XOR, l2=0.001)
    in_browser(page.html(), size, target, f"#{at}")


def html_onion_dark(target: Path) -> None:
    """The same, narrow and dark, with the hidden units folded."""
    html_onion(target, "600,1500", "dark&step=2")


def notebook(target: Path) -> None:
    """The first cells of a notebook, with what they show."""
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    cells = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    cells.cells = cells.cells[:5]
    NotebookClient(cells).execute()
    html, _ = HTMLExporter(exclude_anchor_links=True).from_notebook_node(cells)
    in_browser(html, "1200,1270", target)


PICTURES = {
    "one-network": one_network,
    "picture-network": picture_network,
    "picture-network-tikz": picture_network_tikz,
    "plot-growth": plot_growth,
    "regions": regions,
    "latex-onion": latex_onion,
    "latex-cost": latex_cost,
    "latex-softmax": latex_softmax,
    "latex-oneline": latex_oneline,
    "latex-backprop": latex_backprop,
    "html-onion": html_onion,
    "html-onion-dark": html_onion_dark,
    "terminal": terminal,
    "notebook": notebook,
}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name in sys.argv[2:] or PICTURES:
        PICTURES[name](folder / f"{name}.png")
