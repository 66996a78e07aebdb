"""ONNX's own tests of single operators, read as networks: `python -m tests.conformance`.

A case counts where it has a float input and a float output and does not test what another one does
with its operator written out ("expanded"). Inputs that are floats are inputs of the network, or,
where no network can be so, the first of them; the others are numbers of the model.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import ModelProto, numpy_helper
from onnx.reference import ReferenceEvaluator

from netsym.errors import SpecError
from netsym.network.network import Network
from netsym.readers.onnx import from_onnx

SETS = ("pytorch-converted", "pytorch-operator", "simple")  # beside that of operators
UNREAD = Path(__file__).parent / "onnx" / "unread.txt"
_FLOATS = (np.float16, np.float32, np.float64)
_ALONG = {"LSTM": 1, "GRU": 1, "RNN": 1}  # where the examples are, if not first


@dataclass(frozen=True)
class Result:
    """What became of a case: "right", "wrong" or "unread", and why; how near, if right."""

    name: str
    operator: str
    outcome: str
    why: str = ""
    exact: bool = False  # equal to the reference in float64, not only within its tolerance


def cases() -> list[Any]:
    """The cases that count."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        every = collect_testcases(None)
    return [case for case in every if "expanded" not in case.name and _is_of_floats(case)]


@dataclass(frozen=True)
class Case:
    """A case that lies in a folder of the package: a model, and inputs with their outputs."""

    name: str
    model: ModelProto
    data_sets: list[tuple[list[Any], list[Any]]]
    rtol: float = 1e-3
    atol: float = 1e-7


def cases_of(name: str) -> list[Case]:
    """The cases of one of the other sets, of whole models and of what exporters write."""
    folder = Path(str(onnx.__file__)).parent / "backend" / "test" / "data" / name
    every = (_case(each) for each in sorted(folder.iterdir()))
    return [case for case in every if case is not None and _is_of_floats(case)]


def _case(folder: Path) -> Case | None:
    """The case in a folder; None if its values are sequences, or are left out."""
    model, data = onnx.load(folder / "model.onnx"), folder / "test_data_set_0"
    inputs, outputs = (
        [onnx.load_tensor(path) for path in sorted(data.glob(f"{kind}_*.pb"), key=_number)]
        for kind in ("input", "output")
    )
    values = [value.type for value in (*model.graph.input, *model.graph.output)]
    if not all(value.HasField("tensor_type") for value in values):
        return None
    given = [numpy_helper.to_array(tensor) for tensor in inputs]
    return Case(folder.name, model, [(given, [numpy_helper.to_array(t) for t in outputs])])


