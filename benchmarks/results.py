"""Sections of RESULTS.md between comment markers, tables, and a plain word about the machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["RESULTS", "machine", "rows_of", "table", "update_section"]

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


def machine() -> str:
    """Cores and memory; nothing else about the machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{cores} cores, {memory / 2**30:.0f} GiB"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned, padded so that it also reads as text."""
    widths = [max(len(line[column]) for line in [header, *rows]) for column in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        return "| " + " | ".join([cells[0].ljust(widths[0]), *padded[1:]]) + " |"

    rule = "| " + " | ".join(["-" * widths[0], *["-" * (width - 1) + ":" for width in widths[1:]]]) + " |"
    return "\n".join([line(header), rule, *[line(row) for row in rows]])


def rows_of(name: str, header: Sequence[str], path: Path = RESULTS) -> list[list[str]]:
    """The rows of the table in a section, without its header; none if there is no such section or table."""
    start, end = f"<!-- {name.lower()}: start -->", f"<!-- {name.lower()}: end -->"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if start not in text or end not in text:
        return []
    lines = text.split(start, 1)[1].split(end, 1)[0].splitlines()
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
    return cells[2:] if cells[:1] == [list(header)] else []


def update_section(name: str, text: str, path: Path = RESULTS) -> None:
    """Replace what stands between the markers of a section; a new section goes to the end."""
    start, end = f"<!-- {name.lower()}: start -->", f"<!-- {name.lower()}: end -->"
    section = f"{start}\n{text.strip()}\n{end}"
    old = path.read_text(encoding="utf-8") if path.exists() else "# Benchmark results\n"
    if start in old and end in old:
        before, rest = old.split(start, 1)
        new = before + section + rest.split(end, 1)[1]
    else:
        new = f"{old.rstrip()}\n\n## {name}\n\n{section}\n"
    path.write_text(new, encoding="utf-8")
