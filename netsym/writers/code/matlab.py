"""MATLAB, and Octave: a function file that computes all its rows at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from netsym.writers.code.program import Program, written
from netsym.writers.ropes import Rope, flat

_SAME = ("exp", "expm1", "log1p", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "erf", "abs",
         "sign")  # fmt: skip
#: Words of the language, and what the text calls by name.
_RESERVED = """
break case catch classdef continue else elseif end for function global if otherwise parfor
persistent return spmd switch try while do endif endfor endfunction endwhile endswitch until
unwind_protect
double isnan max min numel real size zeros fix NaN Inf pi inputs out parameters
choose logarithm maximum minimum powers root
"""
_LARGER = """
function r = {0}(a, b)
  r = {1}(a, b);
  r(isnan(a) | isnan(b)) = NaN;
end
"""
_REAL = """
function r = {0}(z)
  r = real({1}(z));
  r(z < 0) = NaN;
end
"""
_POWERS = """
function r = powers(a, b)
  r = real(a.^b);
  r(a < 0 & b ~= fix(b)) = NaN;
end
"""
_CHOOSE = """
function r = choose(c, a, b)
  r = b + zeros(size(c));
  a = a + zeros(size(c));
  r(c) = a(c);
end
"""
#: What is written for numbers, and holds element by element with a point before it.
_SIGNS = re.compile(r"(?<!\.)[*/^]")
_WHOLE = re.compile(r"\(?-?\d+\)?")


class Matlab(Program):
    """A function of an array (rows, inputs) whose result is (rows, outputs).

    Named parameters are a structure. What is no number for real numbers is NaN, as in NumPy.
    """

    deepest = 250  # MATLAB takes 32 brackets in each other
    reserved = frozenset(_RESERVED.split())
    times = ".*"
    calls: Mapping[str, str] = {
        **{name: f"{name}({{0}})" for name in _SAME},
        "log": "logarithm({0})", "sqrt": "root({0})",
        "max": "maximum({0}, {1})", "min": "minimum({0}, {1})", "pi": "pi",
        "float": "double({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {
        "maximum": _LARGER.format("maximum", "max"), "minimum": _LARGER.format("minimum", "min"),
        "logarithm": _REAL.format("logarithm", "log"), "root": _REAL.format("root", "sqrt"),
        "powers": _POWERS, "choose": _CHOOSE,
    }  # fmt: skip
    choice = "choose({0}, {1}, {2})"

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        begun = [f"v{name}" if name.lstrip("v")[:1] == "_" else name for name in names]
        return super().variables(begun)

    def fraction(self, value: Fraction) -> tuple[str, int]:
        text, binds = super().fraction(value)
        return text.replace("/", "./"), binds

    def quotient(self, numerator: str | Rope, denominator: str | Rope) -> str | Rope:
        return self.join([numerator, "./", denominator])

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        if _WHOLE.fullmatch("".join(flat(exponent))):
            return self.join([base, ".^", exponent])
        return self.join(["powers(", base, ", ", exponent, ")"])

    def defined(self, name: str, operands: list[str], right: str) -> str:
        right = _SIGNS.sub(r".\g<0>", right.replace("!=", "~="))
        return f"\nfunction r = {name}({', '.join(operands)})\n  r = {right};\nend\n"

    def opening(self) -> str:
        inputs, parameters = self.arguments
        taken = ", ".join(["inputs", *(["parameters"] if parameters else [])])
        text = f"function out = {self.title()}({taken})\n"
        text += f"  out = zeros(size(inputs, 1), {len(self.outputs)});\n"
        fields = (name for _, names in self.formula.symbols() for name in names)
        used = {
            **{name: f"inputs(:, {place})" for place, name in enumerate(inputs, 1)},
            **{self.variable(name): f"parameters.{name}" for name in fields},
        }
        return text + "".join(f"  {n} = {each};\n" for n, each in used.items() if n in self.used)

    def assigned(self, name: str) -> tuple[str, str]:
        return f"  {name} = ", ";\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        return f"  out(:, {place + 1}) = ", ";\n"

    def closing(self) -> str:
        return "end\n"

    def lines(self) -> Iterator[str]:
        yield from self.body()  # a file is called as its first function
        yield from filter(None, self.definitions().values())


write = written(Matlab)
