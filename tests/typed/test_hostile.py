"""Text from anywhere: every one ends as a formula or a `SpecError`, soon, and none is run."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

import netsym.writers  # noqa: F401
from netsym import SpecError
from netsym.graph.names import Names, literal
from netsym.typed.parse import Parsed
from tests.effort import many, sample
from tests.typed import parse_formula
from tests.work import Work

CANARY = Path("netsym-canary-that-must-not-exist")
TOUCH = f"open('{CANARY}', 'w')"

#: Many times deeper than Python can recurse.
LONG = many(100_000, 8_000)

HOSTILE = {
    "open a file": TOUCH,
    "import": f"__import__('os').system('touch {CANARY}')",
    "eval": f'eval("{TOUCH}")',
    "lambda": f"(lambda: {TOUCH})()",
    "subclasses": "().__class__.__bases__[0].__subclasses__()",
    "sympify attribute": "x.__class__.__mro__",
    "format": "f'{" + TOUCH + "}'",
    "comprehension": f"[{TOUCH} for i in (1,)]",
    "walrus": f"(y := {TOUCH})",
    "semicolon import": "import os; os.abort()",
    "decorator": "@exec\nclass x: pass",
    "builtins": "globals()",
    "getattr": "getattr(x, 'y')",
    "tower": "9**9**9**9**9",
    "tower in text": "9^9^9^9^9^9",
    "factorial": "factorial(10**8)",
    "exclamation": "100000000!",
    "shift": "1 << 10**10",
    "300 parentheses": "(" * 300 + "x" + ")" * 300,
    "100,000 parentheses": "(" * 100_000 + "x" + ")" * 100_000,
    "100,001 parentheses": "(" * 100_001 + "x" + ")" * 100_001,
    "never closed": "(" * LONG,
    "only closed": ")" * LONG,
    "bars": "|" * LONG,
    "mixed brackets": "([{" * (LONG // 5) + "x",
    "infinite number": "1e999",
    "endless exponent": "1e" + "9" * LONG,
    "tiny number": "1e-999999999",
    "10,000 digits": "7" * 10_000,
    "superscript digits": "x" + "²" * LONG,
    "10 MB line": "x+" * 5_000_000 + "x",
    "NUL": "x\x00 + 1",
    "control characters": "x\x1b[31m + \x07",
    "surrogate": "x + \ud800",
    "Cyrillic": "х + 1",
    "Greek": "ο + 1",
    "full width": "ｅｘｐ(1)",
    "right to left": "x \u202e+ 1",
    "zero width": "x\u200by",
    "combining": "x" + "\u0301" * 10_000,
    "emoji": "🦀 + 1",
    "ligature": "ﷺ" * 1000,
    "deep minus": "-" * (3 * LONG) + "x",
    "powers": "x" + "**x" * LONG,
    "deep e": "e^" * LONG + "x",
    "deep quotient": "x" + "/x" * LONG,
    "deep exp": "exp(" * LONG + "x" + ")" * LONG,
    "commas": "max(" + "1," * (LONG // 2) + "1)",
    "equals signs": "=" * LONG,
    "newlines": "\n" * LONG,
    "long name": "a" * 900_000,
    "long subscript": "x" + "₁" * LONG,
    "billion laughs": "a_1 = x + 1\n" + "\n".join(f"a_{i} = a_{i - 1}*a_{i - 1}"
                                                  for i in range(2, 2000)),
    "cycle": "a = b\nb = c\nc = a",
    "huge index": "w_999999999_999999999*x_999999999",
    "decimal commas": "=" + "0,5*" * (LONG // 4) + "1",
    "separators": "=max(" + "0,5;" * (LONG // 4) + "1)",
    "choices of C": "x>0?" * (LONG // 4) + "x" + ":1" * (LONG // 4),
    "choices without an end": "x>0?" * (LONG // 4) + "x",
    "choices of Python": "x if x > 0 else " * (LONG // 8) + "x",
    "choices of R": "if (x > 0) x else " * (LONG // 8) + "x",
    "choices by lines": "x if x > 0\n" * (LONG // 8),
    "ifs": "if(" * LONG, "pieces": "Piecewise((" * (LONG // 8), "comparisons": "x<" * LONG + "x",
    "indices": "x[" * LONG, "many indices": "x[" + "1," * LONG, "zeros": "x[0]+" * LONG + "x",
    "colons": ":" * LONG, "points": "np." * LONG + "x", "quotes": "x" + "'" * LONG,
    "remarks": "%" * LONG, "questions": "?" * LONG, "at signs": "@(" * LONG,
    "heads": "def f(x):\n" * (LONG // 8), "lambdas": "lambda x: " * (LONG // 8),
    "returns": "return x\n" * (LONG // 8), "types": "double " * LONG,
    "clauses": "where " * (LONG // 4) + "x", "clauses with commas": "x, " * (LONG // 4) + "y = 1",
    "a recursive function": "f(x) = f(x - 1)*x\ny = f(9)",
    "functions of functions": "f_0(z) = z*z + 1\n" + "\n".join(
        f"f_{i}(z) = f_{i - 1}(z + 1)*f_{i - 1}(2*z)" for i in range(1, 60)
    ) + "\ny = f_59(x)",
    "functions in a row": "f_0(z) = z\n" + "\n".join(
        f"f_{i}(z) = f_{i - 1}(z)" for i in range(1, 1500)
    ) + "\ny = f_1499(x)",
    "upside down": "\n".join(f"a_{i} = a_{i + 1} + x" for i in range(1, 2000)) + "\na_2000 = x",
    "circles": "\n".join(f"a_{i} = a_{i % 500 + 1}" for i in range(1, 501)),
    "weights and inputs": "w1x" + "1" * 60 + "y",
    "weights": "w" + "1" * LONG + "x" + "_1" * 60 + "_",
    "functions without parentheses": "tanh " * LONG + "x", "sin^2": "sin^2 " * LONG + "x",
    "softmax": "softmax(" * LONG, "braces below": "w_{" * LONG, "layers above": "w^{[1]" * LONG,
    "LaTeX cases": r"\begin{cases}" * (LONG // 8),
    "LaTeX rows": r"\begin{cases} x \\" * (LONG // 8),
    "LaTeX over": "{" * (LONG // 4) + "1" + r"\over 2}" * (LONG // 4),
    "LaTeX bold": r"\mathbf" + " " * LONG + "{", "LaTeX left": r"\left\{ " * (LONG // 4),
    "LaTeX functions": r"\sin " * LONG, "LaTeX input": r"\input{/etc/passwd}",
    "LaTeX write": r"\immediate\write18{touch " + str(CANARY) + "}",
    "LaTeX csname": r"\csname def\endcsname",
    "LaTeX def": r"\def\x{\x\x}\x",
    "LaTeX braces": "^{" * LONG,
    "LaTeX fractions": r"\frac{" * (LONG // 2),
    "LaTeX nested": r"\frac{1}{1+" * (LONG // 5) + "x" + "}" * (LONG // 5),
    "LaTeX parameter": r"\operatorname{LeakyReLU}_{" * 1000,
    "LaTeX underbrace": r"{\underbrace{x}_{\text{" * 5000,
    "LaTeX dollars": "$" * LONG,
}  # fmt: skip


def read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse_formula(text), Parsed)
    except SpecError as error:
        said = str(error)
        assert len(said) < 1000
        assert all(c.isprintable() or c == "\n" for c in said)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_soon(text: str) -> None:
    work = Work(partial(read_or_refused, text))
    assert work.calls < 10_000 + 100 * len(text)
    assert not CANARY.exists()


def test_long_text_is_read_in_linear_time_without_a_limit() -> None:
    def calls(count: int) -> int:
        text = "(" * count + "x" + ")" * count + "+x" * count
        return Work(partial(parse_formula, text, longest=None)).calls

    count = many(40_000, 5_000)
    assert calls(2 * count) < 2.1 * calls(count)


# -- fuzz ----------------------------------------------------------------------------------------
KNOWN = [literal("w_11", "w_12", "b", "gain"), Names("w", 1, (2, 2)), Names("x", None, (2,))]
VALID = (
    "w_11*sigmoid(w_12*x_1 + b) - 0.5*tanh(x_2)/2",
    "y = σ(w⁽¹⁾₁₁·x₁ + w⁽¹⁾₁₂·x₂) + max(0, x₁, -2)^2",
    "=IF(x_1>0; 0,5*$x$2; 1,5)",
    "y <- w_12*x[0]' + 1.0f*expf(x[1])",
    "y = 2h where h = x_1 if b > 0",
    "def s(z): return max(z, 0)\ndef f(x_1, x_2):\n  h = s(x_1)\n  return h*s(b) if h > 0 else 1",
    r"y = \begin{cases} \tanh^2 x_1 & x_1 > 0 \\ {1 \over 2}, & \text{otherwise} \end{cases}",
    "h = exp(-x_1)\ny = 1/(1 + h) + |gain - 1/3|",
    r"\hat{y} = \frac{1}{1 + e^{-w_{11}^{[1]}\,x_{1}}} + \sqrt{b}",
    r"\begin{aligned} a_{1} &= \sigma\bigl(w_{12}\,x_{2}\bigr) \\ y &= a_{1}^{2} \end{aligned}",
)
PIECES = (
    "x", "x_1", "w_11", "b", "gain", "e", "pi", "w⁽¹⁾₁₂", "x₂", "ŷ", "sigmoid", "max", "exp(", "σ(",
    "2", "0.5", "1e-5", "1e999", "1/3", "+", "-", "*", "/", "**", "^", "²", "⁻¹", "(", ")", "[",
    "]", "{", "}", "|", ",", "=", ";", "\n", " ", "#", "…", "!", ".", "'", "\x00", "а", "α",
    "\u202e", "\\frac", "\\frac{", "\\sqrt", "\\sigma", "\\left(", "\\right)", "\\,", "\\\\", "&",
    "$", "_{", "^{", "_", "\\operatorname{ReLU}",
    "\\operatorname{LeakyReLU}_{", "\\underbrace{", "\\hat{y}",
    "\\lvert", "\\begin{aligned}", "\\text{", "\\foo", "10^{-5}", "\\cdot", "w_{11}", "^{[1]}",
    "x[0]", "w[1,2]", "np.", "1.0f", "0,5", "<-", ":=", "'", "?", ":", "<", ">=", "&&",
    "if", "else", " and ", "lambda x:", "def f(x):", "return ", "where", "IF(x > 0;", "$A$1", "θ_1",
    "Piecewise((", "w_{1}", "s(z) = ", "s(x)", "double ", "@(", "expf(", "\\begin{cases}",
    "\\end{cases}", "\\text{if}", "\\over", "\\mathbf W", "\\theta_{1}", "\\sin", ">", "\\le",
    "leaky_relu(", "√", "y =", "f(x) =", "lambda", "softmax(", "x_1^{2}", "\\bigl(", "%",
)  # fmt: skip


def mutated(source: random.Random) -> str:
    text = source.choice(VALID)
    for _ in range(source.randrange(1, 4)):
        place, kind = source.randrange(len(text) + 1), source.random()
        if kind < 0.4:
            text = text[:place] + source.choice(PIECES) + text[place:]
        elif kind < 0.7:
            text = text[:place] + text[place + source.randrange(1, 4) :]
        else:
            other = source.choice(VALID)
            text = text[:place] + other[source.randrange(len(other)) :][:12] + text[place:]
    return text


def soup(source: random.Random) -> str:
    return "".join(source.choice(PIECES) for _ in range(source.randrange(1, 9)))


@pytest.mark.parametrize("seed", sample(range(10), 2))
def test_fuzz(seed: int) -> None:
    """Of many texts each gives a formula or a `SpecError` with a caret, and nothing else."""
    source = random.Random(seed)
    read = 0
    count = many(10_000, 2_000)
    for number in range(count):
        text = mutated(source) if number % 3 == 0 else soup(source)
        try:
            parsed = parse_formula(text, known=KNOWN if number % 2 else None)
        except SpecError as error:
            assert "^" in str(error), text
        else:
            assert len(parsed.formula.outputs) >= 1, text
            read += 1
    assert read > 0.03 * count
