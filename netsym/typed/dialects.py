"""What other languages write, as tokens of a plain formula: a table of their signs.

Excel, MATLAB, Julia, R, Pascal, C, Python and JMP. Each row is a pass over the tokens, in linear
time; where a sign can be read in two ways it is refused, with both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsym.graph.functions import FUNCTIONS
from netsym.typed.bare_functions import read_bare_functions
from netsym.typed.choices import read_choices
from netsym.typed.indices import read_indices
from netsym.typed.programs import DECLARING, is_left_side, read_programs
from netsym.typed.sympy_scripts import read_sympy_script
from netsym.typed.tokens import END, Change, Tokens, unknown_character
from netsym.typed.vocabulary import Vocabulary, function_of

#: What a name of a module stands before: np.tanh is tanh.
_MODULES = frozenset(
    [
        "F",
        "Flux",
        "K",
        "Math",
        "NNlib",
        "activations",
        "backend",
        "cmath",
        "cp",
        "functional",
        "jax",
        "jnp",
        "keras",
        "math",
        "nn",
        "np",
        "numpy",
        "ops",
        "scipy",
        "sp",
        "special",
        "sympy",
        "tensorflow",
        "tf",
        "torch",
    ]
)
_SUFFIXES = frozenset("fFlL")
_CLAUSES = frozenset({"where", "with", "and", "let"})
_OPENS = frozenset({"(", ",", "=", "+", "-", "*", "/", "^", "<", ">", "<=", ">=", "?", ":", "line",
                    ";", "if", "else"})  # fmt: skip


def translated(tokens: Tokens, vocabulary: Vocabulary) -> Tokens:
    """Tokens of text in any of these languages as those of a plain formula.

    Raises `SpecError` for what can be read in two ways, and says both.
    """
    present = {*tokens.kinds, *tokens.words}
    for signs, read in _PASSES_OF_LATEX if tokens.loose else _PASSES:
        if not signs.isdisjoint(present):
            tokens = read(tokens, vocabulary)
    return read_bare_functions(tokens, vocabulary)


def _strings(tokens: Tokens, _: Vocabulary) -> Tokens:
    """Only the scripts for sympy have quotes."""
    for place in _places(tokens, "string"):
        raise unknown_character(tokens.text, tokens.starts[place])
    return tokens


def _points(tokens: Tokens, _: Vocabulary) -> Tokens:
    """np.tanh is tanh, x.T is x, and a full stop ends a formula."""
    kinds, words, changes = tokens.kinds, tokens.words, dict[int, Change | None]()
    for place in _places(tokens, "point"):
        named = kinds[place - 1] == kinds[place + 1] == "name" and place > 0
        if named and words[place - 1] in _MODULES:
            changes[place - 1] = changes[place] = None
            if words[place + 1] == "E":
                changes[place + 1] = ("name", "e", 0)
        elif kinds[place + 1] == "name" and words[place + 1] == "T":
            changes[place] = changes[place + 1] = None
        elif place > 0 and kinds[place + 1] in (END, "line", "("):  # tanh.(x) of Julia
            changes[place] = None
        else:
            raise tokens.mistake("'.' has no meaning in a formula", place,
                                 hint="a point belongs into a number, as in 0.5")  # fmt: skip
    return tokens.edited(changes)


def _excel(tokens: Tokens, _: Vocabulary) -> Tokens:
    """A formula of a sheet begins with =, and its powers bind as nowhere else."""
    kinds, words = tokens.kinds, tokens.words
    if kinds[0] != "=" or kinds[1] == "=":
        return tokens
    for place in _places(tokens, "name"):
        if words[place].lower() == "log" and kinds[place + 1] == "(":
            raise tokens.mistake(
                f"{words[place]} is the logarithm of base 10 in a sheet, and the natural one here",
                place, hint="write LN(z), or LN(z)/LN(10)",
            )  # fmt: skip
    for place, base in _powers(tokens):
        text = tokens.text[tokens.starts[base] : tokens.stops[place + 1]][:60]
        if kinds[base - 1] == "-" and kinds[base - 2] in _OPENS:
            raise tokens.mistake(
                f"-{text} is (-…)^… in a sheet, and -({text}) elsewhere", base - 1, place,
                hint="put what is meant into parentheses",
            )  # fmt: skip
        if kinds[base - 1] == "^":
            raise tokens.mistake(
                "powers of powers are read from the left in a sheet, and from the right elsewhere",
                base - 1, place, hint="put what is meant into parentheses",
            )  # fmt: skip
    return tokens.edited({0: None})


def _powers(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Every sign of a power, and where its base begins."""
    opened, openings = [], dict[int, int]()
    for place, kind in enumerate(tokens.kinds):
        if kind == "(":
            opened.append(place)
        elif kind == ")" and opened:
            openings[place] = opened.pop()
        elif kind == "^":
            base = openings.get(place - 1, place - 1)
            yield place, base - (base < place - 1 and tokens.kinds[base - 1] == "name")


