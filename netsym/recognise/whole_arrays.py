"""A typed formula of whole arrays against a network: `W2·relu(W1 x + b1) + b2`, layer by layer.

Both are taken apart into layers, `f(W a + b) + a`, from the output inwards. The person's letters
are the arrays of the network in order, whatever they are called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from netsym.displayed import Displayed
from netsym.errors import SpecError
from netsym.forms.array_form import ArrayForm
from netsym.forms.form import Form
from netsym.graph.array_operations import Shape
from netsym.graph.functions import FUNCTIONS
from netsym.network.network import Network
from netsym.typed.parse import parse_formula
from netsym.typed.whole_arrays import of_libraries
from netsym.wording import FIXED, WIDTH, check_digits, few, joined, plural, spelled, wrapped
from netsym.writers.array_text import ArrayUnicode

_PRODUCTS = frozenset({"multiply", "matmul"})
_MOST_SAID = 12  # letters in a report
_TYPED: dict[int, str | int] = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789") | {ord("ᵀ"): ".T"}


@dataclass(frozen=True, slots=True)
class Layer:
    """`f(W a + b)`, and with a skip `f(W a + b) + a`.

    `function` is the activation with the numbers that it takes, none if it is linear; letters are
    plain names. `right` says that the matrix stands right of the value, `transposed` that it is
    transposed there.
    """

    function: tuple[str, ...]
    matrix: str
    right: bool
    transposed: bool
    bias: tuple[str, ...] = ()
    skips: int = 0


class _Affine(NamedTuple):
    """`W a + b`, with a once more for each skip; see `Layer`."""

    matrix: str
    right: bool
    transposed: bool
    bias: tuple[str, ...]
    skips: int
    below: int  # the node of a

    def layer(self, function: tuple[str, ...] = (), skips: int = 0) -> Layer:
        """The layer of it with an activation."""
        return Layer(
            function, self.matrix, self.right, self.transposed, self.bias, self.skips + skips
        )


@dataclass(frozen=True, slots=True)
class Meant:
    """A typed letter, and which array of the network it is, or the transpose of which.

    `shape` is that of the letter; the network's array has a plain name, and is `written` W¹.
    """

    letter: str
    array: str
    written: str
    shape: Shape
    transposed: bool = False

    def __str__(self) -> str:
        """`W1 = W¹ (128 × 784)`."""
        name = f"({self.written})ᵀ" if self.transposed else self.written
        return f"{self.letter} = {name} ({' × '.join(map(str, self.shape))})".replace(" ", FIXED)


@dataclass(frozen=True)
class ArrayCheck(Displayed):
    """A formula of whole arrays that was checked against a network; `str` is the report.

    `letters` says which arrays the typed letters are, `mistakes` where the formula departs; without
    one it is the network, for all values of the letters.
    """

    network: str
    letters: tuple[Meant, ...]
    mistakes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """ "structural" or "different"."""
        return "different" if self.mistakes else "structural"

    @property
    def equal(self) -> bool:
        """Whether the formula is the network."""
        return not self.mistakes

    def __bool__(self) -> bool:
        """See `equal`."""
        return self.equal

    @property
    def exit_code(self) -> int:
        """0 if they are equal, 1 if they differ."""
        return int(not self.equal)

    def __repr__(self) -> str:
        return f"<{self.verdict}: {self.network} and the formula of whole arrays>"

    def __str__(self) -> str:
        return self.report()

    def report(
        self,
        width: int = WIDTH,
        ascii: bool = False,
        digits: int | None = None,
        why: bool = False,
    ) -> str:
        """The answer on one line, and below it every other mistake; `why` says what it rests on."""
        check_digits(digits)
        letters = few(self.letters, _MOST_SAID)
        if self.equal:
            lines = [f"equal, with {letters}"]
        else:
            first, *others = self.mistakes
            lines = [f"different: {first}", *(f"- {mistake}" for mistake in others)]
            lines += [f"- the letters were read as {letters}"] if letters else []
        if why:
            lines.append(f"- {self._because()}")
        plain = (line.translate(_TYPED) if ascii else line for line in lines)
        return "\n".join(wrapped(spelled(line, ascii), width) for line in plain)

    def _because(self) -> str:
        read = "names are whole arrays here, and products keep their order"
        if self.equal:
            return f"{read}: layer by layer both are one expression, for all values of the letters"
        return f"{read}: layer by layer both were compared"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "compared": [self.network, "the formula"],
            "verdict": self.verdict,
            "because": self._because(),
            "letters": {
                each.letter: {
                    "array": each.array,
                    "transposed": each.transposed,
                    "shape": list(each.shape),
                }
                for each in self.letters
            },
            "mistakes": list(self.mistakes),
        }


def check_arrays(network: Network, text: str) -> ArrayCheck | None:
    """What a text is as a formula of whole arrays; None if it is none, or the network has none.

    The network is a stack of layers `f(W a + b)`, some with a skip, and one of them reads or gives
    several values: else letters are numbers.
    """
    arrays = _of_network(network)
    try:
        parsed = parse_formula(text, arrays=True)
    except SpecError:
        return None
    if arrays is None:
        return None
    form, theirs = arrays
    known = {"x", "X", *(part for each in network.inputs for part in (each.letter, each.name))}
    try:
        mine = _Layers(parsed.formula, _inputs(parsed.formula, known)).of(
            int(parsed.formula.ends[0])
        )
    except _NoLayers:
        return None
    if not mine or len(parsed.formula.outputs) > 1:
        return None
    return _Comparison(network.title, form, theirs, mine, numpy=of_libraries(text)).result()


def _of_network(network: Network) -> tuple[ArrayForm, list[Layer]] | None:
    """The layers of a network by its form of whole arrays."""
    form = network.matrices
    if form.why_not_one or len(form.outputs) > 1 or len(network.inputs) > 1:
        return None
    if all(max(shape) == 1 for _, shape in form.shapes):
        return None
    inputs = [names.ascii(0) for names, _ in form.shapes if names.layer is None]
    try:
        layers = _Layers(form, inputs).of(int(form.ends[0]))
    except _NoLayers:
        return None
    in_columns = layers and not any(layer.right for layer in layers)
    return (form, layers) if in_columns else None


def _inputs(form: Form, known: Collection[str]) -> list[str]:
    """The letter of the input: a known one, else a small one in a product of two letters."""
    graph = form.graph
    used = [name for _, names in form.symbols() for name in names] + form.input_names()
    found = [name for name in used if name in known]
    if found:
        return found
    for block, rows in graph.walk(form.mask):
        if block.op in _PRODUCTS:
            for operands in block.operands[rows].tolist():
                letters = [graph.name_of(n) for n in operands if graph.block_of(n).op == "symbol"]
                small = [letter for letter in letters if letter[0].islower()]
                if len(letters) == len(operands) == 2 and len(small) == 1:
                    return small
    return []


# -- into layers ---------------------------------------------------------------------------------
class _NoLayers(Exception):
    """What is not made of such layers."""


class _Layers:
    """Takes a formula apart, from the output inwards."""

    def __init__(self, form: Form, inputs: Sequence[str]) -> None:
        self.graph = form.graph
        self.inputs = inputs

    def of(self, node: int) -> list[Layer]:
        """The layers of a value, from the input outwards."""
        found, node = [], self._plain(node)
        while not self._is_input(node):
            layer, node = self._layer(node)
            found.append(layer)
        return found[::-1]

    def _op(self, node: int) -> str:
        return self.graph.block_of(node).op

    def _operands(self, node: int) -> list[int]:
        return [self._plain(n) for n in self.graph.operands_of(node)]

    def _plain(self, node: int) -> int:
        """A value without its name."""
        while self._op(node) == "name":
            (node,) = self.graph.operands_of(node)
        return node

    def _is_input(self, node: int) -> bool:
        return self._op(node) == "symbol" and self.graph.name_of(node) in self.inputs

    def _is_letter(self, node: int) -> bool:
        return self._op(node) == "symbol" and not self._is_input(node)

    def _is_number(self, node: int, value: float) -> bool:
        return self._op(node) == "constant" and self.graph.number(node) == value

    def _layer(self, node: int) -> tuple[Layer, int]:
        """The last layer, and the value that it reads."""
        affine = self._affine(node)
        if affine is not None:
            return affine.layer(), affine.below
        applied = self._activated(node)
        if applied is not None:
            function, affine = applied
            return affine.layer(function), affine.below
        terms = self._operands(node) if self._op(node) == "add" else []
        for main in terms:  # an activation, or a sum by itself, and what its layer reads
            applied = self._activated(main)
            function, affine = applied or ((), self._affine(main))
            others = [n for n in terms if n != main]
            if affine is not None and others and all(n == affine.below for n in others):
                return affine.layer(function, len(others)), affine.below
        raise _NoLayers

    def _affine(self, node: int) -> _Affine | None:
        """A sum of a product and of biases, and of what the product has once more."""
        terms = self._operands(node) if self._op(node) == "add" else [node]
        for term in terms:
            product = self._product(term)
            if product is None:
                continue
            matrix, right, transposed, below = product
            others = [n for n in terms if n != term]
            bias = tuple(self.graph.name_of(n) for n in others if self._is_letter(n))
            again = [n for n in others if not self._is_letter(n)]
            if all(n == below for n in again):
                return _Affine(matrix, right, transposed, bias, len(again), below)
        return None

    def _activated(self, node: int) -> tuple[tuple[str, ...], _Affine] | None:
        """An activation, and the sum that it is applied to, in which nothing is skipped."""
        found = self._activation(node)
        affine = None if found is None else self._affine(found[1])
        return None if found is None or affine is None or affine.skips else (found[0], affine)

    def _product(self, node: int) -> tuple[str, bool, bool, int] | None:
        """A matrix and a value: the matrix, whether it is right and transposed, and the value."""
        if self._op(node) not in _PRODUCTS or len(self._operands(node)) != 2:
            return None
        matrices = [self._matrix(n) for n in self._operands(node)]
        if (matrices[0] is None) == (matrices[1] is None):
            return None
        right = matrices[0] is None
        matrix = matrices[right]
        assert matrix is not None
        below = self._operands(node)[not right]
        if right and self._op(below) == "transpose":  # a column that was made a row
            (below,) = self._operands(below)
        return matrix[0], right, matrix[1], below

    def _matrix(self, node: int) -> tuple[str, bool] | None:
        """A letter, and whether it is transposed."""
        times = 0
        while self._op(node) == "transpose":
            (node,) = self._operands(node)
            times += 1
        return (self.graph.name_of(node), times % 2 == 1) if self._is_letter(node) else None

    def _activation(self, node: int) -> tuple[tuple[str, ...], int] | None:
        """An activation with its numbers, and what it is applied to."""
        op = self._op(node)
        if op == "divide":
            return self._logistic(node)
        if op not in FUNCTIONS or op == "min":
            return None
        value, *others = self._operands(node)
        if op == "max":
            pair = sorted((value, *others), key=lambda n: self._op(n) == "constant")
            zero = len(pair) == 2 and self._is_number(pair[1], 0.0)
            return (("relu",), pair[0]) if zero else None
        if any(self._op(n) != "constant" for n in others):
            return None
        return (op, *(str(self.graph.number(n)) for n in others)), value

    def _logistic(self, node: int) -> tuple[tuple[str, ...], int] | None:
        """1/(1 + exp(-z)) is the sigmoid of z."""
        above, below = self._operands(node)
        if not self._is_number(above, 1.0) or self._op(below) != "add":
            return None
        powers = [n for n in self._operands(below) if not self._is_number(n, 1.0)]
        if len(powers) != 1 or len(self._operands(below)) != 2 or self._op(powers[0]) != "exp":
            return None
        (exponent,) = self._operands(powers[0])
        return (
            (("sigmoid",), self._operands(exponent)[0]) if self._op(exponent) == "negate" else None
        )


# -- layer by layer ------------------------------------------------------------------------------
class _Comparison:
    """Layers that were typed, beside those of a network."""

    def __init__(
        self, title: str, form: ArrayForm, theirs: list[Layer], mine: list[Layer], numpy: bool
    ) -> None:
        self.title = title
        language = ArrayUnicode(form)
        self.arrays = {
            names.ascii(0): (language.name(names, 0), shape) for names, shape in form.shapes
        }
        self.theirs = theirs
        self.mine = mine
        self.numpy = numpy  # whose vectors are neither rows nor columns
        self.letters: dict[str, Meant] = {}
        self.clashes: list[tuple[Meant, Meant]] = []

    def result(self) -> ArrayCheck:
        count = len(self.mine)
        if count != len(self.theirs):
            has = f"your formula has {plural(count, 'layer')}, the network has {len(self.theirs)}"
            return ArrayCheck(self.title, (), (has,))
        mistakes = [each for n in range(count) for each in self._of_layer(n)]
        mistakes += [*self._of_sides(), *self._of_letters()]
        return ArrayCheck(self.title, tuple(self.letters.values()), tuple(mistakes))

    def _place(self, number: int) -> str:
        return "the output layer" if number == len(self.mine) - 1 else f"layer {number + 1}"

    def _of_layer(self, number: int) -> Iterator[str]:
        mine, theirs, place = self.mine[number], self.theirs[number], self._place(number)
        if mine.function != theirs.function:
            said, wanted = (", ".join(layer.function) for layer in (mine, theirs))
            if not said:
                yield f"no {wanted} on {place}"
            else:
                yield f"{said} on {place}, where the network has {wanted or 'no activation'}"
        if theirs.bias and not mine.bias:
            yield f"no bias in {place}"
        elif mine.bias and not theirs.bias:
            yield f"a bias in {place}, where the network has none"
        elif len(mine.bias) > len(theirs.bias):
            yield f"{joined(mine.bias)} in {place}, where the network has one bias"
        if mine.skips != theirs.skips:
            adds, other = ("your formula", "the network")[:: 1 if mine.skips else -1]
            yield f"{place} adds what it reads in {adds}, not in {other}"

    # -- rows and columns
    def _of_sides(self) -> Iterator[str]:
        """Matrices that stand on the other side of values than most, or are turned over."""
        right = [n for n in self._free_of_rows() if self.mine[n].right]
        left = [n for n in self._free_of_rows() if not self.mine[n].right]
        odd: list[int] = []
        if right and left and not self.numpy:
            odd, kept = (right, left) if len(right) <= len(left) else (left, right)
            sides = ("right", "left") if odd is right else ("left", "right")
            for n in odd:
                matrix, other = self.mine[n].matrix, self.mine[kept[-1]].matrix
                yield (
                    f"{matrix} stands {sides[0]} of what it multiplies in {self._place(n)}, and "
                    f"{other} {sides[1]} of it in {self._place(kept[-1])}: columns stand right of "
                    "all matrices, rows left of them"
                )
        turned = {n: self._turned(n) for n in range(len(self.mine)) if n not in odd}
        same = [n for n in turned if min(self._shape(n)) > 1]
        over = [n for n in same if turned[n]]
        straight = [n for n in same if not turned[n]]
        strange = (over if len(over) <= len(straight) else straight) if over and straight else []
        for n, (mine, theirs) in enumerate(zip(self.mine, self.theirs, strict=True)):
            letter, array = mine.matrix, theirs.matrix
            if n in strange:
                special = self._meant(letter, array, turned[n])
                others = "are no transposes" if turned[n] else "are transposes"
                yield (
                    f"in {self._place(n)} this is equal only where {special}, and the other "
                    f"matrices {others}"
                )
            self._take(self._meant(letter, array, n not in odd and n not in strange and turned[n]))
            for letter, array in zip(mine.bias, theirs.bias, strict=False):
                self._take(self._meant(letter, array))

    def _meant(self, letter: str, array: str, transposed: bool = False) -> Meant:
        written, shape = self.arrays[array]
        return Meant(letter, array, written, shape[::-1] if transposed else shape, transposed)

    def _free_of_rows(self) -> list[int]:
        """The layers whose matrix has a side: one number may stand left of a column, too."""
        return [n for n in range(len(self.mine)) if self._shape(n)[1] > 1]

    def _shape(self, number: int) -> Shape:
        return self.arrays[self.theirs[number].matrix][1]

    def _turned(self, number: int) -> bool:
        """Whether the letter of a layer is the transpose of the network's array."""
        layer, (rows, columns) = self.mine[number], self._shape(number)
        if rows == columns == 1:
            return False
        return layer.transposed ^ (layer.right and columns > 1)

    # -- letters
    def _take(self, meant: Meant) -> None:
        known = self.letters.setdefault(meant.letter, meant)
        if known.array != meant.array:
            self.clashes.append((known, meant))

    def _of_letters(self) -> Iterator[str]:
        """One letter for two arrays, and letters of the network that stand for others."""
        for one, other in self.clashes:
            yield (
                f"{one.letter} stands for {one.written} and for {other.written}, which are two "
                f"arrays: equal only where {one.written}{FIXED}={FIXED}{other.written}"
            )
        own = {_folded(name): name for name in self.arrays}
        typed = {_folded(letter): meant for letter, meant in self.letters.items()}
        if not typed.keys() <= own.keys():
            return  # they count from another number, or are called otherwise
        for letter, meant in typed.items():
            if own[letter] != meant.array:
                yield f"{meant.letter} stands where {meant.written} belongs"


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
