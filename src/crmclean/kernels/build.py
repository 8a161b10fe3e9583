"""Compile the kernels: ``python -m crmclean.kernels``; installation does so where it finds a C compiler.

The sources are plain C99 without Python's headers, so one library serves every version of Python. Its name holds a
fingerprint of the sources and flags: a library of other sources is never loaded. Needs the standard library only,
because it runs while the package is being built.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

__all__ = ["FOLDER", "build", "library_path"]

FOLDER = Path(__file__).parent
# no contraction to fused multiply-add: sums of float32 must come out as NumPy's do
_FLAGS = ("-std=gnu99", "-O3", "-fPIC", "-shared", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra")
_SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
_PATIENCE = 300  # seconds


def library_path(folder: Path = FOLDER) -> Path:
    """Where the library of these very sources is, or would be."""
    digest = hashlib.sha256(" ".join(_FLAGS).encode())
    for source in sorted([*folder.glob("*.c"), *folder.glob("*.h")]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return folder / f"_compiled-{digest.hexdigest()[:12]}{_SUFFIX}"


def build(folder: Path = FOLDER) -> Path | None:
    """Compile the sources of a folder into one library beside them; libraries of other sources are removed.

    Returns its path, or None where there is no compiler (``CC``, cc, gcc or clang) or it fails: everything works
    without the library too, only slower. What the compiler said goes to standard error.
    """
    target = library_path(folder)
    if not target.exists() and not _compile(sorted(folder.glob("*.c")), target):
        return None
    for other in folder.glob("_compiled-*"):
        if other != target:
            other.unlink(missing_ok=True)
    return target


def _compile(sources: list[Path], target: Path) -> bool:
    import shutil  # a run that only asks where the library is should not wait for these
    import subprocess
    import tempfile

    compiler = next(filter(None, map(shutil.which, [os.environ.get("CC") or "cc", "gcc", "clang"])), None)
    if compiler is None:
        return False
    handle, unfinished = tempfile.mkstemp(
        target.suffix, "_building-", dir=target.parent
    )  # two builds at once do no harm
    os.close(handle)
    try:
        command = [compiler, *_FLAGS, "-o", unfinished, *map(str, sources), "-lm"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        if ended.stderr:
            print(ended.stderr, file=sys.stderr)
        if ended.returncode == 0:
            os.chmod(unfinished, 0o755)  # mkstemp lets nobody else read it
            os.replace(unfinished, target)
        return ended.returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"the kernels were not compiled: {error}", file=sys.stderr)
        return False
    finally:
        Path(unfinished).unlink(missing_ok=True)
