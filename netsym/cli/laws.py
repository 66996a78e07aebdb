"""`netsym laws`: which true equations the identity tester proves, and which it does not."""

from __future__ import annotations

from netsym.cli.arguments import SEED
from netsym.cli.output import Output, Progress
from netsym.cli.verb import options, verb
from netsym.equality.laws import laws


@verb("laws", SEED, options(Output))
def command(seed: int, output: Output) -> None:
    """Say which laws of mathematics netsym can prove.

    \b
    Examples:
      netsym laws
      netsym laws --seed 7
      netsym laws --json -o laws.json

    "Proved" means that both sides agree at random points of finite fields,
    where different functions agree only by an accident whose chance is given.
    A law that is not proved is listed as such, and never called different.
    """
    output.write_result(laws(seed), Progress())
