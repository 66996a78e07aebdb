"""Fortran: a module with one pure function, in free form and double precision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from netsym.forms.form import Form
from netsym.graph.names import free_letter
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.limits import Limit, characters
from netsym.writers.code.program import Program, written
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM

_INTRINSIC = ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "erf",
              "abs")  # fmt: skip
#: What the text calls by name, and what compilers warn of if something else is called so.
_RESERVED = """
acos acosh aimag aint allocate allocated anint asin asinh assign associated atan2 atanh bit_size
ceiling char clip cmplx conjg count cshift dble digits dim elu epsilon erfc exponent expm1 floor
fraction gamma gaussian gelu gelu_tanh hard_sigmoid hard_swish hard_tanh heaviside huge ichar in
index int kind leaky_relu len linear log10 log1p logical max maximum maxval merge min minimum mish
mod modulo nint out pack parameters precision present product radix range real relu relu6 repeat
reshape satlin scale scan selu shape sigmoid sign signum silu size softplus softsign spacing spread
step sum tiny transfer transpose trim unpack verify celu
"""
_LARGER = "merge(a, b, a {0} b .or. .not. a <= a)"  # a, too, where that is no number
_WHOLE = re.compile(r"(\(?-?\d+)\.0d0(\)?)")
#: A line of a statement ends before a space, or after a sign that is within no word.
_LINES = re.compile(r".{1,128}$|.{60,126} (?=\S)|.{1,126}[,(*](?!\*)")


def _function(name: str, operands: list[str], right: str) -> str:
    return (
        f"\nelemental function {name}({', '.join(operands)}) result(value)\n"
        f"  real(8), intent(in) :: {', '.join(operands)}\n  real(8) :: value\n"
        f"  value = {right}\nend function\n"
    )


class Fortran(Program):
    """A module whose function takes an array of the inputs, and gives an array of the outputs.

    Of one output it is a number. Named parameters are a second array, in the order in which they
    are taken out of it. Names that differ in capitals alone are kept apart by _ after them.
    """

    reserved = frozenset({*_RESERVED.split(), *_INTRINSIC})
    widest = 400
    limits = (Limit("Fortran", "characters in a statement", 126 * 256, characters),)
    calls: Mapping[str, str] = {
        **{name: f"{name}({{0}})" for name in _INTRINSIC},
        "max": "maximum({0}, {1})", "min": "minimum({0}, {1})", "pi": "3.141592653589793d0",
        "sign": "signum({0})", "step": "step({0})", "heaviside": "heaviside({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {
        "maximum": _function("maximum", ["a", "b"], _LARGER.format(">")),
        "minimum": _function("minimum", ["a", "b"], _LARGER.format("<")),
        "signum": _function(
            "signum", ["z"], "merge(merge(sign(1d0, z), 0d0, z < 0 .or. z > 0), z, z <= z)"
        ),
        "step": _function("step", ["z"], "merge(merge(1d0, 0d0, z >= 0), z, z <= z)"),
        "heaviside": _function("heaviside", ["z"], "merge(merge(1d0, 0d0, z > 0), z, z <= z)"),
        "expm1": _function("expm1", ["z"], "tanh(z/2)*(exp(z) + 1)"),
        "log1p": _function("log1p", ["z"], "2*atanh(z/(2 + z))"),
    }
    choice = "merge({1}, {2}, {0})"

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher
    ) -> None:
        self._spelled: dict[str, str] = {}
        self._taken: set[str] = set()
        super().__init__(formula, digits, watcher)
        symbols = (name for _, names in formula.symbols() for name in names)
        bound = (each.name for each in (*self.formula.bindings, *self.formula.outputs))
        self.variables([*formula.input_names(), *symbols, *bound])
        self._letter = free_letter({name[:end] for name in self._taken for end in range(len(name))})

    def literals(self, numbers: Sequence[str]) -> Sequence[str]:
        if self.digits is not None:  # zeros at the end are left out
            numbers = [text if "e" in text else repr(float(text)) for text in numbers]
        return [
            text.replace("e", "d") if "e" in text else text + ("d0" if "." in text else ".0d0")
            for text in numbers
        ]

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        for name in names:
            if name not in self._spelled:
                text = f"v{name}" if name.startswith("_") else name
                while (plain := text.lower()) in self._taken or plain in self.reserved:
                    text += "_"
                self._taken.add(plain)
                self._spelled[name] = text
        return [self._spelled[name] for name in names]

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        base, exponent = (self.operand(node, ATOM) for node in nodes)
        is_whole = _WHOLE.fullmatch("".join(flat(exponent)))
        return self.power(base, "".join(is_whole.groups()) if is_whole else exponent)

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return _function(name, operands, right)

    @cached_property
    def module(self) -> str:
        """What the module is called."""
        return self.variable(f"{self.title()}_module")

    def heading(self) -> str:
        return (
            f"module {self.module}\n  implicit none\n  private\n  public :: {self.title()}\n"
            "contains\n"
        )

    def opening(self) -> str:
        arrays = dict(zip(("in", "parameters"), self.arguments, strict=True))
        taken = {name: names for name, names in arrays.items() if names}
        many = f"({len(self.outputs)})" if len(self.outputs) > 1 else ""
        text = f"\npure function {self.title()}({', '.join(taken)}) result(out)\n"
        text += "".join(
            f"  real(8), intent(in) :: {name}({len(names)})\n" for name, names in taken.items()
        )
        text += f"  real(8) :: out{many}\n"
        used = {
            name: f"{array}({place})"
            for array, names in taken.items()
            for place, name in enumerate(names, 1)
            if name in self.used
        }
        values = [name for name, _, is_output in self.statements() if not is_output]
        names = [*used, *values]
        for first in range(0, len(names), 8):
            text += f"  real(8) :: {', '.join(names[first : first + 8])}\n"
        return text + "".join(f"  {name} = {element}\n" for name, element in used.items())

    def assigned(self, name: str) -> tuple[str, str]:
        return f"  {name} = ", "\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        return (f"  out({place + 1}) = " if len(self.outputs) > 1 else "  out = "), "\n"

    def closing(self) -> str:
        return f"end function\n\nend module {self.module}\n"

    def lines(self) -> Iterator[str]:
        waiting: list[str] = []
        for piece in super().lines():
            waiting.append(piece)
            if piece.endswith("\n"):
                yield from map(_folded, "".join(waiting).splitlines(keepends=True))
                waiting = []


def _folded(line: str) -> str:
    """A line, continued on others where it has more than the 132 characters that may be."""
    if len(line) <= 132:
        return line
    return " &\n    ".join(part.rstrip() for part in _LINES.findall(line.rstrip("\n"))) + "\n"


write = written(Fortran)
