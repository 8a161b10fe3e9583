"""Options several commands share, and how a command talks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from crmclean.deliverability import MxSettings

__all__ = ["Tell", "asking", "common", "echo_json", "mx_settings", "progress", "reading", "text_table"]

F = TypeVar("F", bound=Callable[..., Any])
Tell = Callable[[str], None] | None


def common(function: F) -> F:
    """``-q``, ``--json`` and ``--debug``."""
    function = click.option("-q", "--quiet", is_flag=True, help="Say one line at most; for cron.")(function)
    function = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")(
        function
    )
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


def reading(function: F) -> F:
    """``--rules``, ``--plan``, ``--as-of`` and ``--region``."""
    for option in (
        click.option(
            "--region", metavar="CC", help="Region of phones and addresses where the file does not say, as IN."
        ),
        click.option("--as-of", metavar="DATE", help="The day taken as today (ISO); default: today."),
        click.option("--plan", "plan", metavar="FILE", help="How to read and map the input; see `crmclean plan`."),
        click.option(
            "--rules", "rules", multiple=True, metavar="NAME|FILE", help="Rules pack; give several to layer them."
        ),
    ):
        function = option(function)
    return function


def asking(function: F) -> F:
    """``--check-mx`` and how domains are asked."""
    for option in (
        click.option("--nameserver", metavar="ADDRESS", default="", help="Name server to ask; default: the system's."),
        click.option("--mx-timeout", metavar="SECONDS", type=float, default=5.0, help="Of each domain; default: 5."),
        click.option("--mx-cache", metavar="FILE", help="Where answers are kept for a week; default: of the user."),
        click.option(
            "--check-mx", is_flag=True, help="Ask name servers whether e-mail domains take mail. Uses the network."
        ),
    ):
        function = option(function)
    return function


def mx_settings(options: dict[str, Any]) -> MxSettings | bool:
    """What `crmclean.clean` wants to know of the options of `asking`."""
    if not options["check_mx"]:
        return False
    from crmclean.deliverability import MxSettings

    state = options.get("state")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    kept = options["mx_cache"] or os.path.join(*((state,) if state else (home, "crmclean")), "mx.json")
    return MxSettings(cache=kept, timeout=options["mx_timeout"], nameserver=options["nameserver"])


def echo_json(data: Any) -> None:
    """JSON on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str))


def text_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], words: Collection[str] = ()) -> str:
    """A table as plain text, never cut to the width of a terminal; columns of ``words`` to the left, others right."""
    from rich.cells import cell_len  # Indic and Han letters are not one column each

    widths = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = []
        for heading, cell, width in zip(headings, cells, widths, strict=True):
            space = " " * (width - cell_len(cell))
            padded.append(cell + space if heading in words else space + cell)
        return "  ".join(padded).rstrip()

    return "".join(f"{text}\n" for text in (title, line(headings), *map(line, rows)))


@contextmanager
def progress(quiet: bool, steps: int) -> Iterator[Tell]:
    """A callback that shows which step is at work, out of ``steps``; only on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=steps, completed=-1)
        yield lambda name: bar.update(task, description=name.replace("_", " "), advance=1)
