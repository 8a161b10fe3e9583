"""The tables of ``bounds`` laid out for its compiled twin, ``kernels/bounds.c``.

Whatever depends on the model or the file is looked up by value code there, so a constant that changes here or in the
modules it comes from changes nothing in C; only the order of the steps is written down twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from crmclean.dedup.compare import ODD_LETTERS
from crmclean.dedup.contact_levels import SHARED_BY
from crmclean.dedup.dependence import CERTAIN_NAME, SIBLING_BIRTH, widest_support
from crmclean.dedup.forms import Ints
from crmclean.dedup.levels import POOLED, STRANGE_LETTERS
from crmclean.dedup.name_levels import ODD_IN_MISPLACED, ODD_IN_SIMILAR, ODD_IN_TYPO
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.support import GROUP_REMAINDER, GROUP_SHARE, SUPPORT_CAP
from crmclean.kernels import Kernel, kernel
from crmclean.keys import nicknames

if TYPE_CHECKING:
    from crmclean.dedup.bounds import Bounds

__all__ = ["CompiledBounds", "compile_bounds"]

_NEVER, _ALWAYS, _WITHIN, _LINES, _NUMBERS, _MAILBOXES, _COMPANIES, _STREETS = range(8)
_ROLES = {"identity": 1, "place": 2, "employer": 4}
_OF_MAILBOXES, _OF_LINES = 1, 2
_PART = 1 << 13
_LINE = 64  # bytes
_MARK = 30  # bits
_SCATTER = np.uint32(0x9E3779B1)  # multiplicative hashing (Knuth, vol. 3, 6.4): the upper bits of a product
_NAMES = (("given", "family"), ("family", "given"))

_VALUE = np.dtype(
    [(name, "u8") for name in ("letters", "words")]
    + [("skeleton", "i4"), ("nickname", "i2"), ("length", "u1"), ("rare", "u1"), ("exact", "f4"), ("near", "f4")]
)
_SIGN = np.dtype([("letters", "u8"), ("one", "i4"), ("two", "i4")])
_NAME = np.dtype(
    [(name, "i8") for name in ("column", "other", "skeletons", "nicknames")]
    + [(name, "u8") for name in ("values", "initials")]
    + [(name, "f4") for name in ("plain", "similar", "different", "unused")]
)
_STEP = np.dtype(
    [(name, "i8") for name in ("column", "columns", "others", "roles", "signed", "contrary", "two_kinds")]
    + [(name, "i8") for name in ("near", "odd", "strange", "numbered", "marks")]
    + [("parts", "u8", 3)]
    + [(name, "u8") for name in ("same", "alone", "signs", "words")]
    + [(name, "f4") for name in ("different", "between")]
)
_PLAN = np.dtype(
    [("names", _NAME, 2)]
    + [(name, "i8") for name in ("early", "columns", "steps", "birth", "related", "nicknames")]
    + [(name, "u8") for name in ("relations", "charge")]
    + [(name, "f4") for name in ("certain", "community", "welcome", "kin", "sibling", "cap", "wide")]
    + [(name, "f4") for name in ("share", "remainder", "misplaced")]
    + [(name, "u1", len(ODD_IN_TYPO)) for name in ("odd_in_similar", "odd_in_typo")]
)
_SIZE = sum(kind.itemsize for kind in (_PLAN, _STEP, _VALUE, _SIGN))


@dataclass(frozen=True)
class CompiledBounds:
    """The bounds of a file as structures of numbers, and the arrays whose addresses are among them."""

    run: Kernel
    plan: np.ndarray[Any, Any]
    steps: np.ndarray[Any, Any]
    codes: np.ndarray[Any, np.dtype[np.int32]]
    kept: list[Ints]

    def may_link(self, left: Ints, right: Ints, needed: float, birth: tuple[Ints, Ints]) -> Ints:
        """Whether pairs of record numbers (int64) can have so many bits together.

        Parameters
        ----------
        birth : float32 array and bool array
            Bits of the birth dates of the pairs, and whether they are one day but for a slip; empty where the file has
            none.
        """
        possible = np.empty(len(left), bool)
        laid_out = self.plan.view(np.uint8), self.steps.view(np.uint8), _SIZE, self.codes
        status = self.run(*laid_out, left, right, len(left), needed, *birth, possible)
        if status == -1:
            raise MemoryError("no memory for the codes of a few pairs")
        if status:
            raise RuntimeError("the compiled bounds are laid out differently")
        return possible


def compile_bounds(bounds: Bounds) -> CompiledBounds | None:
    """The bounds for the compiled kernel; None where there is none."""
    run = kernel("may_link", "BBniqqnxfbb")
    return None if run is None else _Layout(bounds).compiled(run)


@dataclass
class _Layout:
    """Collects the code columns and tables of some bounds; arrays are kept because only their addresses go on."""

    bounds: Bounds
    columns: list[Ints] = field(default_factory=list)
    kept: list[Ints] = field(default_factory=list)

    def compiled(self, run: Kernel) -> CompiledBounds:
        comparer, plan = self.bounds.comparer, np.zeros(1, _PLAN)
        self._names(plan)
        items = [item for item in comparer.active if item.name not in ("given", "family", "birth")]
        steps = np.zeros(len(items), _STEP)
        for identifies in (True, False):  # what is asked for first stands first
            for row, item in zip(steps, items, strict=True):
                if _identifies(item) == identifies:
                    self._step(row, item)
            plan["early"] = len(self.columns) if identifies else plan["early"]
        order = [item.name for item in comparer.active if item.name not in ("given", "family")]
        plan["birth"] = order.index("birth") if "birth" in order else -1
        plan["columns"], plan["steps"] = len(self.columns), len(items)
        plan["charge"] = self._address(comparer.records.name_charge, np.float32)
        plan["certain"], plan["community"], plan["welcome"] = CERTAIN_NAME, self.bounds.community, self.bounds.welcome
        plan["kin"], plan["sibling"], plan["cap"] = self.bounds.kin > 0, SIBLING_BIRTH, SUPPORT_CAP
        plan["wide"], plan["misplaced"] = widest_support(self.bounds.kin, np.ones(1, np.float32)), ODD_IN_MISPLACED
        plan["share"], plan["remainder"] = GROUP_SHARE, GROUP_REMAINDER
        plan["odd_in_similar"], plan["odd_in_typo"] = ODD_IN_SIMILAR, ODD_IN_TYPO
        return CompiledBounds(run, plan, steps, self._codes(), self.kept)

    def _codes(self) -> Ints:
        """The codes of each record side by side, so that a record is in one place."""
        shape = self.bounds.comparer.records.count, len(self.columns)
        codes = _aligned(shape[0] * shape[1], np.dtype(np.int32)).reshape(shape)
        for start in range(0, len(codes), _PART):
            part = slice(start, start + _PART)
            codes[part] = np.stack([column[part] for column in self.columns], axis=1)
        return codes

    def _address(self, table: Ints | None, kind: np.dtype[Any] | type) -> int:
        """Where a table is, as an array of one type; 0 where there is none."""
        if table is None:
            return 0
        self.kept.append(np.ascontiguousarray(table, kind))
        return int(self.kept[-1].ctypes.data)

    def _names(self, plan: np.ndarray[Any, Any]) -> None:
        """The columns and tables of the names."""
        comparer = self.bounds.comparer
        columns = {}
        for name, _ in _NAMES:
            columns[name] = len(self.columns) if comparer.records.has(name) else -1
            self.columns += [comparer.records.codes(name)] if comparer.records.has(name) else []
        known = {item.name: item for item in comparer.active}
        for row, (name, other) in zip(plan["names"][0], _NAMES, strict=True):
            row["column"], row["other"] = columns[name] if name in known else -1, columns[other]
            if name in known:
                self._name(row, known[name])
        if known.keys() & columns.keys():
            plan["nicknames"], related = nicknames.relations()
            plan["related"], plan["relations"] = len(related), self._address(related, np.int64)

    def _name(self, row: Any, item: Comparison) -> None:
        bounds, comparer, name = self.bounds, self.bounds.comparer, item.name
        skeleton = comparer.records.forms.get(f"{name}_skeleton")
        values = _aligned(comparer.records.forms[name].size, _VALUE)
        values["letters"], values["words"] = comparer.letters(name), comparer.words().mask
        values["exact"], values["near"] = bounds.exact[name], bounds.near[name]
        values["length"] = np.minimum(comparer.lengths(name), len(ODD_IN_TYPO) - 1)
        values["rare"] = comparer.is_rare(name)
        if skeleton is not None and skeleton.of_parent is not None:
            row["skeletons"], values["skeleton"] = True, skeleton.of_parent
        if name == "given" and comparer.records.has("given_first"):
            row["nicknames"], values["nickname"] = True, comparer.nicknames()
        row["values"] = self._address(values, _VALUE)
        row["initials"] = self._address(comparer.initials(name), np.int32)
        row["plain"], row["similar"], row["different"] = bounds.of_names(item)

    def _step(self, row: Any, item: Comparison) -> None:
        """The columns and tables of a comparison; a form is a pool of one column."""
        bounds, comparer, name = self.bounds, self.bounds.comparer, item.name
        form = comparer.records.forms[name]
        codes = form.codes.reshape(-1, comparer.records.count)
        others = comparer.records.codes("line")[len(codes) :] if name == "own_line" else codes[:0]
        row["column"], row["columns"], row["others"] = len(self.columns), len(codes), len(others)
        self.columns += [*codes, *others]
        roles = set(item.roles()[DIFFERENT + 1 :]) - {"identity"}
        row["roles"] = sum(_ROLES[role] for role in roles) + _identifies(item) * _ROLES["identity"]
        row["signed"], row["two_kinds"] = item.role == "identity", name == "national_id"
        every = np.arange(form.size)
        same = bounds.same(name, every)
        row["same"] = self._address(same, np.float32)
        if _identifies(item) and name in POOLED and "shared" in item.level_names:
            row["contrary"] = _OF_MAILBOXES if name == "email" else _OF_LINES
            alone = same if name not in SHARED_BY else np.where(bounds.identifies(name, every), same, np.float32(0))
            row["alone"] = self._address(alone, np.float32)
        between = bounds.between(item)
        row["different"], row["between"] = bounds.different(name), between or bounds.different(name)
        row["marks"] = -1
        if between is not None:
            self._near(row, name)
            self._marks(row, codes)

    def _near(self, row: Any, name: str) -> None:
        """By what ``Comparer.may_be_near`` judges two different values."""
        comparer, forms = self.bounds.comparer, self.bounds.comparer.records.forms
        if name in ("own_line", "other_line"):
            tails, high, low = comparer.line_parts()
            parts = np.stack([tails, high, low, np.zeros_like(low)], axis=1).astype(np.int32)
            row["near"], row["signs"] = _LINES, self._address(parts, np.int32)
        elif name == "national_id":
            self._signs(row, _NUMBERS, name, None, comparer.is_number(), None)
        elif name == "email":
            local, domain = (forms[part].of_parent if part in forms else None for part in ("local", "mail_domain"))
            if local is not None and domain is not None:
                self._signs(row, _MAILBOXES, "local", local, local, domain)
        elif name == "street":
            street, number = (
                forms[part].of_parent if part in forms else None for part in ("street_name", "street_number")
            )
            row["strange"], row["numbered"] = STRANGE_LETTERS, number is not None
            if street is not None:
                self._signs(row, _STREETS, "street_name", street, street, number)
        elif name == "company":
            sets, short = comparer.company_words()
            row["words"] = self._address(sets.mask, np.uint64)
            self._signs(row, _COMPANIES, name, None, short, None)
        elif name in ("city", "postal_code"):
            self._signs(row, _WITHIN, name, None, None, None)
        else:
            row["near"] = _NEVER if name in POOLED else _ALWAYS

    def _marks(self, row: Any, codes: Ints) -> None:
        """Marks of the parts of which near values have one in common, beside the codes of each record."""
        forms = self.bounds.comparer.records.forms
        found: list[Ints | None] = []
        if row["near"] == _LINES:
            found = list(self.bounds.comparer.line_parts())
        elif row["near"] == _MAILBOXES:
            found = [forms[name].of_parent for name in ("local", "mail_domain")]
        parts: list[Ints] = [part for part in found if part is not None]
        if not parts:
            return
        width, marks = _MARK // len(parts), np.zeros(len(parts[0]), np.uint32)
        for place, part in enumerate(parts):
            scattered = (part.astype(np.uint32) * _SCATTER) >> np.uint32(32 - width)
            marks |= scattered << np.uint32(place * width)
            row["parts"][place:] = ((1 << width) - 1) << (place * width)
        row["marks"] = len(self.columns)
        self.columns += list(marks.view(np.int32)[codes])

    def _signs(self, row: Any, near: int, name: str, part: Ints | None, one: Ints | None, two: Ints | None) -> None:
        """One table of the letters of each value, or of its part, and of two codes."""
        letters = self.bounds.comparer.letters(name)
        signs = _aligned(len(letters) if part is None else len(part), _SIGN)
        signs["letters"] = letters if part is None else letters.take(part)
        for column, codes in (("one", one), ("two", two)):
            signs[column] = 0 if codes is None else codes
        row["near"], row["odd"], row["signs"] = near, ODD_LETTERS[name], self._address(signs, _SIGN)


def _aligned(count: int, kind: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """An array, not filled, that starts where a line of the processor's cache does."""
    raw = np.empty(count * kind.itemsize + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + count * kind.itemsize].view(kind)


def _identifies(item: Comparison) -> bool:
    return "identity" in item.roles() if item.name in POOLED else item.role == "identity"
