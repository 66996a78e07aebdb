"""A module of PyTorch as a network: exported for two batches, and read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind, OutputKind

from netsym.errors import SpecError
from netsym.layers import shape_text
from netsym.network.network import Network
from netsym.readers.graph.reading import End, Graph, called, checked, network, read_twice
from netsym.readers.torch.reader import Reader, array_of


def network_of_module(
    module: Any, inputs: Sequence[Any], batch: int | None, all_digits: bool
) -> Network:
    """What `netsym.from_torch` gives."""
    if isinstance(module, ExportedProgram):
        inputs = inputs or module.example_inputs[0]
    elif not isinstance(module, torch.nn.Module) or not inputs:
        raise SpecError(
            f"a {type(module).__name__} and {len(inputs)} example inputs were given; give a module "
            "of PyTorch and an example of its input: netsym.from_torch(module, x)"
        )
    _check(inputs, batch)
    is_program = isinstance(module, ExportedProgram)
    fixed = _count(module, batch) if is_program else None
    count = fixed or (1 if batch is None else 2)
    first = module if fixed else _exported(module, inputs, batch, count)
    ends = _ends(_user_inputs(first), inputs, batch)

    def read(examples: int) -> Graph:
        same = examples == count
        program = first if same else _exported(module, inputs, batch, examples)
        return _graph(program, ends, examples, all_digits)

    graph = checked(read(count)) if fixed else read_twice(read, ends, is_batch_fixed=False)
    title = "exported program" if is_program else type(module).__name__
    return network(title, ends, graph, [])


def _count(program: ExportedProgram, batch: int | None) -> int | None:
    """How many examples a program is made for; None if any number."""
    if batch is None:
        return 1
    names = _user_inputs(program)
    values = [node.meta["val"] for node in program.graph.nodes if node.name in names]
    lengths = [value.shape[batch] for value in values]
    return None if any(isinstance(n, torch.SymInt) for n in lengths) else int(lengths[0])


def _check(inputs: Sequence[Any], batch: int | None) -> None:
    for number, each in enumerate(inputs, 1):
        if not isinstance(each, torch.Tensor) or not each.is_floating_point():
            raise SpecError(
                f"example input {number} is no tensor of floats; a choice among words is a "
                "formula of one-hot rows, or of the vectors of the words: give the rows to a "
                "module with x @ embedding.weight in the place of embedding(x), or the vectors "
                "to what follows the embedding"
            )
        if batch is not None and not -each.dim() <= batch < each.dim():
            raise SpecError(
                f"example input {number} of shape {shape_text(tuple(each.shape)) or '()'} has no "
                f"axis {batch} for the examples; give batch=None if there is none"
            )


def _of_batch(example: torch.Tensor, batch: int | None, count: int) -> torch.Tensor:
    """An example input with so many examples along the axis of the batch."""
    if batch is None:
        return example
    axis = batch % example.dim()
    shape = [*example.shape]
    shape[axis] = count
    numbers = torch.linspace(0.1, 0.9, max(int(torch.Size(shape).numel()), 1), dtype=torch.float64)
    return numbers.reshape(shape).to(example.dtype)


def _exported(
    module: Any, inputs: Sequence[torch.Tensor], batch: int | None, count: int
) -> ExportedProgram:
    """A module, or a program for any number of examples, as a program for so many."""
    given = tuple(_of_batch(each, batch, count) for each in inputs)
    is_program = isinstance(module, ExportedProgram)
    plain = module.module() if is_program else module
    with nullcontext() if is_program else _at_inference(plain), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of torch about itself, as of flat weights
        try:
            return torch.export.export(plain, given)
        except Exception as error:  # whatever the module itself raises
            said = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise SpecError(f"torch.export cannot export the module: {said[:300]}") from error


@contextmanager
def _at_inference(module: torch.nn.Module) -> Iterator[None]:
    """The module and its parts as they are at inference; then each as it was."""
    before = {each: each.training for each in module.modules()}
    module.train(False)
    try:
        yield
    finally:
        for each, training in before.items():
            each.training = training


def _user_inputs(program: ExportedProgram) -> list[str]:
    specs = program.graph_signature.input_specs
    return [spec.arg.name for spec in specs if spec.kind == InputKind.USER_INPUT]


def _ends(names: Sequence[str], inputs: Sequence[Any], batch: int | None) -> list[End]:
    ends = []
    for name, each in zip(names, inputs, strict=True):
        axis = None if batch is None else batch % each.dim()
        shape = tuple(1 if n == axis else int(m) for n, m in enumerate(each.shape))
        ends.append(End(name, shape, axis))
    return ends


def _graph(program: ExportedProgram, ends: Sequence[End], count: int, all_digits: bool) -> Graph:
    names = called(ends)
    graph = Graph.of(ends, all_digits)
    known: dict[str, Any] = {}
    stored = {**program.state_dict, **program.constants}
    for spec in program.graph_signature.input_specs:
        if spec.kind != InputKind.USER_INPUT and spec.target in stored:
            known[spec.arg.name] = array_of(stored[spec.target])
    for end, name in zip(ends, names, strict=True):
        known[end.name] = end.traced(name, count)
    outputs = [
        spec.arg.name
        for spec in program.graph_signature.output_specs
        if spec.kind == OutputKind.USER_OUTPUT and hasattr(spec.arg, "name")
    ]
    reader = Reader(graph, known)
    reader.read(program.graph.nodes, outputs)
    for name in outputs:
        if known.get(name) is not None:
            graph.give(name, known[name])
    return graph
