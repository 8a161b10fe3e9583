"""The tools, and an environment of its own for each: made once, kept in a folder, with pinned versions."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TOOLS", "Tool", "Unavailable", "interpreter"]

TOOLS_FOLDER = Path(__file__).resolve().parent / "tools"
INSTALL_SECONDS = 1_200


@dataclass(frozen=True)
class Tool:
    """A tool: the script that runs it under the common contract, and what to install for it.

    The contract: ``python SCRIPT INPUT.csv FIELDS.json OUT`` writes ``OUT/clusters.csv`` (row number, cluster), and a
    tool with a threshold then ``OUT/pairs.csv`` (row_l, row_r, probability) too, with the pairs below its default
    threshold as well. FIELDS.json holds ``shape`` (whose kind of file it is), ``entity``, ``columns`` (column name to
    canonical field) and, for tools that are trained, ``labels``, a file of judged pairs. ``requirements`` is a file of
    pinned versions, or None for a script that needs the standard library only.
    """

    name: str
    script: Path
    requirements: Path | None
    default: float | None = None
    trained: bool = False

    @property
    def version(self) -> str:
        """The pinned version of the tool itself."""
        if self.requirements is None:
            return ""
        pins = dict(line.split("==") for line in _pins(self.requirements))
        return pins.get(self.name, pins.get(self.name.replace("_", "-"), ""))


def _tool(name: str, script: str, default: float | None = None, *, trained: bool = False) -> Tool:
    return Tool(name, TOOLS_FOLDER / f"{script}.py", TOOLS_FOLDER / f"{name}.txt", default, trained)


TOOLS = (
    _tool("splink", "splink_duckdb", 0.95),
    _tool("goldenmatch", "goldenmatch_zero"),
    _tool("dedupe", "dedupe_trained", trained=True),
    _tool("recordlinkage", "recordlinkage_ecm", 0.5),
    _tool("string_grouper", "string_grouper_names", 0.8),
)


class Unavailable(Exception):
    """The environment of a tool could not be made; the message says why."""


def _pins(requirements: Path) -> list[str]:
    lines = (line.split("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def interpreter(tool: Tool, cache: Path) -> Path:
    """The Python of the tool's environment under ``cache``, made first if it is not there or its pins have changed.

    Raises
    ------
    Unavailable
        With the last line of what the installer said.
    """
    if tool.requirements is None:
        return Path(sys.executable)
    folder = cache / tool.name
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pins = "\n".join(_pins(tool.requirements))
    wanted = hashlib.sha256(f"{sys.version}\n{pins}".encode()).hexdigest()
    stamp = folder / "made"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"making the environment of {tool.name} in {folder}", file=sys.stderr, flush=True)
    try:
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run(
            [*install, str(tool.requirements)], check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines() or [f"exit code {error.returncode}"]
        raise Unavailable(f"no environment: {said[-1]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"no environment: {error}") from error
    stamp.write_text(wanted, encoding="utf-8")
    return python
