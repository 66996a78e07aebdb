"""Pairs of a network, or a formula, and a formula as people type it, with whether they are equal.

Formulas are written here, by string and by `Fraction`: not by netsym. A pair is equal because of
how it was made, or different because a digit, a convention or a place was changed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from netsym import Network
from netsym.files.files import loads

Rows = list[list[float]]


@dataclass(frozen=True)
class Pair:
    """Two sides, whether they are equal, and how the pair was made."""

    kind: str
    one: Network | str
    other: str
    equal: bool

    def __str__(self) -> str:
        return f"{self.kind}: {self.one!s:.60} / {self.other:.90}"


@dataclass(frozen=True)
class Made:
    """Numbers of a network with one hidden layer, after a scaler if there is one."""

    inputs: int
    activation: str
    hidden: Rows
    biases: list[float]
    out: list[float]
    last: float
    mean: list[float] | None = None
    scale: list[float] | None = None

    @property
    def names(self) -> list[str]:
        return ["x"] if self.inputs == 1 else [f"x{n + 1}" for n in range(self.inputs)]

    def network(self) -> Network:
        """It, through a file."""
        layers: list[str] = []
        if self.mean is not None:
            layers.append(f'type = "standardize"\nmean = {self.mean}\nscale = {self.scale}')
        layers.append(
            f'type = "dense"\nactivation = "{self.activation}"\nweights = {self.hidden}\n'
            f"bias = {self.biases}"
        )
        layers.append(f'type = "dense"\nweights = [{self.out}]\nbias = [{self.last}]')
        inputs = ", ".join(f'"{name}"' for name in self.names)
        body = "\n".join(f"[[layers]]\n{layer}" for layer in layers)
        return loads(f"netsym = 1\ninputs = [{inputs}]\n{body}\n")

    def textbook(
        self, write: Callable[[float], str]
    ) -> tuple[list[str], Callable[[list[str]], str]]:
        """The numbers as they are typed, and the formula of them, the scaler written out."""
        numbers: list[float] = []
        for row, bias, out in zip(self.hidden, self.biases, self.out, strict=True):
            numbers += [out, *row, bias]
        numbers.append(self.last)
        scaler = [n for pair in zip(self.mean or [], self.scale or [], strict=True) for n in pair]
        texts = [write(number) for number in [*numbers, *scaler]]

        def formula(typed: list[str]) -> str:
            used = iter(typed)
            count = len(numbers)
            scaled = typed[count:]
            terms = []
            for _ in self.hidden:
                out = next(used)
                inner = []
                for place, name in enumerate(self.names):
                    weight = next(used)
                    value = name
                    if self.mean is not None:
                        value = f"(({name}-({scaled[2 * place]}))/({scaled[2 * place + 1]}))"
                    inner.append(f"({weight})*{value}")
                inner.append(f"({next(used)})")
                terms.append(f"({out})*{self.activation}({' + '.join(inner)})")
            return " + ".join([*terms, f"({next(used)})"])

        return texts, formula

    def rescaled_to(self, typed: list[str], digits: int) -> bool:
        """Whether these are its numbers, rounded, once relu units are multiplied by something.

        Their output weights are divided by it: that is the same function.
        """
        if self.activation != "relu":
            return False
        used = iter(typed)
        for row, bias, out in zip(self.hidden, self.biases, self.out, strict=True):
            least, most = rounding_to(next(used), digits)
            ends = [sorted((Fraction(str(out)) / least, Fraction(str(out)) / most))]
            for known in (*row, bias):
                rounding = rounding_to(next(used), digits)
                ends.append(sorted(end / Fraction(str(known)) for end in rounding))
            if max(least for least, _ in ends) > min(most for _, most in ends):
                return False
        return True

    def merged(self) -> Made:
        """The same with the scaler multiplied in, in exact fractions that are rounded once."""
        if self.mean is None or self.scale is None:
            return self
        hidden, biases = [], []
        for row, bias in zip(self.hidden, self.biases, strict=True):
            exact = [
                Fraction(str(w)) / Fraction(str(s)) for w, s in zip(row, self.scale, strict=True)
            ]
            off = sum(
                (w * Fraction(str(m)) for w, m in zip(exact, self.mean, strict=True)), Fraction(0)
            )
            hidden.append([float(w) for w in exact])
            biases.append(float(Fraction(str(bias)) - off))
        return Made(self.inputs, self.activation, hidden, biases, self.out, self.last)


def trained(source: random.Random) -> Made:
    """A network as training leaves it: numbers of all digits."""
    inputs, units = source.choice([1, 1, 2, 3]), source.choice([1, 2, 3])
    scaled = source.random() < 0.7
    return Made(
        inputs, source.choice(["tanh", "sigmoid", "relu", "softplus", "silu"]),
        [[source.gauss(0, 1.2) for _ in range(inputs)] for _ in range(units)],
        [source.gauss(0, 1) for _ in range(units)],
        [source.gauss(0, 1) for _ in range(units)], source.gauss(0, 1),
        [source.uniform(1, 60) for _ in range(inputs)] if scaled else None,
        [source.uniform(0.3, 9) for _ in range(inputs)] if scaled else None,
    )  # fmt: skip


def short(source: random.Random) -> Made:
    """A network of short decimals, as a teacher types it."""
    inputs, units = source.choice([1, 1, 2]), source.choice([1, 2])

    def number(digits: int, size: float) -> float:
        return round(source.uniform(-size, size), digits) or 0.5

    scaled = source.random() < 0.6
    return Made(
        inputs, source.choice(["tanh", "sigmoid", "relu"]),
        [[number(1, 3) for _ in range(inputs)] for _ in range(units)],
        [number(2, 2) for _ in range(units)],
        [number(1, 3) for _ in range(units)], number(2, 2),
        [number(1, 30) for _ in range(inputs)] if scaled else None,
        [source.choice([0.2, 0.25, 0.4, 0.5, 0.8, 1.6, 2.5]) for _ in range(inputs)]
        if scaled else None,
    )  # fmt: skip


def two_units_off(text: str, up: bool) -> str:
    """A decimal with its last digit wrong by two."""
    number = Decimal(text)
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return f"{number + (2 if up else -2) * unit:f}"


def rounding_to(text: str, digits: int) -> tuple[Fraction, Fraction]:
    """The least and the largest number that is this with so many digits; zeros may be trimmed."""
    number = Decimal(text)
    half = Decimal(5).scaleb(number.adjusted() - digits)
    return Fraction(number - half), Fraction(number + half)


def rounded_to(digits: int) -> Callable[[float], str]:
    """As `%.3g` writes numbers, but never as 1e+05."""
    return lambda number: f"{Decimal(f'{number:.{digits}g}'):f}"


# -- kinds ----------------------------------------------------------------------------------------
def copied(source: random.Random) -> Iterator[Pair]:
    """Typed to 3 to 6 digits, the scaler by the textbook, or multiplied in; and one digit wrong."""
    net, digits = trained(source), source.choice([3, 4, 5, 6])
    for name, made in (("copied", net), ("merged", net.merged())):
        texts, formula = made.textbook(rounded_to(digits))
        places = [n for n, text in enumerate(texts) if len(text.strip("-0.").replace(".", "")) >= 3]
        if name == "merged" and (len(places) < 2 or not all("." in text for text in texts)):
            continue  # a whole number, or all of two digits, is what it says: no rounding
        yield Pair(f"{name}, {digits} digits", net.network(), formula(texts), True)
        if places:
            place = source.choice(places)
            wrong = [*texts]
            wrong[place] = two_units_off(texts[place], source.random() < 0.5)
            if not made.rescaled_to(wrong, digits):
                yield Pair(
                    f"{name}, {digits} digits, one wrong", net.network(), formula(wrong), False
                )


def all_digits(source: random.Random) -> Iterator[Pair]:
    """Every digit of float64, the scaler by the textbook, or multiplied in."""
    net = trained(source)
    for name, made in (("all digits", net), ("all digits, merged", net.merged())):
        texts, formula = made.textbook(lambda number: f"{Decimal(repr(number)):f}")
        yield Pair(name, net.network(), formula(texts), True)


def exact(source: random.Random) -> Iterator[Pair]:
    """Short decimals: as they stand, multiplied in, and one of them wrong by two units."""
    net = short(source)
    for name, made in (("short", net), ("short, merged", net.merged())):
        texts, formula = made.textbook(lambda number: f"{Decimal(repr(number)):f}")
        if all(len(text) < 14 for text in texts):
            yield Pair(name, net.network(), formula(texts), True)
            place = source.randrange(len(texts))
            wrong = [*texts]
            wrong[place] = two_units_off(texts[place], source.random() < 0.5)
            if Decimal(wrong[place]) != 0:
                yield Pair(f"{name}, one wrong", net.network(), formula(wrong), False)


def decimals(source: random.Random) -> Iterator[Pair]:
    """Laws of decimals, typed on both sides."""
    a = Decimal(source.randint(1, 99)) / source.choice([10, 100])
    b = Decimal(source.randint(1, 99)) / source.choice([10, 100])
    f = source.choice(["tanh", "relu", "sigmoid", "exp", "abs", ""])
    unit = Decimal(1).scaleb(
        min(int((a * b).as_tuple().exponent), int((a + b).as_tuple().exponent))
    )
    for left, right in (
        (f"{f}({a}*({b}*x + 1))", "{f}({0:f}*x + {a})".replace("{a}", f"{a:f}").replace("{f}", f)),
        (f"{f}({a}*x + {b}*x)", "{f}({1:f}*x)".replace("{f}", f)),
    ):
        for off in (0, 2):
            text = right.replace("{0:f}", f"{a * b + off * unit:f}")
            text = text.replace("{1:f}", f"{a + b + off * unit:f}")
            yield Pair(f"decimals, {off} off", left, text, not off)
    power = source.choice([10, 100, 8, 5, 25, 40])
    yield Pair("a quotient", f"{f}(x/{power})", f"{f}({Decimal(1) / power:f}*x)", True)


def conventions(source: random.Random) -> Iterator[Pair]:
    """What other systems mean by a name, and what is only near."""
    w = source.choice(["x", "2*x", "0.5*x + 1", "x - 3", "1.7*x + 0.2"])
    table = [
        ("hard_sigmoid({})", "max(0, min(1, 0.2*({}) + 0.5))", False),
        ("hard_sigmoid({})", "max(0, min(1, ({})/6 + 0.5))", True),
        ("hard_sigmoid({})", "max(0, min(1, 0.1667*({}) + 0.5))", True),
        ("gelu({})", "gelu_tanh({})", False),
        ("gelu({})", "({0})*sigmoid(1.702*({0}))", False),
        ("gelu_tanh({})", "0.5*({0})*(1 + tanh(0.79788456*(({0}) + 0.044715*({0})^3)))", True),
        ("gelu_tanh({})", "0.5*({0})*(1 + tanh(0.8*(({0}) + 0.044715*({0})^3)))", False),
        ("leaky_relu({})", "max(({0}), 0.2*({0}))", False),
        ("leaky_relu({})", "max(({0}), 0.01*({0}))", True),
        ("sigmoid({})", "1/(1 + 2.71828^(-({})))", True),
        ("sigmoid({})", "1/(1 + 2.7^(-({})))", False),
        ("sigmoid({})", "1/(1 + 2.718^(-({})))", True),
        ("tanh({})", "2/(1 + exp(-2*({}))) - 1", True),
        ("tanh({})", "2/(1 + exp(-({}))) - 1", False),
        ("softplus({})", "log(1 + exp({}))", True),
        ("silu({})", "({0})/(1 + exp(-1.702*({0})))", False),
        ("elu({})", "selu({})", False),
    ]
    one, other, equal = source.choice(table)
    yield Pair("a convention", one.format(w), other.format(w), equal)


def bumps(source: random.Random) -> Iterator[Pair]:
    """A unit that is active in a small or far place alone, or nowhere."""
    inputs = source.choice([1, 1, 2, 3])
    names = ["x"] if inputs == 1 else [f"x{n + 1}" for n in range(inputs)]
    base = " + ".join(
        f"relu({source.randint(-3, 3) or 2}*{name} + {source.randint(-5, 5)})" for name in names
    )
    base = f"relu({base} - {source.randint(0, 4)})"
    at, width = source.randint(-400, 400), source.choice(["1", "0.001", "0.0000001"])
    distance = " - ".join(f"abs({name} - ({at}))" for name in names)
    yield Pair(
        "a bump", base, f"{base} + relu({width} - {distance.replace(' - abs', ' - abs')})", False
    )
    total = " + ".join(f"abs({name} - ({at}))" for name in names)
    yield Pair("a dead unit", base, f"{base} + relu(-{width} - ({total}))", True)


KINDS: tuple[Callable[[random.Random], Iterator[Any]], ...] = (
    copied,
    all_digits,
    exact,
    decimals,
    conventions,
    bumps,
)


def pairs(seed: int, rounds: int) -> Iterator[Pair]:
    """Pairs of every kind, so many rounds of them."""
    source = random.Random(seed)
    for _ in range(rounds):
        for kind in KINDS:
            yield from kind(source)
