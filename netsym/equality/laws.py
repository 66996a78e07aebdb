"""Laws that the identity tester is tried on: a table of equations that are true.

Each holds wherever both sides are defined. What is not proved is listed as openly as what is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any, NamedTuple

from netsym.equality.identity import Identity, Read, identity
from netsym.errors import checked_whole
from netsym.graph.names import literal
from netsym.ops.reading import read_formula
from netsym.typed.parse import parse_formula
from netsym.wording import WIDTH, check_digits, paragraph, remark, spelled

_NAMES = literal("x", "y", "z")
_WIDTH = 96  # columns of the report
_DECIMAL = 0.30103  # log10 of 2


@dataclass(frozen=True, slots=True)
class Law:
    """A true equation, as a person would type it; `why` says why it is not proved, if it is not."""

    group: str
    name: str
    left: str
    right: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


_MAX = "max is known by its shifts, positive factors and order alone"
_SIGN = "signs are not known to the test"
_LOG = "in a finite field most numbers are no exp of anything"
_RANDOM = "{} is a random function with its symmetry alone"

# fmt: off
LAWS: tuple[Law, ...] = (
    Law("arithmetic", "a sum commutes", "x + y", "y + x"),
    Law("arithmetic", "a product commutes", "x*y", "y*x"),
    Law("arithmetic", "a sum associates", "(x + y) + z", "x + (y + z)"),
    Law("arithmetic", "a product associates", "(x*y)*z", "x*(y*z)"),
    Law("arithmetic", "a product distributes", "x*(y + z)", "x*y + x*z"),
    Law("arithmetic", "a difference of squares", "(x - y)*(x + y)", "x^2 - y^2"),
    Law("arithmetic", "a binomial cubed", "(x + y)^3", "x^3 + 3*x^2*y + 3*x*y^2 + y^3"),
    Law("arithmetic", "fractions telescope", "1/x - 1/(x + 1)", "1/(x*(x + 1))"),
    Law("arithmetic", "fractions over one denominator", "x/y + y/z", "(x*z + y^2)/(y*z)"),
    Law("arithmetic", "a fraction of fractions", "1/(1/x + 1/y)", "x*y/(x + y)"),
    Law("arithmetic", "a geometric sum", "1 + x + x^2 + x^3", "(x^4 - 1)/(x - 1)"),
    Law("arithmetic", "a negative power", "x^(-3)", "1/(x*x*x)"),

    Law("roots", "a root squared", "sqrt(2)^2", "2"),
    Law("roots", "a root of a product", "sqrt(2)*sqrt(8)", "4"),
    Law("roots", "a rational denominator", "1/(sqrt(2) - 1)", "sqrt(2) + 1"),
    Law("roots", "a root as a power", "x^(1/2)", "sqrt(x)"),
    Law("roots", "a root of a variable squared", "sqrt(x)^2", "x"),

    Law("exp and log", "exp of a sum", "exp(x + y)", "exp(x)*exp(y)"),
    Law("exp and log", "exp of the negative", "exp(-x)", "1/exp(x)"),
    Law("exp and log", "exp of a half", "exp(x/2)^2", "exp(x)"),
    Law("exp and log", "exp of a multiple", "exp(3*x)", "exp(x)^3"),
    Law("exp and log", "exp of zero", "exp(x - x)", "1"),
    Law("exp and log", "exp within exp", "exp(exp(x) + y)", "exp(exp(x))*exp(y)"),
    Law("exp and log", "log of exp", "log(exp(x))", "x"),
    Law("exp and log", "log of a product", "log(exp(x)*exp(y))", "x + y"),
    Law("exp and log", "log of a product of positives", "log(x*y)", "log(x) + log(y)"),
    Law("exp and log", "log of a quotient", "log(exp(x)/(1 + exp(y)))", "x - log(1 + exp(y))"),
    Law("exp and log", "log of a power", "log((1 + exp(x))^3)", "3*log(1 + exp(x))"),
    Law("exp and log", "exp of log", "exp(log(x))", "x", _LOG),
    Law("exp and log", "exp of log of a positive", "exp(log(1 + exp(x)))", "1 + exp(x)", _LOG),
    Law("exp and log", "log of a square", "log(x^2)", "2*log(abs(x))", _SIGN),
    Law("exp and log", "softplus by log", "softplus(x)", "log(1 + exp(x))"),
    Law("exp and log", "softplus of the negative", "softplus(x) - softplus(-x)", "x"),
    Law("exp and log", "softplus from either end", "softplus(x)", "x + log(1 + exp(-x))"),
    Law("exp and log", "softplus and sigmoid", "-softplus(-x)", "log(sigmoid(x))"),

    Law("sigmoid", "sigmoid of the negative", "sigmoid(-x)", "1 - sigmoid(x)"),
    Law("sigmoid", "sigmoid by tanh", "sigmoid(x)", "(1 + tanh(x/2))/2"),
    Law("sigmoid", "sigmoid by exp", "sigmoid(x)", "exp(x)/(1 + exp(x))"),
    Law("sigmoid", "odds of sigmoid", "sigmoid(x)/(1 - sigmoid(x))", "exp(x)"),
    Law("sigmoid", "log odds of sigmoid", "log(sigmoid(x)/sigmoid(-x))", "x"),
    Law("sigmoid", "derivative of sigmoid", "sigmoid(x)*(1 - sigmoid(x))",
        "exp(-x)/(1 + exp(-x))^2"),
    Law("sigmoid", "silu by sigmoid", "silu(x)", "x*sigmoid(x)"),
    Law("sigmoid", "silu of the negative", "silu(x) - silu(-x)", "x*(sigmoid(x) + sigmoid(-x))"),

    Law("tanh", "tanh by exp", "tanh(x)", "(exp(2*x) - 1)/(exp(2*x) + 1)"),
    Law("tanh", "tanh by sigmoid", "tanh(x)", "2*sigmoid(2*x) - 1"),
    Law("tanh", "tanh of twice", "tanh(2*x)", "2*tanh(x)/(1 + tanh(x)^2)"),
    Law("tanh", "tanh of a sum", "tanh(x + y)", "(tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))"),
    Law("tanh", "tanh by sinh and cosh", "tanh(x)", "sinh(x)/cosh(x)"),
    Law("tanh", "squares of sinh and cosh", "cosh(x)^2 - sinh(x)^2", "1"),
    Law("tanh", "sinh of a sum", "sinh(x + y)", "sinh(x)*cosh(y) + cosh(x)*sinh(y)"),
    Law("tanh", "cosh of twice", "cosh(2*x)", "2*cosh(x)^2 - 1"),
    Law("tanh", "exp by sinh and cosh", "exp(x)", "sinh(x) + cosh(x)"),

    Law("softmax", "softmax of two", "exp(x)/(exp(x) + exp(y))", "sigmoid(x - y)"),
    Law("softmax", "softmax under a shift",
        "exp(x + z)/(exp(x + z) + exp(y + z))", "exp(x)/(exp(x) + exp(y))"),
    Law("softmax", "softmax less its last",
        "exp(x)/(exp(x) + exp(y) + exp(z))", "exp(x - z)/(exp(x - z) + exp(y - z) + 1)"),
    Law("softmax", "softmax less its largest",
        "exp(min(x, 0))/(exp(min(x, 0)) + exp(-max(x, 0)))", "exp(x)/(exp(x) + exp(0))"),
    Law("softmax", "logsumexp under a shift",
        "log(exp(x + z) + exp(y + z))", "z + log(exp(x) + exp(y))"),
    Law("softmax", "ratios of softmax", "exp(x)/(exp(x) + exp(y))/(exp(y)/(exp(x) + exp(y)))",
        "exp(x - y)"),

    Law("relu, max, abs", "relu of the negative", "relu(x) - relu(-x)", "x"),
    Law("relu, max, abs", "relu by abs", "relu(x)", "(x + abs(x))/2"),
    Law("relu, max, abs", "relu by max", "relu(x)", "max(0, x)"),
    Law("relu, max, abs", "relu of a multiple", "relu(3*x)", "3*relu(x)"),
    Law("relu, max, abs", "relu of a fraction", "relu(x/7)", "relu(x)/7"),
    Law("relu, max, abs", "max commutes", "max(x, y)", "max(y, x)"),
    Law("relu, max, abs", "max associates", "max(x, max(y, z))", "max(max(x, y), z)"),
    Law("relu, max, abs", "max shifts", "max(x + z, y + z)", "max(x, y) + z"),
    Law("relu, max, abs", "max by relu", "max(x, y)", "y + relu(x - y)"),
    Law("relu, max, abs", "min by max", "min(x, y)", "-max(-x, -y)"),
    Law("relu, max, abs", "min and max", "min(x, y) + max(x, y)", "x + y"),
    Law("relu, max, abs", "abs by max", "abs(x)", "max(x, -x)"),
    Law("relu, max, abs", "abs of the negative", "abs(x - y)", "abs(y - x)"),
    Law("relu, max, abs", "max by abs", "max(x, y)", "(x + y + abs(x - y))/2"),
    Law("relu, max, abs", "leaky relu by relu",
        "leaky_relu(x, 1/8)", "relu(x) - relu(-x)/8"),
    Law("relu, max, abs", "leaky relu by max", "leaky_relu(x, 1/8)", "max(x, x/8)"),
    Law("relu, max, abs", "hard sigmoid by relu6",
        "hard_sigmoid(x)", "min(max(0, x + 3), 6)/6", _MAX),
    Law("relu, max, abs", "hard sigmoid from below",
        "hard_sigmoid(x)", "max(0, min(1, (x + 3)/6))"),
    Law("relu, max, abs", "clipped at both ends", "1 + min(0, max(x, 0) - 1)", "min(1, relu(x))"),
    Law("relu, max, abs", "relu of relu", "relu(relu(x))", "relu(x)"),
    Law("relu, max, abs", "a square of abs", "abs(x)^2", "x^2", _SIGN),
    Law("relu, max, abs", "abs of a product", "abs(x*y)", "abs(x)*abs(y)", _SIGN),
    Law("relu, max, abs", "relu of what is positive", "relu(x^2 + 1)", "x^2 + 1", _SIGN),
    Law("relu, max, abs", "max of numbers", "max(2, 3)", "3"),
    Law("relu, max, abs", "a smaller number in a max", "max(2, 3, x)", "max(3, x)"),
    Law("relu, max, abs", "what is certainly larger", "max(x, x + 1)", "x + 1"),
    Law("relu, max, abs", "hardtanh is odd",
        "max(-1, min(1, -x))", "-max(-1, min(1, x))", _MAX),
    Law("relu, max, abs", "max times min", "max(x, y)*min(x, y)", "x*y", _MAX),
    Law("relu, max, abs", "max absorbs min", "max(x, min(x, y))", "x", _MAX),
    Law("relu, max, abs", "relu of both signs", "relu(x)*relu(-x)", "0", _SIGN),
    Law("relu, max, abs", "exp of max", "max(exp(x), exp(y))", "exp(max(x, y))", _MAX),

    Law("odd and even", "erf is odd", "erf(-x)", "-erf(x)"),
    Law("odd and even", "sin is odd", "sin(y - x)", "-sin(x - y)"),
    Law("odd and even", "cos is even", "cos(y - x)", "cos(x - y)"),
    Law("odd and even", "atan is odd", "atan(-x)", "-atan(x)"),
    Law("odd and even", "tan by sin and cos", "tan(x)", "sin(x)/cos(x)"),
    Law("odd and even", "gelu by erf", "gelu(x)", "x*(1 + erf(x/sqrt(2)))/2"),
    Law("odd and even", "gelu of the negative", "gelu(x) - gelu(-x)", "x"),
    Law("odd and even", "squares of sin and cos", "sin(x)^2 + cos(x)^2", "1"),
    Law("odd and even", "sin of a sum", "sin(x + y)", "sin(x)*cos(y) + cos(x)*sin(y)"),
    Law("odd and even", "atan of an inverse", "atan(x) + atan(1/x)", "atan(2*x) + atan(1/(2*x))",
        _RANDOM.format("atan")),
)
# fmt: on


class Finding(NamedTuple):
    """What the tester says of a law: whether it is proved, and how sure that is, in words."""

    law: Law
    proved: bool
    how: str
    chance: float | None = None  # log2 of that of an accident, where it is proved


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws, proved and not proved, as the tester finds them with a seed; `str` is the report.

    Iterating gives a `Finding` for each law: the law, whether it is proved, and how.
    """

    seed: int
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<{len(self)} laws, {len(self.proved)} proved with seed {self.seed}>"

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def proved(self) -> tuple[Finding, ...]:
        """Those that are proved."""
        return tuple(finding for finding in self if finding.proved)

    @property
    def not_proved(self) -> tuple[Finding, ...]:
        """Those that are not, though true."""
        return tuple(finding for finding in self if not finding.proved)

    def __str__(self) -> str:
        return self.report()

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """The laws by groups, what is proved first; a `width` below 80 breaks their lines.

        There are no numbers that `digits` could round.
        """
        check_digits(digits)
        counts = f"{len(self.proved)} proved, {len(self.not_proved)} not proved"
        title = f"{len(self)} laws that are true where both sides are defined: {counts}."
        lines = [
            remark(title, width),
            *_table(f"Proved: {len(self.proved)}", self.proved, width),
            *_table(f"Not proved: {len(self.not_proved)}", self.not_proved, width),
            "",
            *(_MEANING if width >= WIDTH else paragraph(" ".join(_MEANING), width)),
        ]
        return spelled("\n".join(lines), ascii)

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "seed": self.seed,
            "count": len(self),
            "proved": len(self.proved),
            "not_proved": len(self.not_proved),
            "laws": [
                {
                    "group": law.group, "name": law.name, "left": law.left, "right": law.right,
                    "proved": proved, "how": how, "chance": chance,
                }
                for law, proved, how, chance in self
            ],
        }  # fmt: skip


