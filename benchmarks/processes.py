"""Run a command in a process of its own and measure it: seconds by the clock, of processors, peak memory.

The command is started by a small process that does nothing else. Started from here, the kernel would count the peak
memory of *this* process as the command's own: a new process begins with the high-water mark of the one it was made
from, and a benchmark that has just made a million rows has a high one.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Ended", "Run", "watch"]

LOOK = 0.005  # seconds between two looks whether the process has ended
WEIGH = 0.5  # seconds between two looks at its memory
SAID = 4_000  # last bytes of its messages that are kept


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock and of processors, peak resident memory in bytes (of the largest process)."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Ended:
    """How a process ended: its figures, exit code, why it was stopped ("" if it was not), the last it said."""

    run: Run
    code: int
    stopped: str
    said: str


def watch(
    command: Sequence[str],
    *,
    seconds: float | None = None,
    memory: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a command to its end, or stop it and its children after so many seconds or at so much memory (in GiB).

    Standard output is thrown away, messages are kept. A process that fails is not an error here: see ``code``.
    """
    order = json.dumps({"command": list(command), "seconds": seconds, "memory": memory})
    starter = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    found = subprocess.run(starter, input=order.encode(), stdout=subprocess.PIPE, env=environment, check=True)
    told = json.loads(found.stdout)
    return Ended(Run(told["wall"], told["cpu"], told["peak"]), told["code"], told["stopped"], told["said"])


def _resident(session: int) -> int:
    """Bytes that the processes of a session hold now; 0 where the system has no /proc."""
    held = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[3]) == session:
                held += int(after_name[21]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return held


def _end(session: int) -> None:
    """Kill a process and its children, unless it has just ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def _wait(
    session: int, start: float, seconds: float | None, memory: float | None
) -> tuple[int, resource.struct_rusage, float, str]:
    """(status, usage, seconds passed, why it was stopped) of a process, once it has ended or is stopped."""
    stopped, next_weighing, ended = "", WEIGH, 0
    while not ended:
        time.sleep(LOOK)
        passed = time.perf_counter() - start
        if seconds is not None and passed > seconds:
            stopped = stopped or f"stopped after {seconds:,.0f} s"
        elif memory is not None and passed > next_weighing:
            next_weighing = passed + WEIGH
            if _resident(session) > memory * 2**30:
                stopped = stopped or f"stopped at {memory:g} GiB after {passed:,.0f} s"
        if stopped:
            _end(session)
        ended, status, usage = os.wait4(session, os.WNOHANG)
        passed = time.perf_counter() - start
    return status, usage, passed, stopped


def _measure(command: list[str], seconds: float | None, memory: float | None) -> dict[str, object]:
    """What `watch` tells, from inside the small process."""
    with tempfile.TemporaryFile() as talk:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=talk, start_new_session=True
        )
        try:
            status, usage, passed, stopped = _wait(process.pid, start, seconds, memory)
        except KeyboardInterrupt:
            _end(process.pid)
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        talk.seek(0, os.SEEK_END)
        talk.seek(max(0, talk.tell() - SAID))
        said = talk.read().decode("utf-8", "replace").strip()
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes on a Mac, KiB elsewhere
    return {
        "wall": passed,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * unit,
        "code": process.returncode,
        "stopped": stopped,
        "said": said,
    }


if __name__ == "__main__":
    json.dump(_measure(**json.load(sys.stdin)), sys.stdout)
