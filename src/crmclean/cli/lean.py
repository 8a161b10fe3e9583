"""A process of our own may leave out what a command does not need: pandas on the way in, tidying up on the way out."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec

__all__ = ["leave", "quick_imports", "without_helpers", "without_pandas"]


class _Nowhere:
    """A finder that does not find pandas."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("this command makes no frames", name=name)
        return None


@contextlib.contextmanager
def quick_imports() -> Iterator[None]:
    """Import without looking for garbage: modules stay, so what they hold is set aside for good afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def without_helpers() -> None:
    """Leave out what libraries would start or look for as they are imported; where the user has asked, it stays.

    NumPy's linear algebra starts a thread for each core, which spin for a while; nothing here multiplies matrices of
    floats. pydantic looks through all installed packages for plugins.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def without_pandas() -> None:
    """Let pyarrow take it that there is no pandas, for a command that makes no frames and is given none.

    pyarrow imports pandas at the first array it makes, to know a Series if it meets one, and asks only once. Where
    either is loaded already, this does nothing.
    """
    if "pandas" in sys.modules or "pyarrow" in sys.modules:
        return
    sys.meta_path.insert(0, _Nowhere)
    try:
        import pyarrow as pa

        pa.array([])
    finally:
        sys.meta_path.remove(_Nowhere)


def leave(code: int) -> None:
    """End the process with an exit code, and let the system take its memory back whole instead of piece by piece.

    What was written is closed by then, standard output and error are flushed here, and our worker threads have ended.
    Under a debugger, a profiler or coverage, and in interactive mode, the interpreter ends as ever.
    """
    if sys.gettrace() is None and sys.getprofile() is None and not sys.flags.interactive:
        with contextlib.suppress(OSError):  # the interpreter says in its own way that nobody reads
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)
