"""SQL: one SELECT over a table, a row of outputs for each row; NULL in gives NULL out.

Weights are numbers in it, or stand in a table of their own, as (name, value): then each step reads
those that it needs as columns of one row, and the SELECT is the same whatever they are.

What a dialect says otherwise is in a file of its own: `sqlite`, `duckdb`, `postgresql`, `spark`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from netsym.errors import SpecError
from netsym.forms.apart import apart
from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Mask
from netsym.graph.names import free_letter
from netsym.watching import Watcher, no_watcher
from netsym.writers.code import IN_PLACE, stands_apart
from netsym.writers.code.erf import ERF
from netsym.writers.code.program import Program, written
from netsym.writers.code.signs import signs
from netsym.writers.code.stable import Dialect
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM

#: The table where nobody says which.
TABLE = "data"
#: Weights that are read from their table at once, and how often that is done in a step: a join has
#: 64 tables in SQLite, and each reading looks at all its weights for every one of them.
_AT_ONCE, _TIMES = 100, 50
#: What stands between statements.
BETWEEN = ";\n\n"
#: Words that are no plain names in SQL, or in one of the dialects.
_RESERVED = """
abs absolute acos action add aggregate alias all allocate alter analyse analyze and anti any are
array as asc asensitive asin asof assertion asymmetric at atan atomic attach authorization auto
average avg before begin between bigint binary bit blob boolean both breadth by call cardinality
cascade cascaded case cast catalog ceil char character check clob close coalesce collate collation
column columns commit concurrently condition conflict connect constraint contains continue convert
copy corr corresponding cos cosh count create cross cube current current_catalog current_date
current_role current_schema current_time current_timestamp current_user cursor cycle database date
day deallocate dec decimal declare default deferrable deferred define delete depth deref desc
describe detach deterministic distinct div do double drop dynamic each element else elseif empty
end equals escape every except exclude exec execute exists exit exp explain external extract false
fetch filter first float floor for foreign frame free freeze from full function fusion get glob
global go goto grant group grouping groups handler having hold hour identity if ignore ilike
immediate in index indexed indicator initial initially inner inout input insensitive insert instead
int integer intersect intersection interval into is isnull iterate join key lag lambda language
large last lateral lead leading leave left level like limit ln local localtime localtimestamp log
loop lower map match materialized max member merge method min minus minute mod modifies module month
names national natural nchar nclob new next no none normalize not nothing notnull null nulls numeric
object of off offset old omit on one only open operation option or order ordinality out outer output
over overlaps overlay pad parameter partial partition path percent period pivot placing plan
portion position power pragma precedes precision prefix preorder prepare preserve primary prior
privileges procedure public qualify query raise range rank read reads real recursive ref references
referencing regexp reindex relative release rename repeat replace reset resignal restrict result
return returning returns revoke right role rollback rollup routine row row_number rows savepoint
schema scope scroll search second section select semi sensitive session session_user set sets show
signal similar sin sinh size skip smallint some space specific sql sqlexception sqlstate sqlwarning
sqrt start state static statistics stddev structure submultiset subset substring succeeds sum
summarize symmetric system system_user table tables tablesample tan tanh temp temporary terminate
than then ties time timestamp to trailing transaction translate translation treat trigger trim true
truncate type uescape unbounded under union unique unknown unlogged unnest unpivot until update
upper usage user using vacuum value values varchar variable variadic varying verbose view virtual
when whenever where while window with within without work write year zone
"""
_PLAIN = re.compile("[a-z_][a-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9.]+e[-+]?[0-9]+")
_QUOTED = r'"(?:[^"]|"")*"|`(?:[^`]|``)*`'
#: As names begin with one of few signs, the digits between them are passed over at once.
_NAME = re.compile(
    r'["`A-Za-z_](?:(?<=")(?:[^"]|"")*"|(?<=`)(?:[^`]|``)*`|(?<![A-Za-z0-9_.].)[A-Za-z0-9_]*)'
)
_SIMPLE = re.compile(rf"{_QUOTED}|\w+|[0-9.]+e[-+]?[0-9]+")
_EXTREMES = ("max", "min")
_SAME = ("exp", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "abs", "sqrt")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name as it is written, its expression, and the other columns that this reads.

    These are there after so many steps.
    """

    name: str
    text: str
    reads: Set[str]
    after: int

    def __str__(self) -> str:
        return f"{self.text} AS {self.name}"


