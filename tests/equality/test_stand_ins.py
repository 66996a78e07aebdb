"""Typed numbers: what they write, what they stand for, and what no rounding explains."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

import netsym
from netsym.equality.comparison import compare
from netsym.equality.ladder import judge
from netsym.equality.sides import aligned, subject
from netsym.equality.terms import Terms
from netsym.equality.verdict import VERDICTS
from netsym.files.files import loads
from tests.effort import heavy, many
from tests.equality.typed_pairs import Made, Pair, pairs

EQUAL = {name for name, code in VERDICTS.items() if not code}

SCALED = loads("""
netsym = 1
inputs = ["t"]
[[layers]]
type = "standardize"
mean = [20.5]
scale = [1.6]
[[layers]]
type = "dense"
activation = "tanh"
weights = [[0.8]]
bias = [-0.3]
[[layers]]
type = "dense"
weights = [[2.5]]
bias = [0.7]
""")
TRAINED = loads("""
netsym = 1
inputs = ["x"]
[[layers]]
type = "dense"
activation = "sigmoid"
weights = [[0.7316283941], [-1.940582736]]
bias = [0.1172930184, 2.20951847]
[[layers]]
type = "dense"
weights = [[1.482930175, -0.6203958173]]
bias = [0.3305829174]
""")


# -- a decimal is what it writes --------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.7*x", "7*x/10"), ("x/0.8", "1.25*x"), ("0.1 + 0.7", "0.8"), ("7.5e-3*x", "3*x/400"),
        ("relu(0.1*x - 0.3*x + 0.2*x)", "0*x"),
        ("elu(0.2*x + 0.1)", "elu((2*x + 1)/10)"), ("0.3^2*x", "0.09*x"),
        ("leaky_relu(x, 0.3)", "max(x, 3*x/10)"), ("gelu_tanh(0.6*x)", "gelu_tanh(3*x/5)"),
    ],
)  # fmt: skip
def test_decimals_are_fractions(one: str, other: str) -> None:
    assert compare(one, other).verdict in {"structural", "identical", "exact-on-regions"}
    assert compare(one, f"{other} + 0.00000000000000000001").verdict == "different"


def test_a_scaler_that_is_multiplied_in_by_hand() -> None:
    assert compare(SCALED, "2.5*tanh(0.8*(t - 20.5)/1.6 - 0.3) + 0.7").verdict == "identical"
    assert compare(SCALED, "2.5*tanh(0.5*t - 10.55) + 0.7").verdict == "identical"
    assert compare(SCALED, "2.5*tanh(0.5*t - 10.57) + 0.7").verdict == "different"
    assert compare(SCALED, "2.5*tanh((t - 20.5)/1.6*0.8 + 0.3) + 0.7").verdict == "different"


def test_numbers_of_networks_are_decimals_or_what_float64_stores() -> None:
    one = loads('netsym = 1\ninputs = ["x"]\n[[layers]]\ntype = "dense"\n'
                "weights = [[0.1]]\nbias = [0.2]\n")  # fmt: skip
    assert compare(one, "(x + 2)/10").verdict == "identical"
    stored = f"{Fraction(0.1)}*x + {Fraction(0.2)}"
    found = compare(one, stored)
    assert found.verdict == "identical"
    assert found.numbers.reading == "stored"
    assert "as float64 stores it" in found.because
    assert compare(one, f"{Fraction(0.1)}*x + 1/5").verdict == "within-error"  # neither reading


def test_long_decimals_keep_their_text() -> None:
    assert compare("0.10000000000000001*x", "0.1*x").verdict == "different"
    assert compare("0.1000000000000000055511151231257827*x", "0.1*x").verdict == "different"
    one = netsym.parse("1-1").with_parameters({"w1_1_1": 0.1, "b1_1": 0.5})
    exact = "0.1000000000000000055511151231257827*x + 0.5"
    found = compare(one, exact)
    assert (found.verdict, found.numbers.reading) == ("identical", "stored")


def test_the_last_of_sixteen_digits_counts() -> None:
    one = netsym.parse("1-1").with_parameters({"w1_1_1": 0.1234567890123456, "b1_1": 0.5})
    assert compare(one, "0.1234567890123456*x + 0.5").verdict in EQUAL
    assert compare(one, "0.1234567890123457*x + 0.5").verdict == "different"
    up = float(np.nextafter(0.1234567890123456, 1))
    other = netsym.parse("1-1").with_parameters({"w1_1_1": up, "b1_1": 0.5})
    assert compare(one, other).verdict == "different"


# -- a rounded number stands for one ----------------------------------------------------------
def test_what_stands_for_what_is_said() -> None:
    typed = TRAINED.inlined.text(ascii=True, digits=4)
    found = compare(TRAINED, typed)
    assert (found.verdict, found.exit_code) == ("within-error", 0)
    assert found.numbers.evidence == "proved"
    assert {str(each) for each in found.numbers.stand_ins} >= {
        "0.7316 stands for 0.7316283941", "-1.941 stands for -1.940582736",
        "2.21 stands for 2.20951847",
    }  # fmt: skip
    assert found.numbers.bound is not None
    data = json.loads(json.dumps(found.to_json()))
    assert data["numbers"]["stand_ins"][0].keys() == {
        "side", "typed", "stands_for", "off", "room",
    }  # fmt: skip
    assert all(each.off <= 5e-4 for each in found.numbers.stand_ins)


def test_the_bound_holds_at_every_point_of_the_box() -> None:
    typed = TRAINED.inlined.text(ascii=True, digits=3)
    wide, narrow = (compare(TRAINED, typed, box=box) for box in ((-10, 10), (-1, 1)))
    assert wide.numbers.bound is not None
    assert narrow.numbers.bound is not None
    formula = compare("0*x", typed).other.graph
    for found, size in ((wide, 10.0), (narrow, 1.0)):
        x = np.linspace(-size, size, 2001)[:, None]
        gap = np.abs(TRAINED(x) - formula(x)).max()
        assert gap <= found.numbers.bound
    assert narrow.numbers.bound < wide.numbers.bound
    assert "within ±1 " in narrow.evidence[-1]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("0.667*x", "2*x/3", True), ("0.669*x", "2*x/3", False), ("0.67*x", "2*x/3", False),
        ("3.14159*x", "pi*x", True), ("3.1417*x", "pi*x", False), ("3.1*x", "pi*x", False),
        ("2.718^x", "exp(x)", True), ("2.72818^x", "exp(x)", False),
        ("0.8814*x", "x*log(1 + sqrt(2))", True), ("0.8816*x", "x*log(1 + sqrt(2))", False),
        ("1.235*x", "1.236*x", False), ("48*x", "48.15*x", False),
    ],
)  # fmt: skip
def test_between_texts(one: str, other: str, equal: bool) -> None:
    assert (compare(one, other).verdict in EQUAL) is equal
    assert (compare(other, one).verdict in EQUAL) is equal


def test_numbers_that_are_irrational_are_no_proof() -> None:
    found = compare("2.718^x", "exp(x)")
    assert (found.verdict, found.numbers.evidence) == ("within-error", "numeric")
    assert "(not proved)" in found.because
    assert found.numbers.bound is None


#: A typed decimal, and a constant of the other side that it is when rounded.
CONSTANTS = [
    ("0.70711*x", "x/sqrt(2)", "0.70710678118654752440"),
    ("3.14*relu(exp(x))", "pi*exp(x)", "3.1415926535897932385"),
    ("1.571*relu(exp(x))", "pi/2*exp(x)", "1.5707963267948966192"),
    ("6.28*relu(exp(x))", "2*pi*exp(x)", "6.2831853071795864769"),
    ("1.77*relu(exp(x))", "sqrt(pi)*exp(x)", "1.7724538509055160273"),
    ("2.718*relu(x^2)", "exp(1)*x^2", "2.7182818284590452354"),
    ("3.14*sign(x)", "pi*sign(x)", "3.1415926535897932385"),
    ("0.318*tanh(x) + 0.318", "(tanh(x) + 1)/pi", "0.31830988618379067154"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "value"), CONSTANTS)
def test_a_constant_of_the_other_side_is_a_proof(one: str, other: str, value: str) -> None:
    found = compare(one, other)
    assert (found.verdict, found.numbers.evidence) == ("within-error", "proved")
    assert {each.value for each in found.numbers.stand_ins} == {value}
    assert compare(other, one).verdict == "within-error"
    beside = one.replace(one.split("*")[0], f"{float(one.split('*')[0]) * 1.004:.4g}")
    assert compare(beside, other).verdict == "different"


def test_a_constant_has_a_bound() -> None:
    found = compare("3.14*tanh(x)", "pi*tanh(x)")
    assert found.numbers.bound is not None
    assert 0.00159 < found.numbers.bound < 0.02


def test_points_do_not_speak_for_what_jumps() -> None:
    assert compare("3.14*(sign(x-y)^2+x-y)", "pi*(1+x-y)").verdict == "different"
    assert compare("2.718^x*sign(x-y)^2", "exp(x)").verdict == "different"


def test_a_whole_number_is_exact_and_that_rounding_would_explain_it_is_said() -> None:
    net = netsym.parse("1-1:tanh").with_parameters({"w1_1_1": 0.257, "b1_1": 48.15})
    found = compare(net, "tanh(0.257*x + 48)")
    assert found.verdict == "different"
    assert any("48 stands for 48.15" in reason for reason in found.evidence)
    assert compare("2.7^x", "e^x").evidence[-1].startswith("if more than the last digit")


SCALED_RELU = Made(
    1,
    "relu",
    [[0.844735211677652], [1.2141966768528305]],
    [0.09652647061390883, 0.37285333511727076],
    [1.278828334095144, -0.39431391984186154],
    0.5834009382799307,
    [57.441616594586506],
    [7.807563352565049],
).network()


@pytest.mark.parametrize(
    ("scale", "weight", "bias", "equal"),
    [
        ("0.394314", "0.155515", "8.56021", True), ("0.394314", "0.155515", "8.56019", False),
        ("0.394314", "0.155515", "8.56023", False), ("0.394314", "0.155517", "8.56021", False),
        ("0.394314", "0.155513", "8.56021", False), ("0.394316", "0.155515", "8.56021", False),
        ("0.394312", "0.155515", "8.56021", False),
    ],
)  # fmt: skip
def test_the_scale_of_a_relu_unit_hides_no_wrong_digit(
    scale: str, weight: str, bias: str, equal: bool
) -> None:
    """A unit may be rescaled, but not against an output weight that was typed to its digits."""
    typed = f"1.27883*relu(0.108194*x - 6.11834) + 0.583401 - {scale}*relu({weight}*x - {bias})"
    assert (compare(SCALED_RELU, typed).verdict in EQUAL) is equal


def test_what_is_typed_twice_may_stand_for_two_numbers() -> None:
    """Two weights are the same when rounded, also where a scaler was multiplied in."""
    scaler = '[[layers]]\ntype = "standardize"\nmean = [1.5]\nscale = [1.7]\n'
    layers = """