def _cells(tokens: Tokens, _: Vocabulary) -> Tokens:
    """$A$1 and A$1 are A1."""
    changes: dict[int, Change | None] = {}
    for place in _places(tokens, "cell"):
        word, before = tokens.words[place].replace("$", ""), place - 1
        if not word.isdecimal():
            changes[place] = ("name", word, place)
        elif place and tokens.kinds[before] == "name" and (
            tokens.stops[before] == tokens.starts[place]
        ):  # fmt: skip
            changes[before] = ("name", tokens.words[before] + word, place)
    return tokens.edited(changes)


def _commas(tokens: Tokens, _: Vocabulary) -> Tokens:
    """Where values are separated by ; or a comma separates none, it is that of a decimal."""
    kinds, words = tokens.kinds, tokens.words
    opened: list[int] = []
    decimals, unclear, separators = list[int](), list[int](), list[int]()
    for place, kind in enumerate(kinds):
        if kind == "(":
            opened.append(place)
        elif kind == ")" and opened:
            opened.pop()
        elif kind == ";" and opened and words[opened[-1]] == "(":
            separators.append(place)
        elif kind == "," and _is_between_digits(tokens, place):
            caller = opened[-1] - 1 if opened else -1
            function = function_of(words[caller]) if caller >= 0 else None
            called = caller >= 0 and kinds[caller] == "name"
            one = function is not None and FUNCTIONS[function].arity == 1
            (unclear if called else decimals).append(place)
            if one and called:
                unclear.pop()
                decimals.append(place)
    certain = any(kinds[p - 2] != "(" or kinds[p + 2] != ")" for p in decimals)
    if not (separators or (decimals and certain)) or _has_points(tokens):
        return tokens
    places = [*decimals, *unclear]
    if unclear and not separators:
        raise tokens.mistake(
            "this comma can separate two values, or be that of a decimal", unclear[0],
            hint="separate values by ; where decimals have commas, or write decimals with a point",
        )  # fmt: skip
    if places and all(_is_thousand(tokens, place) for place in places):
        raise tokens.mistake(
            "this comma can be that of a decimal, or of thousands", places[0],
            hint=f"write {words[places[0] - 1]}.{words[places[0] + 1]}, "
            f"or {words[places[0] - 1]}{words[places[0] + 1]}",
        )  # fmt: skip
    changes: dict[int, Change | None] = {p: (",", ",", p) for p in separators}
    for place in places:
        changes[place - 1] = ("number", f"{words[place - 1]}.{words[place + 1]}", place + 1)
    return tokens.edited(changes)


def _is_between_digits(tokens: Tokens, place: int) -> bool:
    kinds, words, starts, stops = tokens.kinds, tokens.words, tokens.starts, tokens.stops
    return (
        kinds[place - 1] == kinds[place + 1] == "number"
        and words[place - 1].isdecimal() and words[place + 1][0].isdecimal()
        and stops[place - 1] == starts[place] and stops[place] == starts[place + 1]
    )  # fmt: skip


def _has_points(tokens: Tokens) -> bool:
    return any("." in tokens.words[place] for place in _places(tokens, "number"))


def _is_thousand(tokens: Tokens, place: int) -> bool:
    above, below = tokens.words[place - 1], tokens.words[place + 1]
    return above[0] != "0" and len(above) < 4 and len(below) == 3


