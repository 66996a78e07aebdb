"""`netsym step`: one step of gradient descent, with every new weight."""

from __future__ import annotations

import click

from netsym.cli.arguments import NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.given import PARAMETERS, ROUNDED, numbers_given
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress, check_target
from netsym.cli.process import say
from netsym.cli.verb import options, verb
from netsym.errors import SpecError
from netsym.files import files
from netsym.network.descent import step
from netsym.network.learned import GROUPS
from netsym.network.network import Network
from netsym.wording import few


@verb(
    "step", NETWORK, options(Cost),
    click.option("--rate", type=click.FloatRange(0, min_open=True), required=True,
                 metavar="R", help="How far: w becomes w - R ∂J/∂w."),
    click.option("--wrt", default="parameters", show_default=True, metavar="NAME,…", help="What "
                 "moves: parameters, weights, biases, or names; w1 is all of w1_1_1, w1_1_2, …"),
    click.option("--each", is_flag=True, help="A step for each example, in order."),
    PARAMETERS, ROUNDED,
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option("-o", "target", metavar="FILE",
                 help="Write the network with the new numbers to a .toml or .json file."),
    rows=lambda: (*COST, Row("--digits", beside="--json"), Row("--reduction", beside="--each")),
)  # fmt: skip
def command(
    network: Network, rate: float, wrt: str, each: bool, parameters: str | None, digits: int,
    as_json: bool, target: str | None, cost: Cost,
) -> None:  # fmt: skip
    """Take a step of gradient descent on the cost over all examples.

    \b
    Examples:
      netsym step 2-1:sigmoid --loss sse --data 0.05,0.1,0.99 --rate 0.5 \\
          --parameters w1=1,-1,b1=0
      netsym step my_network.toml --loss bce --data "1,0;2,1;3,1" --rate 1 \\
          --parameters weights.json --wrt weights --each
      netsym step my_network.toml --loss sse --data examples.csv --rate 0.5 \\
          --parameters weights.json -o new.toml

    \b
    Derivatives are taken before anything moves. What is measured, such as the
    means of a scaler, does not move. --json has the new numbers in a form that
    --parameters reads.
    """
    if cost.loss is None or cost.data is None:
        raise SpecError("a step needs a loss and examples: add --loss sse --data FILE")
    check_target(target)
    note(network)
    given = numbers_given((), parameters)
    names = wrt if wrt in GROUPS else [name.strip() for name in wrt.split(",")]
    data = cost.read(network)
    cost.made(network, data)  # what does not fit is said of the data
    done = step(
        network, cost.loss, data, rate=rate, wrt=names, each=each, parameters=given, **cost.terms()
    )
    Output(as_json, None).write_result(done, Progress(), digits=digits)
    if target is not None:
        files.save(done.network, target)
        if repeated := network.repeated_names():
            say(f"note: {target} has a number in every place of {few(repeated, 8)}: as many "
                "parameters now, each of its own")  # fmt: skip
