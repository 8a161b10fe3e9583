"""Every error crmclean raises on purpose, with the exit code of the command on the class.

    CrmCleanError                       base; never raised itself
    |-- InputError              (3)     an input is missing or cannot be read
    |   |-- InputMissing
    |   +-- InputUnreadable
    |-- RulesError              (4)     a rules pack or a plan is invalid
    |   |-- UnknownPack
    |   |-- PlanError
    |   +-- HeaderChanged               tonight's file no longer fits the stored plan
    |-- OutputError             (5)     the output cannot be written
    |   +-- OutputOccupied              the folder holds something that is not ours
    |-- LockHeld                (6)     another run is at work in the same place
    |-- ObjectiveFailed         (1)     the run is done, a target was missed
    |   +-- CircuitBroken               too much would change: nothing was published
    |-- UsageError              (2)     arguments that contradict each other
    +-- InvariantBroken         (70)    a bug of ours: a promise did not hold

A message says what is wrong, where, and what to do next; ``hint`` holds the last part when it is a command to type.
"""

from __future__ import annotations

import errno

__all__ = [
    "CircuitBroken",
    "CrmCleanError",
    "HeaderChanged",
    "InputError",
    "InputMissing",
    "InputUnreadable",
    "InvariantBroken",
    "LockHeld",
    "ObjectiveFailed",
    "OutputError",
    "OutputOccupied",
    "PlanError",
    "RulesError",
    "UnknownPack",
    "UsageError",
]


class CrmCleanError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        One sentence: what was wrong and where (file, line, column).
    hint : str, optional
        What to do next, preferably a command to type.
    """

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class InputError(CrmCleanError):
    """An input is missing or cannot be read."""

    exit_code = 3


class InputMissing(InputError):
    """No such file."""


class InputUnreadable(InputError):
    """The file is there, but it is not a table we can read without guessing."""


class RulesError(CrmCleanError):
    """A rules pack is invalid; the message names the dotted key."""

    exit_code = 4


class UnknownPack(RulesError):
    """No rules pack of that name or path."""


class PlanError(RulesError):
    """A plan is invalid."""


class HeaderChanged(PlanError):
    """The source's header no longer fits the plan that was stored for it."""


class OutputError(CrmCleanError):
    """The output cannot be written."""

    exit_code = 5

    @classmethod
    def of(cls, error: OSError, place: object) -> OutputError:
        """What the system said about a file or folder, as the user knows it."""
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else (error.strerror or str(error))
        return cls(f"{place} cannot be written: {why}", hint="free some space, or choose another place with -o")


class OutputOccupied(OutputError):
    """The output folder holds something crmclean did not write."""


class LockHeld(CrmCleanError):
    """Another run holds the lock."""

    exit_code = 6


class ObjectiveFailed(CrmCleanError):
    """The run is done, but an objective of the rules was missed."""

    exit_code = 1


class CircuitBroken(ObjectiveFailed):
    """Too much would be merged or set aside: nothing was published."""


class UsageError(CrmCleanError):
    """Arguments that contradict each other."""

    exit_code = 2


class InvariantBroken(CrmCleanError):
    """One of our own promises did not hold: a bug."""

    exit_code = 70
