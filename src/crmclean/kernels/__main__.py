"""Compile the kernels: ``python -m crmclean.kernels``."""

from __future__ import annotations

from crmclean.kernels.build import build

if __name__ == "__main__":
    print(build() or "no C compiler that works: crmclean runs without compiled kernels, only slower")