def _number(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def _is_of_floats(case: Any) -> bool:
    outputs = case.model.graph.output
    if not outputs or outputs[0].type.tensor_type.elem_type not in (1, 10, 11):
        return False
    inputs, _ = case.data_sets[0]
    return any(isinstance(each, np.ndarray) and each.dtype in _FLOATS for each in inputs)


def operator_of(case: Any) -> str:
    """The operator that a case tests."""
    nodes = case.model.graph.node
    return str(nodes[0].op_type) if len(nodes) == 1 else "several"


def run(case: Any) -> Result:
    """Read a case in the ways that there are, until one can be read, and compare."""
    operator, why = operator_of(case), "has no input that is an array of floats"
    reasons: list[str] = []
    for choice in _choices(case):
        try:
            network, inputs = choice.read()
        except SpecError as error:
            reasons.append(str(error))
            continue
        return choice.compared(network, inputs)
    return Result(case.name, operator, "unread", (reasons or [why])[0])


@dataclass(frozen=True)
class _Choice:
    """Which inputs of a case are those of the network, and where the examples are in them."""

    case: Any
    free: tuple[int, ...]
    batch: int | None

    def read(self) -> tuple[Network, list[npt.NDArray[Any]]]:
        """The network, and its inputs with the examples first."""
        model, given = ModelProto(), self.case.data_sets[0][0]
        model.CopyFrom(self.case.model)
        kept = [model.graph.input[place] for place in self.free]
        for place, (value, array) in enumerate(zip(model.graph.input, given, strict=False)):
            if place not in self.free:
                if not isinstance(array, (np.ndarray, np.generic)):
                    raise SpecError("takes a sequence or an optional value")
                model.graph.initializer.append(
                    numpy_helper.from_array(np.asarray(array), value.name)
                )
                continue
            if not value.type.HasField("tensor_type"):
                raise SpecError("takes an optional value")
            for axis, (dim, length) in enumerate(
                zip(value.type.tensor_type.shape.dim, array.shape, strict=True)
            ):
                dim.Clear()
                if axis == self.batch:
                    dim.dim_param = "N"
                else:
                    dim.dim_value = length
        copies = [each.SerializeToString() for each in kept]
        del model.graph.input[:]
        for each in copies:
            model.graph.input.add().ParseFromString(each)
        first = model.graph.output[0].name
        if self.batch is not None:
            _forget_lengths(model)
        network = from_onnx(model, outputs=[first], all_digits=True)
        arrays = [np.asarray(given[place], dtype=np.float64) for place in self.free]
        if self.batch is not None:
            arrays = [np.moveaxis(each, self.batch, 0) for each in arrays]
        return network, arrays

    def compared(self, network: Network, inputs: list[npt.NDArray[Any]]) -> Result:
        """The network against the outputs that come with the case, and in float64."""
        wanted = np.asarray(self.case.data_sets[0][1][0])
        operator = operator_of(self.case)
        names = {each.name for each in network.inputs}
        arrays = inputs if len(network.inputs) == len(inputs) else [
            array for array, place in zip(inputs, self.free, strict=True)
            if self.case.model.graph.input[place].name in names]  # fmt: skip
        count = len(inputs[0]) if self.batch is not None else 1
        flat = [each.reshape(count, -1) for each in arrays]
        flat = [each if self.batch is not None else each.reshape(1, -1) for each in flat]
        with np.errstate(all="ignore"):
            found = np.asarray(network(np.concatenate(flat, axis=1))).reshape(count, -1)
        close = self._close(found, wanted, self.case.rtol, self.case.atol)
        if not close:
            return Result(self.case.name, operator, "wrong", "other numbers")
        reference = self._in_float64()
        exact = reference is not None and self._close(found, reference, 1e-12, 1e-12)
        return Result(self.case.name, operator, "right", exact=exact)

    def _close(self, found: Any, wanted: Any, rtol: float, atol: float) -> bool:
        if found.size != wanted.size:
            return False
        options = [wanted.reshape(found.shape)] if self.batch is None else [
            np.moveaxis(wanted, axis, 0).reshape(found.shape)
            for axis in range(wanted.ndim) if wanted.shape[axis] == len(found)]  # fmt: skip
        if wanted.dtype == np.float16:
            rtol, atol = max(rtol, 1e-3), max(atol, 1e-3)
        return any(
            np.allclose(found, each.astype(np.float64), rtol=rtol, atol=atol, equal_nan=True)
            for each in options
        )

    def _in_float64(self) -> npt.NDArray[Any] | None:
        given = [
            each.astype(np.float64) if getattr(each, "dtype", None) in _FLOATS else each
            for each in self.case.data_sets[0][0]
        ]
        names = [each.name for each in self.case.model.graph.input]
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                evaluator = ReferenceEvaluator(self.case.model)
                found = evaluator.run(None, dict(zip(names, given, strict=True)))[0]
        except Exception:  # the reference does not take float64 for every operator
            return None
        return found if getattr(found, "dtype", None) == np.float64 else None


def _forget_lengths(model: ModelProto) -> None:
    for each in model.graph.output:
        each.type.tensor_type.ClearField("shape")


def _choices(case: Any) -> Iterator[_Choice]:
    inputs, _ = case.data_sets[0]
    free = tuple(
        place for place, each in enumerate(inputs)
        if isinstance(each, np.ndarray) and each.dtype in _FLOATS and each.size
    )  # fmt: skip
    if not free:
        return
    options = {a.name: a for node in case.model.graph.node for a in node.attribute}
    along = _ALONG.get(operator_of(case), 0)
    if "layout" in options and options["layout"].i:
        along = 0
    for batch in (None, along):
        for chosen in dict.fromkeys((free, free[:1])):
            if batch is None or all(np.ndim(inputs[place]) > batch for place in chosen):
                yield _Choice(case, chosen, batch)


def results() -> list[Result]:
    """What became of every case."""
    return [run(case) for case in cases()]


def unread_lines(found: list[Result]) -> list[str]:
    """The cases that are not read, with the reason of each, as the file of them has it."""
    return sorted(f"{each.name}: {_reason(each)}" for each in found if each.outcome == "unread")


def _reason(result: Result) -> str:
    return result.why.removeprefix("cannot be read: ")[:150]


def table(found: list[Result]) -> str:
    """How many cases of every operator are right, and all in one line."""
    by_operator: dict[str, Counter[str]] = {}
    for each in found:
        by_operator.setdefault(each.operator, Counter())[each.outcome] += 1
    lines = [f"{'operator':28}{'right':>6}{'of':>6}  not read"]
    for operator, counts in sorted(by_operator.items()):
        unread = [r for r in found if r.operator == operator and r.outcome == "unread"]
        why = _reason(unread[0])[:90] if unread else ""
        lines.append(f"{operator:28}{counts['right']:6}{counts.total():6}  {why}".rstrip())
    return "\n".join([*lines, summary(found)])


def summary(found: list[Result]) -> str:
    """How many cases are right, in one line."""
    counts = Counter(each.outcome for each in found)
    exact = sum(each.exact for each in found)
    return (
        f"{counts['right']} of {len(found)} right ({exact} of them in float64), "
        f"{counts['wrong']} wrong, {counts['unread']} not read"
    )


def main() -> None:
    """Print the table; the exit code is 1 if a case is wrong.

    With --write it writes the file of cases that are not read, too.
    """
    found = results()
    if "--write" in sys.argv[1:]:
        UNREAD.write_text("\n".join(unread_lines(found)) + "\n", encoding="utf-8")
    print(table(found))
    for name in SETS:
        others = [run(case) for case in cases_of(name)]
        found += others
        print(f"{name}: {summary(others)}")
    for each in found:
        if each.outcome == "wrong":
            print(f"wrong: {each.name}: {each.why}")
    if any(each.outcome == "wrong" for each in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
