"""Compiled kernels, loaded where they were built for these very sources; each has a NumPy version to fall back on.

A kernel is a C function over arrays: it lets go of the interpreter lock, touches no Python object and gives exactly
what its NumPy version gives. ``CRMCLEAN_KERNELS=0`` leaves them all out.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache

import numpy as np

from crmclean.kernels.build import library_path

__all__ = ["Kernel", "are_compiled", "kernel"]

Kernel = Callable[..., int]

_ARRAYS = {
    "b": np.bool_,
    "B": np.uint8,
    "i": np.int32,
    "I": np.uint32,
    "q": np.int64,
    "Q": np.uint64,
    "f": np.float32,
    "d": np.float64,
}
_SCALARS = {"n": ctypes.c_int64, "x": ctypes.c_double}


@cache
def _library() -> ctypes.CDLL | None:
    if os.environ.get("CRMCLEAN_KERNELS") == "0":
        return None
    try:
        return ctypes.CDLL(str(library_path()))
    except OSError:
        return None


def are_compiled() -> bool:
    """Whether there are kernels here."""
    return _library() is not None


@cache
def kernel(name: str, arguments: str) -> Kernel | None:
    """A compiled function that returns an int64, or None where there is none.

    Parameters
    ----------
    name : str
        Name of the C function.
    arguments : str
        A letter for each argument: a C-contiguous array of bool ``b``, uint8 ``B``, int32 ``i``, uint32 ``I``, int64
        ``q``, uint64 ``Q``, float32 ``f`` or float64 ``d``, or one number, int64 ``n`` or float64 ``x``. An array of
        another type or layout is a ``ctypes.ArgumentError``; sizes are the caller's to check.
    """
    library = _library()
    if library is None:
        return None
    function = getattr(library, f"crmclean_{name}")
    function.restype = ctypes.c_int64
    function.argtypes = [_SCALARS.get(letter) or _array(letter) for letter in arguments]
    found: Kernel = function
    return found


@cache
def _array(letter: str) -> type:
    return np.ctypeslib.ndpointer(_ARRAYS[letter], flags="C_CONTIGUOUS")
