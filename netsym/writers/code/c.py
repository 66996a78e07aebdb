"""C: a function of C99 that needs the mathematical library alone, in double or single precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from netsym.forms.form import Form
from netsym.watching import Watcher, no_watcher
from netsym.writers.code import IN_PLACE, stands_apart
from netsym.writers.code.c_loops import loop_lines
from netsym.writers.code.program import Program, written
from netsym.writers.spelling import ATOM

_OF_MATH = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh",
            "tanh", "erf")  # fmt: skip
#: Words of the language and of `math.h`, what compilers know by name, and what is defined here.
_RESERVED = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm typeof main errno
acos acosh asin asinh atan2 atanh cbrt ceil copysign erfc exp2 fabs fdim floor fma fmax fmin fmod
frexp gamma hypot ilogb isinf isnan isfinite isnormal signbit fpclassify j0 j1 jn y0 y1 yn ldexp
lgamma llrint llround log10 log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow
remainder remquo rint round scalbln scalbn signgam significand tgamma trunc drem exp10 pow10 sincos
double_t float_t NAN INFINITY HUGE_VAL HUGE_VALF HUGE_VALL MATH_ERRNO MATH_ERREXCEPT
math_errhandling linux unix i386
abort abs alloca bcmp bcopy bzero calloc exit ffs fprintf fputc fputs free fscanf fwrite imaxabs
index isalnum isalpha isascii isblank iscntrl isdigit isgraph islower isprint ispunct isspace
isupper isxdigit labs llabs malloc memchr memcmp memcpy memmove mempcpy memset printf putc putchar
puts rindex scanf snprintf sprintf sscanf stpcpy strcasecmp strcat strchr strcmp strcpy strcspn
strdup strlen strncasecmp strncat strncmp strncpy strndup strpbrk strrchr strspn strstr toascii
tolower toupper vfprintf vprintf vscanf vsnprintf vsprintf vsscanf
cabs carg ccos cexp cimag clog conj cpow cproj creal csin csqrt ctan
in out parameters maximum minimum
"""
_LARGER = "static {0} {1}({0} a, {0} b)\n{{\n    return a {2} b || a != a ? a : b;\n}}\n\n"


class C(Program):
    """A function that fills an array with the outputs, of an array of the inputs.

    Named parameters are an array between them, in the order in which a comment lists them.
    """

    reserved = frozenset(
        word + end for word in (*_RESERVED.split(), *_OF_MATH) for end in ("", "f")
    )
    choice = "({0} ? {1} : {2})"
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Program.operations, "power": ("_write_call", ATOM),
    }  # fmt: skip

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher,
        float: bool = False, header: bool = False, weights: str = IN_PLACE,
    ) -> None:  # fmt: skip
        self.own: dict[str, Any] = {"float": float, "header": header, "weights": weights}
        self.is_apart = stands_apart(weights)
        self.number_type, self.end = ("float", "f") if float else ("double", "")
        self.calls = {
            **{name: f"{name}{self.end}({{0}})" for name in _OF_MATH},
            "abs": f"fabs{self.end}({{0}})", "power": f"pow{self.end}({{0}}, {{1}})",
            "max": "maximum({0}, {1})", "min": "minimum({0}, {1})",
            "pi": f"3.141592653589793{self.end}", "float": f"({self.number_type})({{0}})",
        }  # fmt: skip
        self.support = {
            "maximum": _LARGER.format(self.number_type, "maximum", ">"),
            "minimum": _LARGER.format(self.number_type, "minimum", "<"),
        }
        super().__init__(formula, digits, watcher)

    def of(self, formula: Form) -> Program:
        return type(self)(formula, **self.own)

    def literals(self, numbers: Sequence[str]) -> Sequence[str]:
        end = self.end
        return [
            text + end if "." in text or "e" in text or "n" in text else f"{text}.0{end}"
            for text in numbers
        ]

    def defined(self, name: str, operands: list[str], right: str) -> str:
        taken = ", ".join(f"{self.number_type} {operand}" for operand in operands)
        return f"static {self.number_type} {name}({taken})\n{{\n    return {right};\n}}\n\n"

    def heading(self) -> str:
        guard = f"NETSYM_{self.title().upper()}_H"
        opened = f"#ifndef {guard}\n#define {guard}\n\n" if self.own["header"] else ""
        return f"{opened}#include <math.h>\n\n"

    def signature(self) -> str:
        """The first lines of the function."""
        arrays = zip(("in", "parameters"), self.arguments, strict=True)
        taken = [f"const {self.number_type} {name}[{len(each)}]" for name, each in arrays if each]
        taken.append(f"{self.number_type} out[{len(self.outputs)}]")
        static = "static inline " if self.own["header"] else ""
        return f"{static}void {self.title()}({', '.join(taken)})\n{{\n"

    def opening(self) -> str:
        kind, text = self.number_type, self.signature()
        for array, names in zip(("in", "parameters"), self.arguments, strict=True):
            used = [(place, name) for place, name in enumerate(names) if name in self.used]
            text += "".join(f"    const {kind} {name} = {array}[{n}];\n" for n, name in used)
            text += f"    (void){array};\n" if names and not used else ""
        return text

    def lines(self) -> Iterator[str]:
        if not self.is_apart:
            return super().lines()
        return loop_lines(self, self.number_type, self.signature())

    def assigned(self, name: str) -> tuple[str, str]:
        return f"    const {self.number_type} {name} = ", ";\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        return f"    out[{place}] = ", ";\n"

    def closing(self) -> str:
        return "}\n\n#endif\n" if self.own["header"] else "}\n"


write = written(C)