def _suffixes(tokens: Tokens, vocabulary: Vocabulary) -> Tokens:
    """1.0f of C is 1.0, if f is nothing else."""
    kinds, words = tokens.kinds, tokens.words
    found = [
        place for place in _places(tokens, "name")
        if words[place] in _SUFFIXES and place > 0 and kinds[place - 1] == "number"
        and tokens.stops[place - 1] == tokens.starts[place]
        and not words[place - 1].isdecimal() and kinds[place + 1] != "("
    ]  # fmt: skip
    if not found:
        return tokens
    behind = set(found)
    for place in _places(tokens, "name"):
        word = words[place]
        other = place not in behind and kinds[place + 1] != "("
        if word in _SUFFIXES and (other or vocabulary.resolve(word, {})):
            number = words[found[0] - 1]
            raise tokens.mistake(
                f"{number}{word} can be the number {number} of C, or {number}*{word}", found[0],
                hint="write one of these",
            )  # fmt: skip
    return tokens.edited(dict.fromkeys(found))


def _quotes(tokens: Tokens, _: Vocabulary) -> Tokens:
    """The transpose of a value that is no matrix is itself."""
    kinds, changes = tokens.kinds, dict[int, Change | None]()
    for place in _places(tokens, "'"):
        if place == 0 or kinds[place - 1] not in ("name", ")") or (
            kinds[place + 1] in ("name", "number", "(", "'", "=")
        ):  # fmt: skip
            raise tokens.mistake("\"'\" has no meaning here", place,
                                 hint="a formula has no quotes, and a derivative has its own "
                                 "name")  # fmt: skip
        changes[place] = None
    return tokens.edited(changes)


def _columns(tokens: Tokens, _: Vocabulary) -> Tokens:
    """:x of JMP is x, where no choice has its : there."""
    kinds = tokens.kinds
    found = [
        place for place in _places(tokens, ":")
        if kinds[place + 1] == "name" and (place == 0 or kinds[place - 1] in _OPENS)
    ]  # fmt: skip
    return tokens.edited(dict.fromkeys(found))


def _assigned(tokens: Tokens, _: Vocabulary) -> Tokens:
    """y <- z of R is y = z at the beginning of a statement, and y < -z elsewhere."""
    kinds, made, place = tokens.kinds, tokens.like(), 0
    is_r = "?" not in kinds  # C has x<-1 ? a : b
    for at, kind in enumerate(kinds):
        if kind != "<-":
            continue
        made.take(tokens, place, at)
        place, start, stop = at + 1, tokens.starts[at], tokens.stops[at]
        begins = at == 1 or (at > 1 and kinds[at - 2] in ("line", ";"))
        if is_r and begins and kinds[at - 1] == "name":
            made.add("=", "<-", start, stop)
        else:
            made.add("<", "<", start, start + 1)
            made.add("-", "-", start + 1, stop)
    made.take(tokens, place, len(kinds))
    return made


def _clauses(tokens: Tokens, _: Vocabulary) -> Tokens:
    """y = 2h, where h = x + 1 and …: each clause is an equation of its own."""
    kinds, words, depth = tokens.kinds, tokens.words, 0
    changes: dict[int, Change | None] = {}
    after = 0
    for place, kind in enumerate(kinds):
        depth += (kind == "(") - (kind == ")")
        clause = kind == "," or (kind == "name" and words[place] in _CLAUSES)
        if depth or place < after or not clause:
            continue
        after = place + 1
        while kinds[after] == ":" or (kinds[after] == "name" and words[after] in _CLAUSES) or (
            kinds[after] == "line"
        ):  # fmt: skip
            after += 1
        if is_left_side(tokens, after):
            changes[place] = ("line", "\n", place)
            changes |= dict.fromkeys(range(place + 1, after))
    return tokens.edited(changes)


def _places(tokens: Tokens, kind: str) -> list[int]:
    return [place for place, each in enumerate(tokens.kinds) if each == kind]


#: Kinds or words by which a language is known, and what reads them, in this order.
_PASSES: tuple[tuple[frozenset[str], Callable[[Tokens, Vocabulary], Tokens]], ...] = (
    (frozenset({"symbols"}), read_sympy_script),
    (frozenset({"string"}), _strings),
    (frozenset({"point"}), _points),
    (frozenset({"cell"}), _cells),
    (frozenset({"<-"}), _assigned),
    (frozenset({"="}), _excel),
    (frozenset({",", ";"}), _commas),
    (_SUFFIXES, _suffixes),
    (frozenset({"'"}), _quotes),
    (frozenset({"[", "("}), read_indices),
    (DECLARING, read_programs),
    (_CLAUSES, _clauses),
    (frozenset({"if", "If", "IF", "else", "?", "and"}), read_choices),
    (frozenset({":"}), _columns),
)  # fmt: skip
_PASSES_OF_LATEX = ((_CLAUSES, _clauses),)
