"""The tables of ``bounds`` laid out for its compiled twin, ``kernels/bounds.c``.

Whatever depends on the model or the file is looked up by value code there, so a constant that changes here or in the
modules it comes from changes nothing in C; only the order of the steps is written down twice. What depends on the file
alone is in ``bound_layout``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crmclean.dedup.bound_layout import SIZE, VALUE, Layout, Structures, aligned, layout_of, steps_of
from crmclean.dedup.dependence import widest_support
from crmclean.dedup.forms import Ints
from crmclean.dedup.priors import Comparison
from crmclean.kernels import Kernel, kernel

if TYPE_CHECKING:
    from crmclean.dedup.bounds import Bounds

__all__ = ["CompiledBounds", "compile_bounds"]


@dataclass(frozen=True)
class CompiledBounds:
    """The bounds of a file as structures of numbers, and the arrays whose addresses are among them."""

    run: Kernel
    plan: Structures
    steps: Structures
    layout: Layout
    kept: list[Ints]

    def may_link(self, left: Ints, right: Ints, needed: float, birth: tuple[Ints, Ints]) -> Ints:
        """Whether pairs of record numbers (int32) can have so many bits together.

        Parameters
        ----------
        birth : float32 array and bool array
            Bits of the birth dates of the pairs, and whether they are one day but for a slip; empty where the file has
            none.
        """
        possible = np.empty(len(left), bool)
        laid_out = self.plan.view(np.uint8), self.steps.view(np.uint8), SIZE, *self.layout.codes
        status = self.run(*laid_out, left, right, len(left), needed, *birth, possible)
        if status == -1:
            raise MemoryError("no memory for the codes of a few pairs")
        if status:
            raise RuntimeError("the compiled bounds are laid out differently")
        return possible


def compile_bounds(bounds: Bounds) -> CompiledBounds | None:
    """The bounds for the compiled kernel; None where there is none."""
    run = kernel("may_link", "BBniiiinxfbb")
    if run is None:
        return None
    layout = layout_of(bounds.comparer)
    filled = _Filled(bounds, layout)
    return CompiledBounds(run, filled.plan(), filled.steps(), layout, filled.kept)


@dataclass
class _Filled:
    """Fills in what a model says; arrays are kept because only their addresses go on."""

    bounds: Bounds
    layout: Layout
    kept: list[Ints] = field(default_factory=list)

    def plan(self) -> Structures:
        bounds, plan = self.bounds, self.layout.plan.copy()
        known = {item.name: item for item in bounds.comparer.active}
        for row, name in zip(plan["names"][0], ("given", "family"), strict=True):
            if name in known:
                self._name(row, known[name])
        plan["community"], plan["welcome"], plan["kin"] = bounds.community, bounds.welcome, bounds.kin > 0
        plan["settled"], plan["besides"] = bounds.lasting is not None, bounds.besides
        plan["lasting"] = 0 if bounds.lasting is None else bounds.lasting
        plan["back"], plan["widest"] = bounds.among
        plan["wide"] = widest_support(bounds.kin, np.ones(1, np.float32))
        return plan

    def steps(self) -> Structures:
        steps = self.layout.steps.copy()
        for row, item in zip(steps, steps_of(self.bounds.comparer), strict=True):
            self._step(row, item)
        return steps

    def _address(self, table: Ints) -> int:
        self.kept.append(np.ascontiguousarray(table))
        return int(self.kept[-1].ctypes.data)

    def _name(self, row: Any, item: Comparison) -> None:
        values = aligned(len(self.layout.values[item.name]), VALUE)
        values[:] = self.layout.values[item.name]
        values["exact"], values["near"] = self.bounds.exact[item.name], self.bounds.near[item.name]
        row["values"] = self._address(values)
        row["plain"], row["similar"], row["different"] = self.bounds.of_names(item)
        row["crossed"] = self.bounds.crossed if item.name == "given" else 0

    def _step(self, row: Any, item: Comparison) -> None:
        bounds, name = self.bounds, item.name
        same = bounds.of_values(name)
        row["same"] = self._address(same)
        if row["contrary"]:
            row["alone"] = self._address(np.where(bounds.identifies(name, np.arange(len(same))), same, np.float32(0)))
        different, between = bounds.different(name), bounds.between(item)
        row["different"], row["between"] = different, different if between is None else between
