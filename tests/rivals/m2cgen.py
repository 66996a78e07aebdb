"""m2cgen: the C that it writes for a linear model of scikit-learn."""

from __future__ import annotations

from typing import Any

_OF_ONE = "void f(const double *in, double *out) { out[0] = score((double *)in); }\n"
_OF_CLASSES = """
#include <math.h>
void f(const double *in, double *out)
{
    double sum = 0, most = -INFINITY;
    score((double *)in, out);
    for (int i = 0; i < COUNT; i++) most = out[i] > most ? out[i] : most;
    for (int i = 0; i < COUNT; i++) sum += out[i] = exp(out[i] - most);
    for (int i = 0; i < COUNT; i++) out[i] /= sum;
}
"""


def code(model: Any) -> str:
    """A function score(input), or score(input, output) of several classes."""
    import m2cgen

    text: str = m2cgen.export_to_c(model)
    return text


def as_f(text: str, outputs: int) -> str:
    """The same with a function f(in, out), in which scores of classes become probabilities."""
    return text + (_OF_ONE if outputs == 1 else _OF_CLASSES.replace("COUNT", str(outputs)))
