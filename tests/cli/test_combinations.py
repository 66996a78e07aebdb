"""Every option beside every other: it changes what is written, or it is refused; none is dropped.

A verb is run in all of its modes, with and without each option that it has, on networks on which
every option has something to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from netsym.cli import VERBS, group, laws
from netsym.cli.combinations import Row, Verb
from netsym.equality import side_by_side as sizes
from netsym.errors import SpecError
from tests.cli.running import run
from tests.effort import MANY


def dense(activation: str, weights: Any = None, bias: Any = None, units: int = 2) -> dict[str, Any]:
    """A layer of a spec; what is not given is named by the notation."""
    said = {"type": "dense", "activation": activation, "weights": weights, "bias": bias}
    return {k: v for k, v in said.items() if v is not None} | ({} if weights else {"units": units})


NUMBERS = [[0.123456789, -1.512345678], [2.345678901, 0.251234567]]
BIAS = [0.112345678, 0.987654321]
HIDDEN = [dense("sigmoid", NUMBERS, BIAS), dense("tanh")]
KINKED = dense("relu", [[1.123456789], [2.345678901], [-0.112345678]], [0.1, -0.987654321, 0.3])
KIND = "relu" if MANY else "tanh"  # the search for kinks takes most of the time
TWO_FROM_TWO = dense(KIND, [[1.1, 0.7], [0.3, -0.2], [-0.1, 0.9]], [0.1, -0.9, 0.3])
RANK_ONE = [[0.5 * i * j for j in range(1, 5)] for i in range(1, 5)]
NETWORKS: dict[str, dict[str, Any]] = {
    "two": {"inputs": ["x", "height"], "outputs": ["price", "risk"],
            "layers": [*HIDDEN, dense("sigmoid", bias=BIAS)]},
    "one": {"inputs": ["x", "height"],
            "layers": [*HIDDEN, dense("sigmoid", bias=[0.3], units=1)]},
    "near": {"inputs": ["x", "height"], "layers": [*HIDDEN, dense("sigmoid", units=1)]},
    "deep": {"inputs": ["x", "height"], "layers": [dense("sigmoid", units=9) for _ in range(30)]},
    "alike": {"inputs": 2, "layers": [*([dense("sigmoid")] * 2), dense("tanh", units=1)]},
    "steps": {"shape": [3, 1], "layers": [
        {"type": "lstm", "units": 2}, dense("sigmoid", [[0.123456789, -0.987654321]], [0.5])]},
    "linear": {"inputs": 2, "layers": [
        dense("linear", NUMBERS, BIAS), dense("linear"), dense("linear", bias=[0.3], units=1)]},
    "stack": {"inputs": 4, "layers": [
        dense(KIND, RANK_ONE, [0.1, 0.2, 0.3, 0.4]),
        dense("linear", [[0.1, 0.7, -0.3, 1.1], [0.9, -0.2, 0.6, 1.3]], BIAS),
        dense("linear", NUMBERS, BIAS), TWO_FROM_TWO,
        dense("linear", [[0.3, 0.7, 1.1]], [0.1]),
        dense("linear", [[0.1], [0.7], [0.3]], [0.1, 0.2, 0.3])]},
    "pair": {"inputs": ["x", "height"], "layers": [HIDDEN[0], dense("sigmoid", NUMBERS, BIAS)]},
    "kinked": {"inputs": ["x"], "layers": [
        KINKED, dense("linear", [[0.123456789, -1.512345678, 0.312345678]], [0.112345678])]},
}  # fmt: skip
NETWORKS["near"] = json.loads(json.dumps(NETWORKS["one"]))
NETWORKS["near"]["layers"][0]["bias"][0] += 0.01

#: A value for every option that takes one.
VALUES: dict[str, list[str]] = {
    "--width": ["20"], "--digits": ["3"], "--max-nodes": ["3"], "--notation": ["cs229"],
    "--onion": ["once"],
    "--to": ["python"], "--output": ["2"], "-o": ["out"], "--loss": ["mse"], "--examples": ["3"],
    "--data": ["data.csv"], "--reduction": ["sum"], "--delta": ["0.5"],
    "--l1": ["0.1"], "--l2": ["0.1"],
    "--form": ["shared"], "--level": ["matrix"], "--wrt": ["inputs"], "--steps": ["0"],
    "--at": ["0.3"], "--box": ["-1,2"], "--seed": ["5"], "--tolerance": ["0.5"],
    "--budget": ["2"], "--where": ["x < -5"], "--inputs": ["x"],
    "--parameters": ["w1_1_1=0.5"], "--rate": ["0.1"], "--depth": ["2..5"], "--plot": ["plot.svg"],
    "--names": ["x=age"], "--weights": ["separate"],
    "--table": ["flowers"], "--keep": ["id"],
    "--parts": ["line,loss"], "--without": ["line"], "--pages": ["2"],
}  # fmt: skip
OF_A_VERB = {("size", "--steps"): ["2..5"], ("size", "--width"): ["2..5"],
             ("grad", "--at"): ["x=0.1,height=0.2"],
             ("step", "--wrt"): ["weights"], ("step", "-o"): ["after.toml"],
             ("simplify", "--names"): ["x_1=age"],
             ("draw", "--to"): ["tikz"], ("note", "--to"): ["tex"], ("note", "--digits"): ["5"],
             ("note", "--at"): ["x=0.1"]}  # fmt: skip

LATEX = "--to latex"
WRITING = (
    "", LATEX, "--to python", "--to sympy", "--json", f"--json {LATEX}", "--json --to python",
    "--output 1", "--expand", "--digits 4", "--loss mse",
    "--loss huber --examples 2", "--loss mse --l2 0.123456789 --json",
)  # fmt: skip
PAIR = "x=0.123456 height=0.2"
STEP = "--loss mse --data data.csv --rate 0.5"
MATRIX = f"--level matrix {LATEX}"
#: By verb and network: in which modes it is run.
MODES: dict[str, dict[str, tuple[str, ...]]] = {
    "inline": {
        "two": (*WRITING, f"--onion once {LATEX}"),
        "linear": ("--expand-linear", "--expand-linear --json", f"--expand-linear {LATEX}",
                   "--expand-linear --to python", f"--expand-linear --json {LATEX}"),
    },
    "show": {
        "two": (*WRITING, "--form shared", "--form inlined", f"--form inlined {LATEX}",
                f"--form inlined {LATEX} --json", "--form shared --json", MATRIX,
                f"{MATRIX} --json", f"{MATRIX} --loss mse --l2 0.123456789"),
        "steps": ("", "--form once", f"--form once {LATEX}", "--form once --json",
                  f"--form once {MATRIX}"),
    },
    "value": {
        "pair": (PAIR, f"{PAIR} --json", f"{PAIR} --all", f"{PAIR} --all --json",
                 f"{PAIR} t=0.3,0.4 --loss huber", f"{PAIR} t=0.3,0.4 --loss mse --all",
                 "--loss mse --data data.csv", "--loss mse --data data.csv --json --all"),
    },
    "step": {
        "pair": (STEP, f"{STEP} --json", f"{STEP} --each", f"{STEP} --each --json --l1 0.1"),
    },
    "grad": {
        "two": (*WRITING, "--size", "--size --json", "--size --loss mse", "--form shared",
                "--form inlined", "--form inlined --json"),
        "one": (LATEX, f"--form inlined {LATEX}", f"--wrt inputs {LATEX}", f"--json {LATEX}",
                f"--wrt inputs --form inlined {LATEX}", "--loss bce --taught",
                "--loss bce --taught --size", f"--loss bce --taught --json {LATEX}",
                f"--loss bce {MATRIX}", f"--loss bce {MATRIX} --json",
                f"--loss bce {MATRIX} --taught"),
        "pair": ("--at x=0.123456,height=0.2", "--at x=0.123456,height=0.2 --json",
                 "--loss mse --data data.csv --parameters ,"),
    },
    "size": {
        "deep": ("", "--json", "--loss mse", "--expand", "--exact"),
        "alike": ("--depth 2,80", "--width 2..5 --json", "--depth 3,4 --exact"),
        "steps": ("--steps 30,40", "--steps 30,40 --json", "--steps 30,40 --exact"),
    },
    "draw": {
        "two": ("", "--to tikz", "--to tikz --fragment", "--json", "--loss mse",
                "--loss huber --examples 2 --to tikz"),
    },
    "note": {
        "two": ("", "--to tex", "--to html", "--json", "--loss mse", "--loss mse --json",
                "--loss huber --examples 2 --to tex"),
    },
    "page": {
        "two": ("", "--json", "--loss mse", "--loss mse --json", "--loss huber --examples 2"),
    },
    "certify": {"pair": ("--to numpy --json", "--to python --json")},
    "compare": {"one": ("", "--json", "near.json", "near.json --json", "near.json --seed 3")},
    "check": {"one": ("near.json", "near.json --json", "near.json --seed 3")},
    "laws": {"": ("", "--json", "--seed 3")},
    "layers": {"": ("", "--json", "dense", "dense --json")},
    "simplify": {
        "stack": ("", "--json", LATEX, "--to text", "--to python", "--to sympy", "--to toml",
                  "--exact", "--force", "--factor", "--digits 4"),
    },
    "regions": {
        "kinked": ("--at 0.3", "--at 0.3 --json", f"--at 0.3 {LATEX}", "--at 0.3 --to text",
                   "--at 0.3 --to python", "--at 0.3 --to sympy", "", "--json",
                   LATEX, "--to text", "--to sympy", "--box -1,1"),
    },
}  # fmt: skip

LANGUAGES = (LATEX, "--to text", "--to python", "--to sympy", "--to toml")
#: What goes together and changes nothing, as here is nothing to act on: verb, option, modes, why.
NOTHING = (
    ("show", "--digits", (MATRIX, f"{MATRIX} --json", f"--form once {MATRIX}"),
     "whole arrays are letters"),
    ("grad", "--digits", (f"--loss bce {MATRIX}", f"--loss bce {MATRIX} --json",
                          f"--loss bce {MATRIX} --taught"), "whole arrays are letters"),
    ("show", "--short", (MATRIX, f"{MATRIX} --json", f"{MATRIX} --loss mse --l2 0.123456789"),
     "letters of whole arrays have no other index"),
    ("grad", "--short", (f"--loss bce {MATRIX}", f"--loss bce {MATRIX} --json",
                         f"--loss bce {MATRIX} --taught"), "and their layers differ"),
    ("step", "-o", MODES["step"]["pair"], "the network is written, and the step is printed"),
    ("certify", "-o", MODES["certify"]["pair"], "the code is written, and the report printed"),
    ("compare", "--tolerance", ("", "--json"), "what is equal is so without one"),
    *((verb, option, MODES[verb]["one"], why) for verb in ("compare", "check")
      for option, why in (("--box", "nothing is rounded"), ("--budget", "nothing has pieces"))),
    *((verb, "--up-to-names", [mode for mode in MODES[verb]["one"] if "near.json" in mode],
       "two networks of numbers have no names") for verb in ("compare", "check")),
    ("simplify", "--seed", LANGUAGES, "the verdict, which is all that is said, has no seed"),
)  # fmt: skip

#: What a row says when it refuses, and so what to add, or what to leave out.
ADD = re.compile(r"(--.+) is for --.+; add (--.+), or leave \1 out")
LEAVE = re.compile(r"(--.+) changes nothing beside (--.+); leave one of them out")
#: What else is refused: by what the network is, not by what was typed beside it.
OTHERS = (
    r"no input is called 'x'; .+",
    r"no output '2': give a number from 1 to 1, or a name; choose from [yJ]",
    r".+ is not linear: layer \d.* has \w+, so there is no such formula; simplify without it "
    r"collapses what is linear",
    r"data\.csv has 4 columns, the first line with numbers; this network needs 2 for its inputs "
    r"and 1( or 9)? for the target",
    r"with whole arrays a gradient is of one number, and the output has 2: choose --level scalar, "
    r"or a loss",
    r"this network reads no sequence step by step: it needs inputs of shape .+ and a recurrent .+",
    r"this network is no stack of dense layers with a hidden one, .+",
    r"a plot needs matplotlib, .+",
    r"what is written once for all steps is no program: .+; take the layered form",
    r"--inputs is for a formula, and here is none; leave it out",
    r"--up-to-names is for two formulas, or two networks; leave it out",
    r"--(onion|each) is for the derivatives of one output; choose it with --output",
    r"--taught is for the derivatives of a cost; add --loss",
    r"--pages is for a document to read, which is layer by layer and of numbers alone; here .+",
    r"--taught is for a loss and an activation that cancel: .+; here \w+ is after sigmoid",
    r"nothing here is called '.+'; .+",
    r"no number for the .+: give .+",
    r"\w+ has \d+ numbers?, .+, but \d+ (was|were) given",
    r"there are no inputs to differentiate by; choose parameters",
    r"\w+ is [-.\d]+ in the network; leave \w+ out",
    r"it could not be proved that δ is a - t here .+; leave --taught out",
)


def command_of(verb: str) -> click.Command:
    command = group.get_command(click.Context(group), verb)
    assert command is not None
    return command


LAWS = cache(laws.laws)  # the same for a seed, however they are printed


def options(verb: str) -> list[str]:
    command = command_of(verb)
    known = (each for each in command.params if isinstance(each, click.Option))
    return [each.opts[-1] for each in known if not each.hidden]


def value_of(verb: str, option: str) -> list[str]:
    """What is typed after an option, if it takes a value."""
    return OF_A_VERB.get((verb, option), VALUES.get(option, []))


def refusal(verb: str, words: list[str]) -> str | None:
    """What the rows of a verb say of its options; nothing is run."""
    command = copy(command_of(verb))
    command.callback = lambda **_: None
    try:
        command.main(words, standalone_mode=False)
    except SpecError as error:
        return str(error)
    return None


def without(verb: str, words: list[str], option: str) -> list[str]:
    place = words.index(option.split()[0])
    return words[:place] + words[place + 1 + len(value_of(verb, words[place])) :]


def advised(verb: str, words: list[str], said: str) -> Iterator[list[str]]:
    """What may be typed instead, by the words of a refusal."""
    if advice := ADD.fullmatch(said):
        option, add = advice.groups()
        name, *value = add.split()
        yield [*words, name, *(value or value_of(verb, name))]
        yield without(verb, words, option)
    else:
        advice = LEAVE.fullmatch(said)
        assert advice is not None, said
        yield from (without(verb, words, option) for option in advice.groups())


def leads_on(verb: str, words: list[str], option: str, steps: int = 3) -> bool:
    """Whether who does what is advised, one step or a few, and keeps the option, is heard."""
    said = refusal(verb, words)
    return said is None or any(
        steps > 0 and option in other and leads_on(verb, other, option, steps - 1)
        for other in advised(verb, words, said)
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sizes, "seconds_per_point", lambda *_: 1e-6)  # the same for both runs
    monkeypatch.setattr(laws, "laws", LAWS)
    for name, said in NETWORKS.items():
        Path(f"{name}.json").write_text(json.dumps({"netsym": 1, **said}))
    Path("data.csv").write_text("0.1,0.2,0.3,0.4\n0.5,0.6,0.7,0.8\n")
    return tmp_path


RUNS = [
    (verb, net, mode)
    for verb, networks in MODES.items() for net, modes in networks.items() for mode in modes
]  # fmt: skip


@pytest.mark.parametrize(("verb", "net", "mode"), RUNS, ids=[" ".join(each) for each in RUNS])
def test_every_option_in_every_mode(
    verb: str, net: str, mode: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    base = [verb, *([f"{net}.json"] if net else []), *mode.split()]
    plain = run(capfd, *base)
    assert plain.code in (0, 1) and plain.out, plain.err
    dropped = set()
    for option in options(verb):
        if option in base:
            continue
        typed = [*base, option, *value_of(verb, option)]
        ran = run(capfd, *typed)
        assert ran.code in (0, 1, 2, 3, 4), ran.err
        if ran.code == 2:
            assert ran.out == ""
            said = " ".join(ran.err.removeprefix("netsym: ").split())
            if not any(re.fullmatch(other, said) for other in OTHERS):
                assert refusal(verb, typed[1:]) == said
                assert leads_on(verb, typed[1:], option), said
        elif (ran.code, ran.out, ran.err) == (plain.code, plain.out, plain.err):
            dropped.add(option)
    assert dropped == {row[1] for row in NOTHING if row[0] == verb and mode in row[2]}


def test_the_options_of_every_verb_are_known() -> None:
    assert {*MODES, "schema", "help"} == set(VERBS)
    for verb in VERBS:
        for option in command_of(verb).params:
            if isinstance(option, click.Option) and not option.is_flag:
                name = option.opts[-1]
                assert name in VALUES or (verb, name) in OF_A_VERB or name == "--factor"


def test_rows_name_options_that_there_are() -> None:
    """A row that is misspelt would never be broken."""
    for verb in VERBS:
        known = set(options(verb))
        for row in getattr(command_of(verb), "rows", ()):
            for said in (row.options, row.only, row.beside, row.unless):
                names = [each for part in said.split(", ") for each in part.split(" and ") if each]
                assert {name.split()[0] for name in names} <= known, (verb, row)


@pytest.mark.parametrize(
    ("row", "typed", "message"),
    [
        (Row("--a", only="--b"), ["--a"], "--a is for --b; add --b, or leave --a out"),
        (Row("--a", only="--b, --to x"), ["--a"],
         "--a is for --b or --to x; add --b, or leave --a out"),
        (Row("--a", only="--b, --to x"), ["--a", "--to", "x"], None),
        (Row("--a, --b", beside="--to x"), ["--b", "--to", "x"],
         "--b changes nothing beside --to x; leave one of them out"),
        (Row("--a", beside="--to x"), ["--a"], None),
        (Row("--b", beside="--to y"), ["--b"],
         "--b changes nothing beside --to y; leave one of them out"),
        (Row("--to", beside="--a"), ["--a"], None),
        (Row("--to", beside="--a"), ["--a", "--to", "y"],
         "--to changes nothing beside --a; leave one of them out"),
        (Row("--to x", beside="--a"), ["--a", "--to", "y"], None),
        (Row("--c", beside="--a and --b"), ["--a", "--c", "1"], None),
        (Row("--c", beside="--a and --b"), ["--a", "--b", "--c", "1"],
         "--c changes nothing beside --a and --b; leave one of them out"),
        (Row("--c", beside="--a", unless="--to x"), ["--a", "--c", "1", "--to", "x"], None),
        (Row("--c", beside="--a", unless="--to x"), ["--a", "--c", "1"],
         "--c changes nothing beside --a; leave one of them out"),
    ],
)  # fmt: skip
def test_a_row(row: Row, typed: list[str], message: str | None) -> None:
    flags = [click.Option([name], is_flag=True) for name in ("--a", "--b")]
    values = [click.Option(["--c"]), click.Option(["--to"], default="y")]
    verb = Verb("verb", params=[*flags, *values], callback=lambda **_: "ran", rows=[row])
    if message is None:
        assert verb.main(typed, standalone_mode=False) == "ran"
        return
    with pytest.raises(SpecError) as refused:
        verb.main(typed, standalone_mode=False)
    assert str(refused.value) == message