@dataclass(frozen=True, slots=True)
class Step:
    """A SELECT of columns from a table or another step; the last has no name.

    `once` are steps of one row that it reads as well.
    """

    name: str
    columns: Sequence[str]
    source: str
    once: Sequence[str] = ()

    def select(self, newline: str = "\n") -> str:
        """Its text, in which each column is a line."""
        source = " CROSS JOIN ".join([self.source, *self.once])
        columns = f",{newline}  ".join(self.columns)
        return f"SELECT{newline}  {columns}{newline}FROM {source}"


class SQL(Program):
    """A SELECT from a table that has a column for each input, and for each name without a number.

    With `weights` apart another table has the numbers.
    Values are columns of steps, each WITH … AS a SELECT from the one before, which has what is
    used after it and nothing else. Numbers are doubles, whatever types the columns have.
    """

    reserved = frozenset(_RESERVED.split())
    choice = "CASE WHEN {0} THEN {1} ELSE {2} END"
    quotes: ClassVar[bool] = True
    #: What names are quoted with, and the type of a double.
    quote: ClassVar[str] = '"'
    double: ClassVar[str] = "DOUBLE PRECISION"
    #: What keeps a step from being computed anew wherever it is read.
    materialized: ClassVar[str] = ""
    nan: ClassVar[str] = "CAST('NaN' AS DOUBLE PRECISION)"
    infinity: ClassVar[str] = "CAST('Infinity' AS DOUBLE PRECISION)"
    #: What makes a table of weights, of its name and the type of a double.
    made: ClassVar[str] = "CREATE TABLE {} (name VARCHAR(255) PRIMARY KEY, value {})"
    calls: Mapping[str, str] = {
        **{name: f"{name.upper()}({{0}})" for name in _SAME},
        "log": "LN({0})", "power": "POWER({0}, {1})", "pi": "3.141592653589793e0", "erf": ERF,
        "expm1": "(TANH({0}/2e0)*(EXP({0}) + 1e0))", "log1p": "(2e0*ATANH({0}/(2e0 + {0})))",
        "relu": "CASE WHEN {0} < 0 THEN 0e0 ELSE {0} END",
        "sigmoid": "(1e0/(1e0 + EXP(-({0}))))",
        "sign": "CASE WHEN {0} < 0 THEN -1e0 WHEN -{0} < 0 THEN 1e0 ELSE {0} END",
        "heaviside": "CASE WHEN {0} <= 0 THEN 0e0 WHEN -{0} < 0 THEN 1e0 ELSE {0} END",
        "step": "CASE WHEN {0} < 0 THEN 0e0 WHEN -{0} <= 0 THEN 1e0 ELSE {0} END",
    }  # fmt: skip
    #: What is written where nothing is known of the sign of the last operand.
    guards: Mapping[str, str] = {
        "divide": "CASE WHEN {1} = 0 THEN {0}*{infinity} ELSE {0}/{1} END",
        "log": "CASE WHEN {0} > 0 THEN LN({0}) WHEN {0} = 0 THEN -{infinity} ELSE {0}*{nan} END",
        "sqrt": "CASE WHEN {0} < 0 THEN {nan} ELSE SQRT({0}) END",
    }
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Program.operations, "power": ("_write_call", ATOM),
    }  # fmt: skip

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher,
        table: str = "", keep: str = "", weights: str = IN_PLACE,
    ) -> None:  # fmt: skip
        self.own: dict[str, Any] = {"table": table, "keep": keep, "weights": weights}
        self.weight_values: dict[str, float] = {}
        if stands_apart(weights):
            formula, self.weight_values = apart(formula)
        self._spelled: dict[str, str] = {}
        self._templates = dict(self.calls)
        self.table = ".".join(map(self._quoted, _words("table", table or TABLE, ".")))
        kept = _words("keep", keep, ",") if keep else []
        super().__init__(formula, digits, watcher)
        inputs = dict.fromkeys(self.formula.input_names())
        self._taken = {word.lower() for word in kept if word not in inputs}
        self.inputs = [self.variable(name) for name in inputs]
        spelled = [self.variable(w) if w in inputs else self._quoted(w) for w in kept]
        self.kept = list(dict.fromkeys(spelled)) or self.inputs
        self.weights = {self.variable(name): name for name in self.weight_values}
        self._letter = free_letter(_beginnings([*self._taken, *self.formula.given_names()]))
        again = self._written_again()
        self.held = again if self.held is None else self.held | again

    @property
    def shown(self) -> list[str]:
        """What stands before the outputs, of a table that has the inputs and what is kept."""
        return self.kept

    # -- names and numbers ----------------------------------------------------------------------
    def literals(self, numbers: Sequence[str]) -> Sequence[str]:
        return [text if "e" in text else text.removesuffix(".0") + "e0" for text in numbers]

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        """Columns; a and A are one in SQL, so the second that comes is A_."""
        for name in names:
            if name not in self._spelled:
                word = name
                while (plain := word.lower()) in self._taken:
                    word += "_"
                self._taken.add(plain)
                self._spelled[name] = self._quoted(word)
        return [self._spelled[name] for name in names]

    def _quoted(self, word: str) -> str:
        """A name as it is written, in quotes if it would not stand for itself."""
        if _PLAIN.fullmatch(word) and word not in self.reserved:
            return word
        return f"{self.quote}{word.replace(self.quote, 2 * self.quote)}{self.quote}"

    # -- functions ------------------------------------------------------------------------------
    def template(self, function: str) -> str:
        """How a function is written; what the language has not, from what the table says it is."""
        if function not in self._templates:
            row = FUNCTIONS[function]
            if not row.prelude:
                raise SpecError(f"SQL has no {row.name}; take another language")
            way = Dialect(self.choice, self.calling, self.literal).translated(row)
            places = {name: f"{{{place}}}" for place, name in enumerate(way.operands)}
            words = "|".join(rf"\b{name}\b" for name in places)
            text = re.sub(words, lambda found: places[found[0]], way.right)
            if text.count("{0}") == 1:  # of whatever is written there
                text = text.replace("{0}", "({0})")
            self._templates[function] = f"({text})"
        return self._templates[function]

    def repeats(self, function: str) -> bool:
        """Whether an operand is written more than once."""
        return function in _EXTREMES or self.template(function).count("{0}") > 1

    def calling(self, name: str, operands: list[str]) -> str:
        if self.repeats(name):
            operands = list(map(_closed, operands))
        if name in _EXTREMES:
            return self.extreme(name, operands)
        return self.template(name).format(*operands)

    def extreme(self, name: str, operands: list[str]) -> str:
        """The largest or the least: NULL if one is NULL, and NaN if one is NaN.

        NaN is larger than all numbers in SQL, so that the least is looked for among negatives.
        """
        numbers = [each for each in operands if _NUMBER.fullmatch(each.strip("()"))]
        others = [each for each in operands if each not in numbers]
        sign = "" if name == "max" else "-"
        if len(numbers) == len(others) == 1:
            (number,), (other,) = numbers, others
            return f"CASE WHEN {sign}{other} < {sign}{number} THEN {number} ELSE {other} END"
        known = " AND ".join(f"{each} IS NOT NULL" for each in others)
        largest = f"{sign}GREATEST({', '.join(sign + each for each in operands)})"
        return f"CASE WHEN {known} THEN {largest} END" if known else largest

    def _write_call(self, op: str, nodes: list[int]) -> str | Rope:
        if self._is_guarded(op, nodes):
            return self._guarded(op, nodes)
        tightness = ATOM if self.repeats(op) else 0
        operands = [self.operand(node, tightness) for node in nodes]
        if op in _EXTREMES:
            return self.extreme(op, ["".join(flat(each)) for each in operands])
        return self._filled(self.template(op), operands)

    def _write_quotient(self, op: str, nodes: list[int]) -> Any:
        if self._is_guarded(op, nodes):
            return self._guarded(op, nodes), ATOM
        return super()._write_quotient(op, nodes)

    @cached_property
    def _safe(self) -> dict[str, Mask]:
        """Over the graph: the last operands of which an operation needs no guard."""
        known = signs(self.formula)
        return {"divide": known.not_0, "log": known.positive, "sqrt": known.not_negative}

    def _is_guarded(self, op: str, nodes: list[int]) -> bool:
        return op in self.guards and not self._safe[op][nodes[-1]]

    def _guarded(self, op: str, nodes: list[int]) -> str | Rope:
        """An operation whose operands are looked at before it is done."""
        template = self.guards[op].replace("{nan}", self.nan).replace("{infinity}", self.infinity)
        return self._filled(template, [self.operand(node, ATOM) for node in nodes])

    def _written_again(self) -> Mask:
        """Over the graph: what an operation writes several times, and has no name yet."""
        form, graph = self.formula, self.formula.graph
        held = np.zeros(len(graph), dtype=np.bool_)
        for block, rows in graph.walk(form.mask):
            if block.op in self.guards:
                rows = rows[~self._safe[block.op][block.operands[rows, -1]]]
                held[block.operands[rows]] = True
            elif block.op in FUNCTIONS and self.repeats(block.op):
                held[block.operands[rows]] = True
        for block in reversed(graph.blocks):
            rows = np.flatnonzero(held[block.start : block.stop])
            if block.op == "name" and not form.stops_at_names:
                held[block.operands[rows, 0]] = True
            if block.op in ("name", "symbol", "constant"):
                held[block.start + rows] = False
        return held & ~form.cut_mask

    # -- the whole of it ------------------------------------------------------------------------
    def lines(self) -> Iterator[str]:
        if self.weight_values:
            yield self.made.format(self.weights_table, self.double) + BETWEEN
            rows = (f"('{n}', {self.number(value)[0]})" for n, value in self.weight_values.items())
            yield f"INSERT INTO {self.weights_table} VALUES\n  " + ",\n  ".join(rows) + BETWEEN
        *before, last = self.steps
        for number, step in enumerate(before):
            kind = self.materialized if number else ""
            inner = step.select("\n  ")
            yield f"{',' if number else 'WITH'} {step.name} AS {kind}(\n  {inner}\n)"
        yield f"\n{last.select()}\n" if before else f"{last.select()}\n"

    def parts(self) -> Iterator[str]:
        return (step.select() for step in self.steps)

    @property
    def weights_table(self) -> str:
        """The table that has the weights, where they stand apart."""
        return self._free(self._quoted(f"{self.formula.function or 'f'}_weights"))

    @cached_property
    def steps(self) -> list[Step]:
        """What is selected from what; the first takes the columns of the table as doubles."""
        return [*self._selected()]

    def _selected(self) -> Iterator[Step]:
        columns = [name for names in self.arguments for name in names if name in self.used]
        source = [name for name in columns if name not in self.weights]
        made, outputs = self._columns(columns)
        last = max((each.after for each in outputs), default=0)
        read: defaultdict[int, set[str]] = defaultdict(set)  # in each step
        for each in made:
            read[each.after] |= each.reads
        read[last] = read[last].union(self.kept, *(each.reads for each in outputs))
        until = {name: step for step in sorted(read) for name in read[step]}
        table, there = self.table, [*dict.fromkeys([*self.kept, *source])]
        if source:
            doubles = {name: f"CAST({name} AS {self.double}) AS {name}" for name in source}
            yield Step(self._free("inputs"), [doubles.get(name, name) for name in there], table)
            table = self._free("inputs")
        for step in range(last + 1):
            now = outputs if step == last else [each for each in made if each.after == step]
            carried = self.kept if step == last else [n for n in there if until[n] > step]
            once = list(self._readings(step + 1, read[step]))
            yield from once
            name = "" if step == last else self._free(f"step_{step + 1}")
            yield Step(name, [*carried, *map(str, now)], table, [each.name for each in once])
            table, there = name, [*carried, *(each.name for each in now)]

    def _readings(self, step: int, read: Set[str]) -> Iterator[Step]:
        """The weights among what a step reads, as columns of one row or of several."""
        weights = [(column, name) for column, name in self.weights.items() if column in read]
        size = max(_AT_ONCE, -(-len(weights) // _TIMES))
        for start in range(0, len(weights), size):
            some = weights[start : start + size]
            names = ", ".join(f"'{name}'" for _, name in some)
            yield Step(
                self._free(f"weights_{step}" + (f"_{start // size + 1}" if weights[size:] else "")),
                [f"MAX(CASE WHEN name = '{name}' THEN value END) AS {c}" for c, name in some],
                f"{self.weights_table} WHERE name IN ({names})",
            )

    def _columns(self, source: list[str]) -> tuple[list[Column], list[Column]]:
        """The columns that are made on the way, and those of the outputs."""
        after = dict.fromkeys(source, 0)
        made: list[Column] = []
        outputs: list[Column] = []
        for name, right, is_output in self.statements():
            text = "".join(flat(right))
            reads = after.keys() & _NAME.findall(text)
            column = Column(name, text, reads, max(map(after.__getitem__, reads), default=0))
            if is_output:
                outputs.append(column)
            else:
                made.append(column)
                after[name] = column.after + 1
        return made, outputs

    def _free(self, name: str) -> str:
        """The name of a step or of a table, which the table of the rows has not."""
        return f"{name}_" if name == self.table.lower() else name


def columns_of(select: str | Rope) -> int:
    """How many columns a step has, each of which is a line."""
    return "".join(flat(select)).count("\n") - 1


def _closed(text: str) -> str:
    """A text that stands for itself wherever it stands."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _words(option: str, said: str, between: str) -> list[str]:
    words = [word.strip() for word in said.split(between)]
    if not all(word and word.isprintable() for word in words):
        raise SpecError(f"--{option}: {said[:60]!r} is no name; write it as in the database")
    return words


def _beginnings(names: Iterable[str]) -> set[str]:
    return {name[:stop].lower() for name in names for stop in range(1, 1 + len(name))}


write = written(SQL)
