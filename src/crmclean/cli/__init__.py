"""The command line: arguments, exit codes, progress; nothing else. Each command is a module, imported when needed."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

import click

from crmclean._version import __version__
from crmclean.cli.lean import leave
from crmclean.errors import CrmCleanError, OutputError

__all__ = ["cli", "main"]

_COMMANDS = {
    "clean": "Clean files: one golden row per person, and the evidence.",
    "check": "Look only: what is wrong with the files, as a report.",
    "plan": "Print how a file would be read and mapped, as TOML.",
    "profile": "Fill rates, formats, unused and duplicate columns.",
    "dedupe": "Add cluster ids to a file and change nothing else.",
    "explain": "Say what was done to a record, or why two were (not) merged.",
    "evaluate": "Score clusters against a known truth.",
    "rules": "List, show, check and start rules packs.",
}


class _ReaderGone(Exception):
    """Nobody reads our output any more. Not an OSError: click would end the process with 1."""


class _Lazy(click.Group):
    """Commands are imported one by one, so that --help needs click alone."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"crmclean.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example:  crmclean clean leads.csv -o cleaned/ --rules tradeshow",
)
@click.version_option(__version__, prog_name="crmclean")
def cli() -> None:
    """Make a lead or contact file trustworthy, and show that you did.

    Shell completion: eval "$(_CRMCLEAN_COMPLETE=bash_source crmclean)" (or zsh_source, fish_source).
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    if arguments is None:
        leave(_run(args, debug="--debug" in args, alone=True))
    sys.exit(_run(args, debug="--debug" in args))


def _stop(number: int, frame: object) -> None:
    """Asked to end, as by `systemctl stop`: leave nothing half done, and say so."""
    click.echo("crmclean: stopped; nothing was published", err=True)
    sys.exit(128 + number)


def _run(args: list[str], *, debug: bool, alone: bool = False) -> int:
    """Run a command; it learns as its context's object whether the process is there for it alone."""
    try:
        code = cli.main(args, prog_name="crmclean", standalone_mode=False, obj={"alone": alone})
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("crmclean: interrupted; nothing was published", err=True)
        return 130
    except CrmCleanError as error:
        return _say(error, debug)
    except (BrokenPipeError, _ReaderGone):
        return _quiet_pipe()
    except OSError as error:
        return _say(_unwritten(error), debug)
    except MemoryError:
        return _say(OutputError("there is not enough memory for this", hint="free some, or clean in parts"), debug)
    except Exception as error:
        return _bug(error, debug)


def _unwritten(error: OSError) -> OutputError:
    """What the system refused: nearly always standard output, as files have their own words."""
    where = str(error.filename) if error.filename else "standard output"
    hint = "look at the disk it is on"
    if isinstance(error, FileNotFoundError) and error.filename:
        hint = f"mkdir -p {os.path.dirname(where) or '.'}"
    return OutputError(f"{where} cannot be written: {error.strerror or error}", hint=hint)


def _say(error: CrmCleanError, debug: bool) -> int:
    if debug:
        _show_trace()
    click.echo(f"crmclean: {error.message}", err=True)
    if error.hint:
        click.echo(f"  try: {error.hint}", err=True)
    return error.exit_code


def _show_trace() -> None:
    import traceback  # hardly ever: a command should not wait for it

    traceback.print_exc()


def _quiet_pipe() -> int:
    """The reader of our output has gone (``| head``): no error of ours."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    return 0


def _bug(error: Exception, debug: bool) -> int:
    if debug:
        _show_trace()
    click.echo(f"crmclean: this is a bug of ours: {type(error).__name__}: {error}", err=True)
    if not debug:
        click.echo("  try: the same command with --debug, and send us what it prints", err=True)
    return 70
