"""PySpark: a function from a DataFrame to one that has the outputs as well, in Spark's SQL."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from netsym.forms.form import Form
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.program import written
from netsym.writers.code.spark import Spark


class PySpark(Spark):
    """A function of a DataFrame that gives it with all its columns, and the outputs after them.

    What a row has besides what is computed goes through the steps as one structure.
    """

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher
    ) -> None:
        record = "record"
        while record in formula.given_names():
            record += "_"
        super().__init__(formula, digits, watcher, keep=record)

    @property
    def shown(self) -> list[str]:
        return self.inputs

    def title(self) -> str:
        name = self.formula.function or "f"
        return f"{name}_" if keyword.iskeyword(name) else name

    def lines(self) -> Iterator[str]:
        yield f"def {self.title()}(data):\n"
        steps = [[*step.columns] for step in self.steps]
        record = self.kept[0]
        steps[0][0], steps[-1][0] = f"STRUCT(*) AS {record}", f"{record}.*" if steps[1:] else "*"
        for columns in steps:
            yield "    data = data.selectExpr(\n"
            yield from (f"        {column!r},\n" for column in columns)
            yield "    )\n"
        yield "    return data\n"


write = written(PySpark)
