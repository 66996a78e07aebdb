"""The command line: a verb per file. The only place that knows click; NumPy loads with a verb."""

from __future__ import annotations

import os
import re
import signal
import sys
from importlib import import_module

import click

from netsym.cli.pages import Helped
from netsym.cli.process import (
    LINE,
    ClosedPipe,
    Ended,
    discard,
    ended_by_signals,
    output_error,
    replace_closed_streams,
    say,
    start_and_end_lean,
)
from netsym.errors import NetsymError, UnclearError
from netsym.files.formats import ELSEWHERE, suffixes
from netsym.wording import joined

#: The verbs, with what the overview says of each; a verb's own file is loaded when it is used.
VERBS = {
    "show": "Print a network layer by layer.",
    "inline": "Print a network as one formula.",
    "size": "Say how large every form of a network is, without building it.",
    "value": "Compute a network at a point; with --all worked out as on a board.",
    "step": "Take a step of gradient descent, and print every new weight.",
    "compare": "Say whether two are the same function, with proof.",
    "check": "Say what is wrong with a formula that you typed.",
    "certify": "Write it in a language, run that, and say how far it is from the network.",
    "simplify": "Collapse what is linear, and say why the rest does not collapse.",
    "regions": "Print a network of relu piece by piece.",
    "grad": "Print the derivatives of a network: back propagation.",
    "draw": "Draw a network, as SVG or TikZ.",
    "note": "Write the whole story of a network on a page, as LaTeX, HTML or Markdown.",
    "page": "Write a page of HTML on which a network is peeled like an onion.",
    "laws": "List the laws that the proof of equality knows, and does not know.",
    "layers": "List the types of layers; of one its options, equations and an example.",
    "schema": "Print the JSON Schema of a network in a file.",
    "help": "Print a page of the manual; without a topic, which there are.",
}

EXAMPLES = f"""\
\b
Examples:
  netsym 1-2-1:sigmoid                  an overview, and what to ask next
  netsym inline 1-2-1:sigmoid           the network as one formula
  netsym show 1-2-1:sigmoid             layer by layer
  netsym show 2-3tanh-1 --to latex      for your notes
  netsym size 784-128relu-10            how large each would be
  netsym inline my_network.toml         your own names and numbers
  netsym check 1-1 "w1_1_1*x + b1_1"    is this formula the network?
  netsym compare 1-2-1:sigmoid          the forms side by side, and proof
  netsym grad 1-2-1:sigmoid             back propagation, layer by layer
  netsym draw 2-3-1:tanh -o net.svg     a picture; net.tex for TikZ
  netsym simplify 1-2-1                 what collapses, and what does not and why

A neural network as one formula, layer by layer and inlined, with exact sizes.

NET is a shorthand, a {joined([*suffixes(), *ELSEWHERE], "or")} file, a name (netsym help networks),
or - for standard input.

Shorthand: widths joined by -, an activation after a width (2-4tanh-1) or for
all layers after a colon (1-2-1:sigmoid); 10x20 is twenty layers of ten units;
+ adds a layer's own input. Layers without an activation are linear.
"""

EPILOG = """\
Exit codes: 0 done or equal, 1 different, 2 bad usage or network, 3 too large to
write out, 4 undecided or not run, 70 a mistake in netsym, 130 interrupted, 141 the reader
left, 143 terminated.

Completion for bash: eval "$(_NETSYM_COMPLETE=bash_source netsym)" (zsh, fish alike).
"""

#: What a network without a verb is answered with.
OVERVIEW = "overview"
BAD, TOO_LARGE, OURS, BROKEN_PIPE = 2, 3, 70, 141


class Verbs(Helped, click.Group):
    """Loads a verb's file when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb, loaded and made; None if there is no such verb."""
        if cmd_name not in VERBS and cmd_name != OVERVIEW:
            return None
        verb: click.Command = import_module(f"netsym.cli.{cmd_name}").command()
        return verb

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click's, but a network without a verb has an overview, and an unknown word is
        answered with what there is.
        """
        if args[0] in VERBS or (args[0].startswith("-") and args[0] != "-"):
            return super().resolve_command(ctx, args)
        from netsym.errors import did_you_mean
        from netsym.files import packaged

        word, known = args[0], packaged.networks()
        is_network = word in ("-", *known) or os.path.isfile(word)  # noqa: PTH113
        if not is_network and re.fullmatch("[A-Za-z_-]+", word):
            hint = did_you_mean(word, [*VERBS, *known])
            ctx.fail(f"no verb and no network is called {word!r}; {hint}")
        return super().resolve_command(ctx, [OVERVIEW, *args])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview of verbs, without loading them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    help=EXAMPLES,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(package_name="netsym", message="netsym %(version)s")
@click.pass_context
def group(context: click.Context) -> None:
    """See EXAMPLES."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    replace_closed_streams()
    start_and_end_lean()
    try:
        with ended_by_signals():
            code = _run(arguments)
    except Ended as ended:
        discard(sys.stdout)  # a reader that is full would be waited for
        code = _complain(str(ended), ended.exit_code)
    sys.exit(code or 0)


def _run(arguments: list[str] | None) -> int | None:
    """The exit code of a command; what went wrong is said."""
    stdout = sys.stdout
    try:
        try:
            code: int | None = group.main(arguments, prog_name="netsym", standalone_mode=False)
            stdout.flush()
        except OSError as error:
            raise output_error(error) from None
    except UnclearError as error:
        return _complain(str(error) + _ways(error, arguments), error.exit_code)
    except NetsymError as error:
        return _complain(str(error), error.exit_code)
    except click.UsageError as error:
        usage = f"\n{error.ctx.get_usage()}" if error.ctx else ""
        return _complain(f"{error.format_message()}{usage}", error.exit_code)
    except click.Abort:  # a KeyboardInterrupt of somebody else's
        raise Ended(signal.SIGINT) from None
    except ClosedPipe:
        return BROKEN_PIPE
    except SystemExit:
        if sys.stdout is stdout:
            raise
        discard(stdout)  # click found the pipe closed and would exit with 1, which means: different
        return BROKEN_PIPE
    except MemoryError:
        message = "out of memory; netsym size needs none, whatever the network"
        return _complain(message, TOO_LARGE)
    except Exception:  # Python would exit with 1, which means that something is different
        import traceback  # most runs need not wait for it

        say(traceback.format_exc(), end="")
        return _complain("this is a mistake in netsym, not yours; please report it", OURS)
    return code


def _ways(error: UnclearError, arguments: list[str] | None) -> str:
    """The command that was typed, as it says each of the readings that an error has."""
    import shlex  # most runs need not wait for it

    typed = sys.argv[1:] if arguments is None else arguments
    ways = [shlex.join(["netsym", *typed, "--inputs", ",".join(n)]) for n in error.readings]
    return "\n  ".join(["\nsay it:", *ways])


def _complain(message: str, code: int) -> int:
    LINE.end()
    say(f"netsym: {message}")
    return code
