"""A formula: the face of a form, with every verb that people call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from netsym.displayed import Displayed
from netsym.errors import SpecError, did_you_mean
from netsym.forms.form import Form
from netsym.forms.sizes import MAX_NODES, Size, measure, refuse_if_larger, shown
from netsym.forms.values import DOUBLE, SINGLE, Evaluation, points, real_of, shaped
from netsym.wording import agreed
from netsym.writers import WRITERS
from netsym.writers.writer import Writer

if TYPE_CHECKING:
    from netsym.gradient.backward import Backward
    from netsym.writers.code.compiled import Compiled


#: Characters of a formula in its short form, and nodes of a graph of which it is written there.
_LONGEST_BEGUN, _MOST_BEGUN = 200, 10_000


class Face(Displayed, Form):
    """A form as people see it: how large it is, and in which languages it can be written."""

    writers: ClassVar[Mapping[str, Writer]]

    @classmethod
    def of(cls, form: Form) -> Self:
        """The face of a form."""
        if isinstance(form, cls):
            return form
        return cls(**form.parts()).known_from(form)

    @cached_property
    def size(self) -> Size:
        """How large it is, counted on the graph; nothing is written out."""
        return measure(self)

    def __repr__(self) -> str:
        names = ", ".join(output.name for output in self.outputs[:3])
        more = ", …" if len(self.outputs) > 3 else ""
        size = self.size.nodes
        said = (
            f"{self.form} formula of {names}{more}: {shown(size)} {agreed(size, 'node', 'nodes')}"
        )
        return f"<{said}{self._begun()}>"

    def _begun(self) -> str:
        """The equations on a line, as far as that has room; nothing where that would take long."""
        if len(self.graph) > _MOST_BEGUN:
            return ""
        text = ""
        for piece in self.write("text", max_nodes=None):
            text += piece.replace("\n", "; ")
            if len(text) > _LONGEST_BEGUN:
                text = f"{text[: _LONGEST_BEGUN - 1]}…"
                break
        return f", {text}"

    def write(self, to: str, *, max_nodes: int | None = MAX_NODES, **options: Any) -> Iterator[str]:
        """It in a language of the table `writers`, as "text" or "python", piece by piece.

        The options are those of `text`, `latex`, `python`, `c` and the others.
        `progress` is told (what, done, total) on the way. Raises `SpecError` for an unknown
        language, `TooLargeError` for more than `max_nodes`, before anything is written.
        """
        if to not in self.writers:
            raise SpecError(f"unknown language {to!r}; {did_you_mean(to, self.writers)}")
        instead = "ask for its size, or for another form, or raise max_nodes"
        if max_nodes is not None:  # else nobody needs the size
            refuse_if_larger(self.size.nodes, self.form, max_nodes, instead)
        return self.writers[to].text(self, **options)

    def __str__(self) -> str:
        return self.text()

    def text(
        self,
        *,
        ascii: bool = False,
        width: int | None = None,
        digits: int | None = None,
        headings: bool = False,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations as text; whole arrays in ASCII as NumPy has them (`W1 @ x + b1`).

        `width` breaks lines there, `digits` rounds the numbers shown to so many significant
        digits, `headings` puts `# layer 1: …` above each layer of the layered form.
        Raises `TooLargeError` for more than `max_nodes`.
        """
        pieces = self.write(
            "text", ascii=ascii, width=width, digits=digits, headings=headings, max_nodes=max_nodes
        )
        return "".join(pieces)

    def latex(
        self,
        *,
        document: bool = False,
        notation: str = "ng",
        onion: bool | str = False,
        color: bool = False,
        short: bool = False,
        width: int | None = None,
        digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations in LaTeX, a fragment for display mathematics or a `document`.

        `notation` is "ng", "cs229" or "nielsen", `onion` names every unit of an inlined formula
        and writes once what is read again, as costs do ("full" writes every copy, "boxes" puts
        units into boxes of TikZ), `color` gives each layer a colour (from xcolor with `svgnames`),
        `short` leaves out an index that all names of a letter have alike. Of whole arrays it says
        as well what arrays the letters are.
        Raises `TooLargeError` for more than `max_nodes`.
        """
        pieces = self.write(
            "latex", document=document, notation=notation, onion=onion, color=color, short=short,
            width=width, digits=digits, max_nodes=max_nodes,
        )  # fmt: skip
        return "".join(pieces)


@dataclass(frozen=True, eq=False, repr=False)
class Formula(Face):
    """Outputs as expressions of inputs and parameters, in a form.

    `str` writes it as text; `text`, `latex`, `python`, `c` and `code` write it with options;
    `sympy` gives sympy's own objects; `size` is how large it is; calling it evaluates it.
    """

    writers = WRITERS

    # -- values ---------------------------------------------------------------------------------
    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self.plan)

    @cached_property
    def _single_evaluation(self) -> Evaluation:
        return Evaluation(self.plan, SINGLE)

    def __call__(
        self,
        *inputs: npt.ArrayLike,
        parameters: Mapping[str, float] | None = None,
        dtype: npt.DTypeLike = DOUBLE,
    ) -> npt.NDArray[np.float64] | float:
        """The values of the outputs, computed from the graph, node by node.

        Takes one value per input, numbers or arrays of one shape; or one array whose last axis
        holds the inputs. The result has the shape of the points, with a last axis of outputs if
        there are several. With `dtype` "float32" all is computed in single precision.
        Raises `ValueMissingError` for a name without a number in `parameters`.
        """
        evaluation = self._evaluation
        if dtype is not DOUBLE and real_of(dtype) == SINGLE:
            evaluation = self._single_evaluation
        x, shape = points(inputs, len(self.inputs), evaluation.real)
        return shaped(evaluation(x, evaluation.numbers(parameters)), shape)

    def compiled(self, *, weights: str = "in-place", max_nodes: int | None = MAX_NODES) -> Compiled:
        """It in machine code: the C of `c()` by the system's compiler, for this process alone.

        It is called as the formula is, with the same shapes and errors, and its values are those of
        the formula but for rounding, which is checked at 32 random points before it is given. One
        point of plain floats, `compiled(0.5, 1.0)`, takes a microsecond or two, and the points of
        an array are one loop in C. `weights` "separate" has loops over arrays, which compiles a
        large network in the layered form in seconds.
        Raises `SpecError` where there is no compiler, and says how to get one; `NotRunError` for
        what it does not take, or makes other values of; `TooLargeError` as `c` does.
        """
        from netsym.writers.code.compiled import Compiled

        text = self.c(header=True, weights=weights, max_nodes=max_nodes)
        return Compiled(self, self._evaluation, text, weights)

    def __getstate__(self) -> dict[str, Any]:
        """Without the evaluation, which is made again: its steps cannot be pickled."""
        made = ("_evaluation", "_single_evaluation", "plan", "backward")
        return {key: value for key, value in self.__dict__.items() if key not in made}

    # -- derivatives ----------------------------------------------------------------------------
    @cached_property
    def backward(self) -> Backward[Formula]:
        """What back propagation knows of it before it starts."""
        from netsym.gradient.backward import Backward

        return Backward(self)

    def gradient(
        self, wrt: str | Sequence[str] = "parameters", output: int | str | None = None
    ) -> Formula:
        """The derivatives of one output, in the form of this formula: `dy_dw1_1_1` and so on.

        `wrt` says by what: "parameters", "inputs", or names, of one or of a whole array (w1). The
        layered form is back propagation: what layer 2 passes back is `delta2_1`, one per unit.
        Kinks follow torch: relu'(0) = 0 (see `netsym.graph.functions.Function`).
        Raises `SpecError` for several outputs without `output`, and for unknown names.
        """
        from netsym.gradient.gradient import one_output

        return one_output(self, output).jacobian(wrt)

    def jacobian(self, wrt: str | Sequence[str] = "parameters") -> Formula:
        """The derivatives of all outputs, one output after another; see `gradient`."""
        from netsym.gradient.gradient import jacobian

        return jacobian(self, wrt, self.backward)

    def hessian_vector(self, wrt: str | Sequence[str] = "parameters") -> Formula:
        """The Hessian of the one output times a vector, `Hv_1 …`; see `gradient` for `wrt`.

        The vector `v_1 …`, in the order of the gradient, comes after the inputs.
        """
        from netsym.gradient.gradient import hessian_vector

        return hessian_vector(self, wrt)

    # -- writing --------------------------------------------------------------------------------
    def python(self, *, digits: int | None = None, max_nodes: int | None = MAX_NODES) -> str:
        """A Python function of the inputs that needs `math` alone; see `text` for the options."""
        return self.code("python", digits=digits, max_nodes=max_nodes)

    def code(self, to: str, **options: Any) -> str:
        """It in a language that computes, as "c" or "numpy"; see `write` for the options."""
        return "".join(self.write(to, **options))

    def c(
        self, *, float: bool = False, header: bool = False, weights: str = "in-place",
        digits: int | None = None, max_nodes: int | None = MAX_NODES,
    ) -> str:  # fmt: skip
        """A function of C99, `f(in, out)`, that needs `math.h` alone; in single precision `float`.

        With `header` it is a file to include. Named parameters are an array between the others.
        With `weights` "separate" the numbers are arrays, and layers are loops over them.
        """
        own = {"float": float, "header": header, "weights": weights}
        return self.code("c", digits=digits, max_nodes=max_nodes, **own)

    def numpy(
        self, *, weights: str = "in-place", digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> str:  # fmt: skip
        """A function of an array (…, inputs) that needs NumPy alone, and computes all at once.

        With `weights` "separate" the numbers are arrays, and layers are products of matrices.
        """
        return self.code("numpy", weights=weights, digits=digits, max_nodes=max_nodes)

    def javascript(self, *, digits: int | None = None, max_nodes: int | None = MAX_NODES) -> str:
        """A module of JavaScript with a function of the inputs, in float64."""
        return self.code("javascript", digits=digits, max_nodes=max_nodes)

    def sql(
        self, dialect: str = "sql", *, table: str = "", keep: str = "", weights: str = "in-place",
        digits: int | None = None, max_nodes: int | None = MAX_NODES,
    ) -> str:  # fmt: skip
        """A SELECT over a table, in "sqlite", "duckdb", "postgresql", "spark" or SQL of no dialect.

        `keep` are the columns beside the outputs, as "id,name"; without it these are the inputs.
        With `weights` "separate" the SELECT reads the numbers from a table, which is made before.
        """
        own = {"table": table, "keep": keep, "weights": weights}
        return self.code(dialect, digits=digits, max_nodes=max_nodes, **own)

    def workbook(
        self, rows: npt.ArrayLike | None = None, *, digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> bytes:  # fmt: skip
        """A workbook of Excel, what an `.xlsx` file holds: a row of cells for each of these rows.

        `rows` are inputs, (rows, inputs), by default one row of 0. A cell has each value, with its
        formula; weights are on a sheet. Raises `SpecError` without xlsxwriter, and `TooLargeError`
        for what Excel does not take.
        """
        given = None if rows is None else points((rows,), len(self.inputs))[0]
        return self._file("excel", max_nodes, rows=given, digits=digits)

    def onnx(
        self, *, float: bool = False, digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> bytes:  # fmt: skip
        """A model of ONNX in float64, what an `.onnx` file holds: operators of whole arrays.

        That of the layered form of a network is its layers, in single precision (`float`) with the
        operators that ONNX has for them; it makes outputs (N, …) of inputs (N, …) in their shapes.
        Any other form makes `outputs` (N, outputs) of `inputs` (N, inputs). `digits` rounds the
        weights. Raises `SpecError` without onnx, `ValueMissingError` for names without numbers.
        """
        return self._file("onnx", max_nodes, float=float, digits=digits)

    def _file(self, to: str, max_nodes: int | None, **options: Any) -> bytes:
        if max_nodes is not None:
            refuse_if_larger(self.size.nodes, self.form, max_nodes, "ask for its size")
        return self.writers[to].bytes(self, **options)

    def sympy_code(self, *, digits: int | None = None, max_nodes: int | None = MAX_NODES) -> str:
        """A Python script that rebuilds the form in sympy; see `text` for the options."""
        return self.code("sympy", digits=digits, max_nodes=max_nodes)

    def sympy(self) -> Any:
        """The formula as sympy objects, as it stands: nothing is evaluated or reordered.

        Without bindings, the expression of the output (a `Tuple` if there are several). With
        bindings, `(bindings, outputs)` in the manner of `sympy.cse`. Symbols are real.
        Equal parts are one object, so any size is quick to make; but sympy's own printing and
        `free_symbols` walk it as written out: look at `size` before you call them.
        """
        from netsym.forms.to_sympy import to_sympy

        return to_sympy(self)
