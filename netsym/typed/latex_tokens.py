r"""LaTeX as tokens of the same kinds as text: commands become words, braces parentheses.

`\frac{a}{b}` becomes ((a)/(b)), `w_{12}^{[1]}` the name w1_1_2; what only shows (sizes, colours,
spaces, alignment) is left out. Spans are those of the LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from netsym.errors import SpecError, did_you_mean
from netsym.graph.functions import FUNCTIONS
from netsym.typed.carets import mistake
from netsym.typed.choices import PIECEWISE
from netsym.typed.latex_labels import Label, defined
from netsym.typed.latex_names import LatexNames
from netsym.typed.numerals import fraction_of
from netsym.typed.tokens import Tokens, unknown_character
from netsym.typed.vocabulary import Vocabulary, function_of
from netsym.wording import plural

_SILENT_WORDS = (
    "left|right|displaystyle|textstyle|limits|nolimits|nonumber|notag|quad|qquad|"
    "[bB]igg?[lrm]?|scriptstyle|allowdisplaybreaks|mathstrut|hfill"
)
#: What is between braces, with braces in it.
_INSIDE = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"
_TOKEN = re.compile(
    rf"(?P<begin>(?:\\left *\\(?:\{{|lbrace)[ \t\n]*)?\\begin\{{(?:[dr]?cases|array)\}}"
    r"(?:\{[lcr|@{} ]{0,40}\})?)"
    r"|(?P<end>\\end\{(?:[dr]?cases|array)\}(?:[ \t\n]*\\right *\.)?)|(?P<column>&)"
    rf"|(?P<silent>[ \t\n\r\f\v~$]+|\\(?:{_SILENT_WORDS})(?![A-Za-z])|\\[,;:!>\[\]() ]"
    rf"|%[^\n]*|\{{\}}|&&(?:[ ]|\\quad)*\\text\{{{_INSIDE}\}}|\\rlap\{{\\text\{{{_INSIDE}\}}\}}"
    r"|\\(?:begin|end)\{(?:aligned|align\*?|equation\*?|gathered|gather\*?|split"
    r"|multline\*?|displaymath|document)\}|\\(?:label|tag\*?|color|vspace|hspace)\{[^{}]*\}"
    r"|\\textcolor\{[^{}]*\}|\\phantom\{(?:[^{}]|\{[^{}]*\})*\})"
    r"|(?P<line>\\\\\*?(?:\[[^\]\n]*\])?)"
    r"|(?P<ten>(?:(?P<mantissa>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ ]*(?:\\cdot|\\times)[ ]*)?"
    r"10\^\{(?P<exponent>-?[0-9]{1,4})\})"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9.]))?)"
    r"|\\(?P<form>[tc]?)frac[ ]*(?:\{(?P<over>[0-9]{1,400})\}|(?P<o>[0-9]))"
    r"[ ]*(?:\{(?P<under>[0-9]{1,400})\}|(?P<u>[0-9]))"
    r"|(?P<command>\\operatorname\*?\{[A-Za-z0-9 ]{1,40}\}(?:_\{\\tanh\})?|\\[A-Za-z]+|\\[{}|])"
    r"|(?P<close>\})|(?P<open>\{)"
    r"|(?P<sign>\*\*|:=|[-+*/()\[\]|,=;!^_<>])"
    r"|(?P<unknown>.)",
    re.DOTALL,
)
_SIGNS: Mapping[str, str] = {"**": "^", "[": "(", "]": ")", ":=": "="}
_COMMANDS: Mapping[str, tuple[str, str]] = {
    r"\cdot": ("*", "*"), r"\times": ("*", "*"), r"\ast": ("*", "*"), r"\div": ("/", "/"),
    r"\lvert": ("|", "|"), r"\rvert": ("|", "|"), r"\vert": ("|", "|"), r"\|": ("|", "|"),
    r"\{": ("(", "{"), r"\}": (")", "}"), r"\lbrace": ("(", "{"), r"\rbrace": (")", "}"),
    r"\lbrack": ("(", "["), r"\rbrack": (")", "]"), r"\lparen": ("(", "("),
    r"\rparen": (")", ")"), r"\dots": ("dots", "…"), r"\ldots": ("dots", "…"),
    r"\cdots": ("dots", "…"), r"\pi": ("name", "pi"),
    **dict.fromkeys((r"\le", r"\leq", r"\leqslant"), ("<=", "<=")),
    **dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), (">=", ">=")),
    r"\land": ("and", "and"), r"\wedge": ("and", "and"), r"\lt": ("<", "<"), r"\gt": (">", ">"),
}  # fmt: skip
_FUNCTIONS: Mapping[str, str] = {
    **{row.latex: name for name, row in FUNCTIONS.items()}, r"\ln": "log", r"\tan": "tan",
}  # fmt: skip
_MATRICES = frozenset({r"\odot", r"\in", r"\mathbb", r"\begin", r"\top"})
_ARGUMENT = re.compile(r"[ \t\n]*(?:(\{)|([0-9A-Za-z]))")
_BRACES = re.compile(r"\\over(?![A-Za-z])|\\[{}\\]|[{}]")
_END_OF_CASES = re.compile(r"[ \t\n]*\\end\{")
_LABEL = re.compile(r"_\{\\textcolor\{\w+\}\{(?P<colored>.*)\}\}|_\{(?P<plain>.*)\}")
_SKIPPED = re.compile(r"_\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}")


def _braces_with_over(text: str) -> frozenset[int]:
    r"""Where braces open that \over divides."""
    opened, found = list[int](), list[int]()
    for match in _BRACES.finditer(text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            opened.pop()
        elif match.group() == r"\over" and opened:
            found.append(opened[-1])
    return frozenset(found)


@dataclass(slots=True)
class _Frame:
    """An open brace or parenthesis: what it is part of, and its first token."""

    role: str  # group, over, under, root, label, alpha, bracket, cases
    token: int
    start: int
    alpha: Tokens | None = None  # the parameter that is put before the end


def latex_tokens(
    text: str, vocabulary: Vocabulary, given: Mapping[str, str], outputs: Sequence[str] = ()
) -> Tokens:
    """The tokens of a formula in LaTeX; raises `SpecError` for what is none.

    `given` has the LaTeX of names, `outputs` are names that a person chose for what is defined.
    """
    start, stop = 0, len(text)
    if r"\begin{document}" in text:
        start = text.index(r"\begin{document}")
    return Lexer(text, LatexNames(text, vocabulary, given, outputs)).tokens(start, stop)


class Lexer:
    """Reads LaTeX token by token; `first` looks for what is no command or sign."""

    def __init__(self, text: str, names: LatexNames) -> None:
        self.text = text
        self.names = names
        self.found = Tokens(text, loose=True)
        self.frames: list[_Frame] = []
        self.alpha: Tokens | None = None
        self.place = 0
        self.labels: list[Label] = []
        self.cells: dict[int, int] = {}  # by how many braces are open: where a cell begins
        self.labelled = -1  # where that begins which the next name is the label of
        self.spaced = -1  # how many tokens were read before a thin space
        self.overs = _braces_with_over(text) if r"\over" in text else frozenset()

    def tokens(self, start: int, stop: int) -> Tokens:
        """All tokens."""
        self.place = start
        read: dict[str, Callable[[re.Match[str]], None]] = {
            "line": self._line, "ten": self._ten, "exponent": self._ten, "number": self._number,
            "under": self._fraction, "u": self._fraction, "command": self._command,
            "begin": self._begin_cases, "end": self._end_cases, "column": self._column,
            "close": self._closed, "open": self._opened, "sign": self._sign,
        }  # fmt: skip
        while self.place < stop:
            found = self.first(self.place)
            if found is not None:
                kind, word, after = found
                start, self.place = self.place, after
                if kind == "name" and self.labelled >= 0:
                    end = len(self.found.kinds) - (len(self.frames) - self._open_brackets())
                    self.labels.append(Label(word, self.labelled, end))
                    self.labelled = -1
                    continue
                in_condition = kind == "name" and self._in_cases()
                if kind and not (in_condition and self._condition_word(word, start)):
                    self._add(kind, word, start, after)
                continue
            match = _TOKEN.match(self.text, self.place)
            assert match is not None
            kind = match.lastgroup or ""
            if kind == "unknown":
                raise unknown_character(self.text, self.place)
            start, self.place = self.place, match.end()
            if kind != "silent":
                read[kind](match)
            elif match.group() == r"\,":
                self.spaced = len(self.found.kinds)
        return self._complete()

    def first(self, place: int) -> tuple[str, str, int] | None:
        """The kind and the word of a name that begins there, and where it ends."""
        name = self.names.match(place)
        return None if name is None else ("name", *name)

    def _complete(self) -> Tokens:
        braces = [frame for frame in self.frames if frame.role != "bracket"]
        if braces:
            spans = [(frame.start, frame.start + 1) for frame in braces[:1000]]
            what = plural(len(braces), "brace is", "braces are")
            raise mistake(f"{what} not closed", self.text, *spans)
        return defined(self.found, self.labels).close()

    def _add(self, kind: str, word: str, start: int, stop: int) -> None:
        self.found.add(kind, word, start, stop)

    def _token(self, kind: str, word: str, match: re.Match[str]) -> None:
        self.found.add(kind, word, match.start(), match.end())

    # -- tokens of each kind --------------------------------------------------------------------
    def _line(self, match: re.Match[str]) -> None:
        if self._in_cases():
            if not _END_OF_CASES.match(self.text, self.place):
                self._end_piece(match.start())
                self._add(",", ",", match.start(), match.end())
                self._add("(", "(", match.start(), match.end())
            return
        self._token("line", "\n", match)

    def _ten(self, match: re.Match[str]) -> None:
        """2.5 \\cdot 10^{3}, 2 \\cdot 10^{20} as numbers, as writers write them; else a power."""
        exponent = int(match["exponent"])
        scientific = re.fullmatch(r"[1-9]\.[0-9]+", match["mantissa"] or "")  # also if rounded
        if -5 < exponent < 16 and not scientific:
            whole = match["mantissa"] or "10"
            self.place = match.start() + len(whole)
            self._add("number", whole, match.start(), self.place)
        else:
            self._token("number", f"{match['mantissa'] or 1}e{exponent}", match)

    def _number(self, match: re.Match[str]) -> None:
        self._token("number", match.group(), match)

    def _fraction(self, match: re.Match[str]) -> None:
        over, under = match["over"] or match["o"], match["under"] or match["u"]
        if fraction_of(over, under):
            self._token("number", f"{over}/{under}", match)
            return
        start, stop = match.span()
        for kind, word in (("(", "("), ("number", over), ("/", "/"), ("number", under), (")", ")")):
            self._add(kind, word, start, stop)

    # -- cases ----------------------------------------------------------------------------------
    def _in_cases(self) -> bool:
        return bool(self.frames) and self.frames[-1].role == "cases"

    def _begin_cases(self, match: re.Match[str]) -> None:
        """Each row of cases is a piece: a value and its condition."""
        self._token("name", PIECEWISE, match)
        self.frames.append(_Frame("cases", len(self.found.kinds), match.start()))
        self._token("(", "(", match)
        self._token("(", "(", match)

    def _column(self, match: re.Match[str]) -> None:
        if self._in_cases():
            if self.found.kinds[-1] not in (",", "("):
                self._token(",", ",", match)
        elif "&&" not in self.text[match.start() - 1 : match.end() + 1]:
            self.cells[len(self.frames)] = len(self.found.kinds)

    def _condition_word(self, word: str, start: int) -> bool:
        """Whether a word of cases says that a condition follows, or is one that holds."""
        if word in ("otherwise", "else"):
            self._between(start)
            self._add("number", "1", start, self.place)
            return True
        if word == "and":
            self._add("and", word, start, self.place)
            return True
        if word in ("if", "for", "when"):
            self._between(start)
            return True
        return False

    def _between(self, start: int) -> None:
        if self.found.kinds[-1] != ",":
            self._add(",", ",", start, start)

    def _end_piece(self, start: int) -> None:
        found = self.found
        if found.kinds[-1] == ",":
            for column in (found.kinds, found.words, found.starts, found.stops):
                column.pop()
        self._add(")", ")", start, start)

    def _end_cases(self, match: re.Match[str]) -> None:
        if not self._in_cases():
            raise mistake("no cases begin here that could end", self.text, match.span())
        self.frames.pop()
        self._end_piece(match.start())
        self._token(")", ")", match)

    # -- signs ----------------------------------------------------------------------------------
    def _sign(self, match: re.Match[str]) -> None:
        word = match.group()
        if word == "^":
            self._token("^", "^", match)
            self._short_argument()
        elif word == "_":
            self._subscript(match)
        elif word in "([":
            self._bracket(word, match)
        elif word in ")]":
            self._unbracket(word, match)
        elif word == "!":
            raise unknown_character(self.text, match.start())
        else:
            self._token(_SIGNS.get(word, word), word, match)

    def _short_argument(self) -> None:
        """One letter or the digits after ^ are the whole exponent: x^2y."""
        match = re.compile(r"[ ]*(?:([0-9]+)(?![.0-9]))").match(self.text, self.place)
        if match:
            self._add("number", match[1], match.start(1), match.end(1))
            self.place = match.end()

    def _subscript(self, match: re.Match[str]) -> None:
        """A subscript of no name: of a label (skipped), or the parameter of a function."""
        label = _SKIPPED.match(self.text, match.start())
        before = self.found.kinds[-1] if self.found.kinds else ""
        if label and before == ")" and r"\text" in label.group():
            self.place = label.end()
            return
        raise mistake("a subscript belongs to a letter", self.text, match.span(),
                      hint="as in w_{12} or x_1")  # fmt: skip

    def _bracket(self, word: str, match: re.Match[str]) -> None:
        found = self.found
        if self.spaced == len(found.kinds) and found.kinds and found.kinds[-1] == "name" and (
            function_of(found.words[-1]) is None
        ):  # fmt: skip
            self._add("*", "*", match.start(), match.start())
        self.frames.append(_Frame("bracket", len(found.kinds), match.start(), self.alpha))
        self.alpha = None
        self._token("(", word, match)

    def _unbracket(self, word: str, match: re.Match[str]) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is None or frame.role != "bracket":
            if frame is not None:
                raise self.found_mistake(frame, match)
            self._token(")", word, match)
            return
        self.frames.pop()
        if frame.alpha is not None:
            self._add(",", ",", match.start(), match.start())
            alpha = frame.alpha
            for token in zip(alpha.kinds, alpha.words, alpha.starts, alpha.stops, strict=True):
                self._add(*token)
        self._token(")", word, match)

    def found_mistake(self, frame: _Frame, match: re.Match[str]) -> SpecError:
        """A parenthesis closed within a brace that is still open, or the other way round."""
        start = frame.start
        return mistake(
            f"{match.group()!r} closes nothing that was opened since {self.text[start]!r}",
            self.text, (start, start + 1), match.span(),
        )  # fmt: skip

    # -- braces ---------------------------------------------------------------------------------
    def _opened(self, match: re.Match[str]) -> None:
        if match.start() in self.overs:
            self._token("(", "(", match)
            self._push("above", match.start())
        else:
            self._push("group", match.start())

    def _over(self, match: re.Match[str]) -> None:
        r"""`{a \over b}` is ((a)/(b))."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or frame.role != "above":
            raise mistake(r"\over belongs between braces", self.text, match.span(),
                          hint=r"as in {a \over b}, or \frac{a}{b}")  # fmt: skip
        self._token(")", ")", match)
        self._token("/", "/", match)
        self.frames[-1] = _Frame("under", len(self.found.kinds), frame.start)
        self._token("(", "(", match)

    def _push(self, role: str, start: int) -> None:
        self.frames.append(_Frame(role, len(self.found.kinds), start))
        self._add("(", "(", start, start + 1)

    def _closed(self, match: re.Match[str]) -> None:
        if not self.frames:
            raise mistake("this '}' closes nothing", self.text, match.span())
        frame = self.frames.pop()
        if frame.role == "bracket":
            raise self.found_mistake(frame, match)
        found, first = self.found, frame.token
        if frame.role == "alpha":
            self._take_alpha(first)
            return
        if len(found.kinds) == first + 1 and frame.role == "group":
            for column in (found.kinds, found.words, found.starts, found.stops):
                del column[first]  # what was in braces was no token
        elif len(found.kinds) == first + 2 and found.kinds[-1] == "name" and frame.role == "group":
            for column in (found.kinds, found.words, found.starts, found.stops):
                del column[first]  # a name in a colour is a name
        else:
            self._add(")", ")", match.start(), match.end())
        if frame.role == "over":
            self._add("/", "/", match.start(), match.end())
            self._argument("under", match.end())
        elif frame.role == "under":
            self._add(")", ")", match.start(), match.end())
        elif frame.role == "label":
            label = _SKIPPED.match(self.text, self.place)
            self._read_label(first, label)
            self.place = label.end() if label else self.place

    def _read_label(self, first: int, label: re.Match[str] | None) -> None:
        """A label that is one name, in a colour or not."""
        inner = _LABEL.fullmatch(label.group()) if label else None
        if label is not None and inner is not None:
            start, stop = inner.span(inner.lastgroup or 0)
            name = self.names.match(label.start() + start)
            if name is not None and name[1] == label.start() + stop:
                self.labels.append(Label(name[0], first, len(self.found.kinds)))

    def _argument(self, role: str, start: int) -> None:
        """What a command takes: a group, or one letter or digit."""
        match = _ARGUMENT.match(self.text, self.place)
        if match is None:
            raise mistake("an argument in braces is missing here", self.text, (start, start + 1),
                          hint=r"as in \frac{a}{b} and \sqrt{z}")  # fmt: skip
        self.place = match.end()
        if match[1]:
            self._push(role, match.start(1))
            return
        kind = "number" if match[2].isdigit() else "name"
        self._add("(", "(", match.start(2), match.end(2))
        self._add(kind, match[2], match.start(2), match.end(2))
        self._add(")", ")", match.start(2), match.end(2))
        if role == "over":
            self._add("/", "/", match.start(2), match.end(2))
            self._argument("under", match.end())
        elif role == "under":
            self._add(")", ")", match.start(2), match.end(2))

    def _take_alpha(self, first: int) -> None:
        found = self.found
        self.alpha = Tokens(
            self.text, found.kinds[first:], found.words[first:], found.starts[first:],
            found.stops[first:],
        )  # fmt: skip
        columns = (found.kinds, found.words, found.starts, found.stops)
        for column in columns:
            del column[first:]

    # -- commands -------------------------------------------------------------------------------
    def _command(self, match: re.Match[str]) -> None:
        word = match.group()
        if word in _COMMANDS:
            kind, meant = _COMMANDS[word]
            if kind == "(":
                self._bracket(meant, match)
            elif kind == ")":
                self._unbracket(meant, match)
            else:
                self._token(kind, meant, match)
        elif word == r"\over":
            self._over(match)
        elif word in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
            self._token("(", "(", match)
            self._argument("over", match.start())
        elif word == r"\sqrt":
            self._token("name", "sqrt", match)
            if self.text[self.place : self.place + 1] == "[":
                raise mistake("only square roots are read", self.text, match.span(),
                              hint="write z^{1/3} for a cube root")  # fmt: skip
            self._argument("root", match.start())
        elif word == r"\triangleleft":
            cell = self.cells.get(self._open_brackets())
            if cell is None or cell >= len(self.found.kinds):
                raise mistake("a mark stands behind what it names", self.text, match.span())
            self.labelled = cell + (self.found.kinds[cell] == "*")  # a product goes on in it
        elif word == r"\underbrace":
            if self.text[self.place : self.place + 1] != "{":
                raise mistake("an underbrace needs braces", self.text, match.span())
            self.place += 1
            self._push("label", self.place - 1)
        else:
            self._function(word, match)

    def _open_brackets(self) -> int:
        """How many are open, but for braces round a mark alone."""
        count = len(self.frames)
        while count and self.frames[count - 1].role == "group" and (
            self.frames[count - 1].token == len(self.found.kinds) - 1
        ):  # fmt: skip
            count -= 1
        return count

    def _function(self, word: str, match: re.Match[str]) -> None:
        function = _FUNCTIONS.get(word)
        operator = re.fullmatch(r"\\operatorname\*?\{([A-Za-z0-9 ]*)\}", word)
        if function is None and operator is not None:
            function = function_of(operator[1].replace(" ", ""))
            if function is None:
                raise mistake(f"no function called {operator[1]!r}", self.text, match.span(),
                              hint=did_you_mean(operator[1], FUNCTIONS))  # fmt: skip
        if function is None:
            raise self._unknown(word, match)
        self._token("name", function, match)
        alpha = FUNCTIONS[function].alpha
        if alpha is not None and self.text.startswith("_{", self.place):
            self.place += 2
            self.frames.append(_Frame("alpha", len(self.found.kinds), self.place - 1))

    def _unknown(self, word: str, match: re.Match[str]) -> SpecError:
        if word in _MATRICES:
            return mistake(
                f"{word} belongs to formulas of matrices, which are not read", self.text,
                match.span(), hint="write the layered form, value by value",
            )  # fmt: skip
        known = chain(_COMMANDS, _FUNCTIONS, (r"\frac", r"\sqrt", r"\left", r"\right"))
        near = did_you_mean(word, [w for w in known if len(w) > 2 and "{" not in w])
        hint = near if near.startswith("did") else "write what it stands for"
        return mistake(f"unknown command {word}", self.text, match.span(), hint=hint)