_MEANING = (
    "Proved: both sides agree at random points of finite fields, where different functions agree",
    "by accident with the chance shown: < is a proved bound, ~ assumes that values of exp behave",
    "as independent ones. Not proved: neither proved nor refuted, and never called different.",
)


def laws(seed: int = 0) -> Laws:
    """Try the identity tester on every law of the table.

    >>> found = laws()
    >>> len(found), len(found.proved)
    (99, 86)
    """
    seed = checked_whole("seed", seed)
    return Laws(seed, tuple(_found(law, f"{seed} {law}") for law in LAWS))


def _found(law: Law, seed: str) -> Finding:
    said = identity(_reading(law.left), _reading(law.right), _NAMES, 1, seed)
    if said is None or not said.convinces:
        return Finding(law, False, law.why or "the reason is not known")
    return Finding(law, True, _chance(said), said.chance)


def _reading(text: str) -> Read:
    formula = parse_formula(text, inputs=_NAMES).formula
    return lambda ops, x: read_formula(formula, ops, x)


def _chance(said: Identity) -> str:
    return f"{'~' if said.heuristic else '<'} 10^{ceil(said.chance * _DECIMAL)}"


def _table(title: str, findings: Sequence[Finding], width: int) -> list[str]:
    """A title, and for each group its laws: the name, and the law; what is not proved says why."""
    names = max((len(finding.law.name) for finding in findings), default=0)
    lines = ["", title]
    if width < WIDTH:
        for law, _, how, _ in findings:
            lines += paragraph(f"{law.name}: {law} ({how})", width)
        return lines
    for group, members in groupby(findings, key=lambda finding: finding.law.group):
        lines += ["", f"  {group}"]
        for law, proved, how, _ in members:
            start = f"    {how + '  ' if proved else ''}{law.name:<{names}}"
            behind = [how] if not proved else []
            whole = (
                [str(law)] if len(start) + len(str(law)) < _WIDTH else [law.left, f"= {law.right}"]
            )
            for text in [*whole, *behind]:
                lines.append(f"{start}  {text}")
                start = " " * len(start)
    return lines
