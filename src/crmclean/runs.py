"""Runs: locks, the folder of a nightly job, and what one night leaves for the next.

With a state folder every run gets a folder of its own under the output folder, ``latest`` points to the last good one,
and only the last ``[nightly] keep_runs`` stay. The plan of the first run is kept in the state, so that tonight's file
is read as last night's was. Nothing here is ever half done: a run killed at any moment leaves the last good output.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from crmclean.errors import LockHeld, OutputError
from crmclean.plan import Plan
from crmclean.publish import is_ours

__all__ = ["State", "hold_lock", "run_folder_name"]

_RUN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z(-\d+)?")


@contextlib.contextmanager
def hold_lock(path: Path, *, tidy: bool = False) -> Iterator[None]:
    """Hold the lock file at ``path``, or raise `LockHeld` naming who holds it and since when.

    The operating system lets go of the lock when its holder dies, so a killed run never blocks the next one. With
    ``tidy`` the file is removed at the end, as it lies among other people's files. A run that opens it in that very
    moment would then not be seen by a third one: both would publish a whole folder, and the later one stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout as error:
        if not path.exists():  # it could not be made: some file systems only say so by its absence
            raise OutputError(f"no file can be made in {path.parent}", hint="choose another folder with -o") from error
        raise LockHeld(
            f"another run is at work: {_holder(path)}", hint=f"wait for it to end; the lock is {path}"
        ) from error
    except OSError as error:
        hint = f"ls -ld {path.parent}    # may you write there?"
        raise OutputError(f"{path.parent} cannot be written: {error.strerror}", hint=hint) from error
    note = path.with_suffix(".holder")
    try:
        write_whole(note, json.dumps(_myself()) + "\n")
        yield
    finally:
        note.unlink(missing_ok=True)
        if tidy:
            path.unlink(missing_ok=True)
        lock.release()


def _myself() -> dict[str, str | int]:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": now}


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.with_suffix(".holder").read_text(encoding="utf-8"))
        return f"process {held['pid']} on {held['host']} since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "a process that has not said its name yet"


def write_whole(path: Path, text: str) -> None:
    """Write a small text file so that it is either the old one or the new one, never half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".crmclean-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            os.chmod(name, 0o666 & ~_umask())  # people read and edit it; mkstemp leaves it to its owner alone
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def run_folder_name(now: datetime.datetime, folder: Path) -> str:
    """A name that sorts by time and is free in ``folder``."""
    name = now.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H%M%SZ")
    number, chosen = 1, name
    while (folder / chosen).exists():
        number += 1
        chosen = f"{name}-{number}"
    return chosen


@dataclass(frozen=True)
class State:
    """The state folder of a nightly job.

    Attributes
    ----------
    folder : Path
        Holds the lock and the plans.
    output : Path
        Holds one folder a run and the link ``latest``.
    """

    folder: Path
    output: Path

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.folder / "lock"

    def plans(self, count: int) -> list[Plan] | None:
        """The stored plans of ``count`` inputs, or None if this is the first run (or the number of inputs differs)."""
        paths = [self._plan(place) for place in range(count)]
        if not all(path.exists() for path in paths) or self._plan(count).exists():
            return None
        return [Plan.read(path) for path in paths]

    def keep_plans(self, plans: Sequence[Plan]) -> None:
        """Store the plans of the inputs, in their order."""
        for place, plan in enumerate(plans):
            write_whole(self._plan(place), plan.to_toml())
        with contextlib.suppress(OSError):
            self._plan(len(plans)).unlink(missing_ok=True)

    def _plan(self, place: int) -> Path:
        return self.folder / ("plan.toml" if place == 0 else f"plan-{place + 1}.toml")

    def point_to(self, run: Path) -> None:
        """Make ``latest`` point to a run, in one step."""
        link = self.output / "latest"
        scratch = self.output / f".crmclean-latest-{os.getpid()}"
        try:
            scratch.unlink(missing_ok=True)
            scratch.symlink_to(run.name)
            os.replace(scratch, link)
        except OSError as error:
            raise OutputError(f"{link} cannot be written: {error.strerror}") from error

    def runs(self) -> list[Path]:
        """The runs that are there, oldest first."""
        if not self.output.is_dir():
            return []
        return sorted(path for path in self.output.iterdir() if _RUN.fullmatch(path.name) and is_ours(path))

    def prune(self, keep: int) -> list[Path]:
        """Remove all but the last ``keep`` runs and return what was removed; the one ``latest`` points to stays."""
        latest = (self.output / "latest").resolve()
        old = [path for path in self.runs()[:-keep] if path.resolve() != latest]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return old

    def prepare(self) -> None:
        """Make the output folder, and remove what killed runs have left in it."""
        try:
            self.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.output} cannot be made: {error.strerror}", hint="choose another folder with -o"
            ) from error
        for path in self.output.glob(".crmclean-*"):
            if path.is_symlink() or path.is_file():
                path.unlink(missing_ok=True)
            else:
                shutil.rmtree(path, ignore_errors=True)
