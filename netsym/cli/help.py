"""`netsym help`: the manual, a page for each topic."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from netsym.cli.output import Progress, write
from netsym.cli.pages import on_stdout, page_width, rendered
from netsym.cli.verb import verb
from netsym.errors import SpecError, did_you_mean
from netsym.files.packaged import page, topics


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(topic, help=title)
        for topic, title in topics().items()
        if topic.startswith(incomplete)
    ]


@verb("help", click.argument("topic", required=False, shell_complete=_complete))
@click.pass_context
def command(context: click.Context, topic: str | None) -> None:
    """Print a page of the manual; without TOPIC, which pages there are.

    \b
    Examples:
      netsym help
      netsym help format          networks in files
      netsym help verdicts
      netsym help inline          the same as netsym inline --help
    """
    text = _contents() if topic is None else _page(context, topic)
    write([on_stdout(text)], None, Progress())


def _contents() -> str:
    found = topics()
    widest = max(map(len, found))
    lines = [f"  {topic:<{widest}}  {title}" for topic, title in found.items()]
    return "\n".join(["netsym help TOPIC prints a page of the manual:", *lines])


def _page(context: click.Context, topic: str) -> str:
    text = page(topic)
    if text:
        return rendered(text, page_width())
    assert context.parent is not None and isinstance(context.parent.command, click.Group)
    verbs = context.parent.command
    found = verbs.get_command(context.parent, topic)
    if found is None:
        known = [*topics(), *verbs.list_commands(context.parent)]
        raise SpecError(f"the manual has no page {topic!r}; {did_you_mean(topic, known)}")
    with click.Context(found, info_name=topic, parent=context.parent) as of_verb:
        return found.get_help(of_verb)
