"""Answers kept on disk: one JSON file, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from crmclean.errors import OutputError

__all__ = ["AnswerCache"]


class AnswerCache:
    """Domain -> answer and when it was given, in seconds since 1970.

    A file that cannot be read is an empty one: it holds nothing that could not be asked again. Of two runs that write
    at the same time the later one wins.
    """

    def __init__(self, path: Path, days: float) -> None:
        self.path = path
        self.oldest = time.time() - days * 86_400

    def fresh(self) -> dict[str, str]:
        """The answers that are young enough."""
        now = time.time()
        return {domain: answer for domain, (answer, at) in self._read().items() if self.oldest < at <= now}

    def keep(self, answers: Mapping[str, str]) -> None:
        """Add answers given now; drop the old ones.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        if not answers:
            return
        now = time.time()
        kept = {domain: entry for domain, entry in self._read().items() if entry[1] > self.oldest}
        kept |= {domain: (answer, now) for domain, answer in answers.items()}
        scratch: Path | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            scratch = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file, ensure_ascii=False, indent=0, sort_keys=True)
            os.replace(scratch, self.path)
        except OSError as error:
            raise OutputError.of(error, self.path) from error
        finally:  # a full disk leaves no half of a file
            if scratch is not None:
                scratch.unlink(missing_ok=True)

    def _read(self) -> dict[str, tuple[str, float]]:
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(domain): (str(answer), float(at)) for domain, (answer, at) in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