[[layers]]
type = "dense"
activation = "tanh"
weights = [[0.69650769], [0.69715290], [1.2841]]
bias = [0.5, 1.5, 0.25]
[[layers]]
type = "dense"
weights = [[1.5, -2.5, 0.75]]
bias = [0.125]
"""
    net, scaled = (loads(f'netsym = 1\ninputs = ["x"]\n{each}{layers}') for each in ("", scaler))
    typed = "1.5*tanh(0.697*x + 0.5) - 2.5*tanh(0.697*x + 1.5) + 0.75*tanh(1.28*x + 0.25) + 0.125"
    found = compare(net, typed)
    assert found.verdict == "within-error"
    assert {str(each) for each in found.numbers.stand_ins} == {
        "0.697 stands for 0.69650769", "0.697 stands for 0.6971529", "1.28 stands for 1.2841",
    }  # fmt: skip
    assert found.numbers.bound is not None
    assert compare(net, typed.replace("0.697", "0.698", 1)).verdict == "different"
    merged = "1.5*tanh(0.410*x-0.115) - 2.5*tanh(0.410*x+0.885) + 0.75*tanh(0.755*x-0.883) + 0.125"
    assert compare(scaled, merged).verdict == "within-error"
    assert compare(scaled, merged.replace("0.410", "0.412", 1)).verdict == "different"


def test_two_digits_are_near_another_number_by_accident() -> None:
    """0.48 is 0.480 here, and not 0.4816, though that is 0.48 when it is rounded to two digits."""
    net = Made(
        1,
        "silu",
        [[-0.4153690775695137], [-0.6041119580475148]],
        [2.290894593368804, 1.3677775585356882],
        [1.0897618870999204, 0.372980732006992],
        -0.4816373439279059,
        [59.162660204624245],
        [0.8655538634414648],
    ).network()
    typed = "1.09*silu(-0.48*x + 30.7) + 0.373*silu(-0.698*x + 42.7) - 0.482"
    assert compare(net, typed).verdict == "within-error"
    assert compare(net, typed.replace("30.7", "30.9")).verdict == "different"
    assert compare(net, typed.replace("0.48*", "0.482*")).verdict == "different"


def test_a_zero_that_was_lost_is_no_partner() -> None:
    """0.993 is 0.9930 here, and not 0.99308, which is another number."""
    net = Made(
        1,
        "relu",
        [[-0.4634425894282084], [2.1980310354255637], [-0.7141876667232123]],
        [-0.6634667534856341, -0.015099097049987078, 0.7199943628684975],
        [0.9930834342401088, -0.38423838382614073, -0.023667262553354444],
        0.9767158852740335,
        [42.376391806835066],
        [2.2136087581110084],
    ).network()
    typed = (
        "0.9931*relu(-0.2094*x + 8.208) - 0.3842*relu(0.993*x - 42.09)"
        " - 0.02367*relu(-0.3226*x + 14.39) + 0.9767"
    )
    assert compare(net, typed).verdict == "within-error"
    assert compare(net, typed.replace("0.993*", "0.9932*")).verdict == "different"
    assert compare(net, typed.replace("8.208", "8.210")).verdict == "different"


@heavy
def test_one_use_of_a_scaler_hides_nothing() -> None:
    """34.9 is typed three times: no one of these may be what makes up for a bias that is wrong."""
    net = Made(
        2,
        "tanh",
        [
            [0.17904884312107974, 1.756552348744689],
            [-1.201266097105627, 0.1379726810130269],
            [-1.4277557468972755, 0.3356148983892314],
        ],
        [0.918661067971298, 0.39615359376356607, 1.4265666811450814],
        [-0.5717029954976571, -1.0493139728381256, 0.4493032406039817],
        0.18972939173751138,
        [34.899810035591464, 20.98827988833488],
        [0.8589988566465332, 7.34120824075016],
    ).network()
    u, v = "((x1 - 34.9)/0.859)", "((x2 - 21)/7.34)"
    typed = (
        f"-0.572*tanh(0.179*{u} + 1.76*{v} + 0.919) - 1.05*tanh(-1.2*{u} + 0.138*{v} + 0.396)"
        f" + 0.449*tanh(-1.43*{u} + 0.336*{v} + BIAS) + 0.19"
    )
    assert compare(net, typed.replace("BIAS", "1.43")).verdict == "within-error"
    assert compare(net, typed.replace("BIAS", "1.41")).verdict == "different"
    assert compare(net, typed.replace("BIAS", "1.45")).verdict == "different"


def test_a_number_that_is_near_two_stands_for_one_of_them() -> None:
    """-1.42 is -1.4169 and -1.4210 when rounded: one between them is a partner given up."""
    net = Made(
        2,
        "silu",
        [[-0.12041430334664703, 1.3581828693695608], [0.5248167875983427, -1.1487051003624695]],
        [0.7789493027509018, -1.4210053896291923],
        [-0.42449830922714504, -1.4169131753282858],
        0.3557476349304549,
        [30.59767096553686, 30.826102625193908],
        [5.71429248892396, 3.897922545326252],
    ).network()
    u, v = "((x1 - 30.6)/5.71)", "((x2 - 30.8)/3.9)"
    second = f"silu(0.525*{u} - 1.15*{v} - 1.42)"
    typed = f"-0.424*silu(-0.12*{u} + 1.36*{v} + 0.779) - 1.42*{second} + 0.356"
    assert compare(net, typed).verdict == "within-error"
    assert compare(net, typed.replace("0.779", "0.777")).verdict == "different"


@heavy
def test_numbers_are_found_where_most_points_say_nothing() -> None:
    """A unit far from where inputs usually are is saturated at most of them."""
    net = Made(
        1,
        "tanh",
        [[0.9960748581292932]],
        [-1.7641555439448615],
        [0.1291824421277842],
        0.5977599857142021,
        [41.27395691346718],
        [0.32160970091392455],
    ).network()
    for weight, bias, equal in (
        ("3.097154268974872", "129.59596739597467", True), ("3.097154", "129.5960", True),
        ("3.09715", "129.596", True), ("3.097156", "129.5960", False),
        ("3.097154", "129.5962", False), ("3.097154268974890", "129.59596739597467", False),
    ):  # fmt: skip
        typed = f"0.1291824421277842*tanh({weight}*x - {bias}) + 0.5977599857142021"
        assert (compare(net, typed).verdict in EQUAL) is equal, (weight, bias)


def test_what_no_rounding_can_explain_is_said() -> None:
    found = compare(TRAINED, TRAINED.inlined.text(ascii=True, digits=4).replace("1.483", "1.583"))
    assert found.verdict == "different"
    assert "no rounding of the decimals that were typed can explain it" in found.evidence


def test_conventions_that_differ_are_no_rounding() -> None:
    for one, other in (
        ("hard_sigmoid(x)", "clip(0.2*x + 0.5, 0, 1)"), ("gelu(x)", "gelu_tanh(x)"),
        ("silu(x)", "x*sigmoid(1.702*x)"), ("leaky_relu(x)", "max(x, 0.02*x)"),
    ):  # fmt: skip
        assert compare(one, other).verdict == "different", (one, other)


# -- many pairs, whose answers are known by how they were made ---------------------------------
def verdict_of(pair: Pair, seed: int = 0) -> str:
    one = subject(pair.one)
    return judge(one, aligned(one, subject(pair.other, one)), Terms(seed=seed)).name


@pytest.mark.parametrize("start", range(many(8, 1, 24)))
def test_every_pair_is_judged_right(start: int) -> None:
    """More than 2,000 of them where many are asked for; less than one in fifty is undecided."""
    counts: Counter[bool | None] = Counter()
    for pair in pairs(start, many(3, 1, 5)):
        name = verdict_of(pair)
        answer = {0: True, 1: False, 4: None}[VERDICTS[name]]
        assert answer in (pair.equal, None), f"{name}: {pair}"
        counts[answer] += 1
    assert 50 * counts[None] < counts.total()


def test_verdicts_are_the_same_for_every_seed() -> None:
    for pair in [*pairs(99, many(4, 1))][:: many(1, 4)]:
        assert len({verdict_of(pair, seed) for seed in range(many(4, 3, 10))}) == 1, pair
