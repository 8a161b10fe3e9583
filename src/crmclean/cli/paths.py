"""What a command line says about files before any is opened: nothing twice, and no output over an input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmclean.errors import OutputError, UsageError

__all__ = ["refuse_folder_of_input", "refuse_overwriting", "refuse_twice"]


def refuse_twice(inputs: Sequence[str]) -> None:
    """An input given twice would make a duplicate of every row of it."""
    seen: dict[object, str] = {}
    for name in inputs:
        if not name.strip():
            raise UsageError("one of the inputs has no name", hint="look at the variable or quotes that should hold it")
        key = name if name == "-" else Path(name).resolve()
        if key in seen:
            shown = "standard input" if name == "-" else name
            raise UsageError(f"{shown} is given twice", hint="name each input once")
        seen[key] = name


def refuse_folder_of_input(inputs: Sequence[str], folder: Path) -> None:
    """An output folder is replaced whole, with every input that lies in it."""
    for name in inputs:
        if name != "-" and Path(name).resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{name} lies in {folder}, which would be replaced", hint="choose another folder with -o")


def refuse_overwriting(name: str, output: Path) -> None:
    """Inputs are never modified."""
    if name != "-" and output.exists() and Path(name).exists() and output.samefile(name):
        raise UsageError(f"{output} is the input itself", hint="choose another file with -o")
    if output.is_dir():
        raise UsageError(f"{output} is a folder", hint=f"name a file in it: -o {output / 'deduped.csv'}")
    if not output.parent.is_dir():
        raise OutputError(f"there is no folder {output.parent}", hint=f"mkdir -p {output.parent}")
