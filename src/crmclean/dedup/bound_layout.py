"""What of the compiled bounds (``kernels/bounds.c``) depends on the file alone: made once, whatever the model.

The codes of a record stand side by side, so that a record is in one place (in two: what identity asks for first, and
the rest), with marks that tell most lines and mailboxes apart without a look at them; whatever is known of a value is
in tables by its code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crmclean.dedup.compare import ODD_LETTERS
from crmclean.dedup.dependence import CERTAIN_NAME, SIBLING_BIRTH
from crmclean.dedup.forms import Ints
from crmclean.dedup.levels import POOLED, STRANGE_LETTERS, Comparer
from crmclean.dedup.name_levels import ODD_IN_MISPLACED, ODD_IN_SIMILAR, ODD_IN_TYPO
from crmclean.dedup.priors import Comparison
from crmclean.dedup.support import GAIN_STEP, GROUP_REMAINDER, GROUP_SHARE, SUPPORT_CAP, gains
from crmclean.keys import nicknames

__all__ = ["SIZE", "VALUE", "Layout", "Structures", "aligned", "identifies", "layout_of", "steps_of"]

Structures = np.ndarray[Any, Any]

_NEVER, _ALWAYS, _WITHIN, _LINES, _NUMBERS, _MAILBOXES, _COMPANIES, _STREETS = range(8)
_ROLES = {"identity": 1, "place": 2, "employer": 4, "background": 8}
_OF_MAILBOXES, _OF_LINES = 1, 2
_PART = 1 << 13
_LINE = 64  # bytes
_MARK = 30  # bits
_SCATTER = np.uint32(0x9E3779B1)  # multiplicative hashing (Knuth, vol. 3, 6.4): the upper bits of a product
_NAMES = (("given", "family"), ("family", "given"))

VALUE = np.dtype(
    [(name, "u8") for name in ("letters", "words")]
    + [("skeleton", "i4"), ("nickname", "i2"), ("length", "u1"), ("rare", "u1"), ("exact", "f4"), ("near", "f4")]
)
_SIGN = np.dtype([("letters", "u8"), ("one", "i4"), ("two", "i4")])
_NAME = np.dtype(
    [(name, "i8") for name in ("column", "other", "skeletons", "nicknames")]
    + [(name, "u8") for name in ("values", "initials")]
    + [(name, "f4") for name in ("plain", "similar", "different", "crossed")]
)
_STEP = np.dtype(
    [(name, "i8") for name in ("late", "column", "columns", "others", "roles", "against")]
    + [(name, "i8") for name in ("signed", "contrary", "two_kinds")]
    + [(name, "i8") for name in ("near", "odd", "strange", "numbered", "marks")]
    + [("parts", "u8", 3)]
    + [(name, "u8") for name in ("same", "alone", "signs", "words")]
    + [(name, "f4") for name in ("different", "between")]
)
_PLAN = np.dtype(
    [("names", _NAME, 2)]
    + [("width", "i8", 2)]
    + [(name, "i8") for name in ("steps", "birth", "city", "state")]
    + [(name, "i8") for name in ("settled", "nicknames")]
    + [(name, "u8") for name in ("relations", "related", "charge", "gains")]
    + [(name, "f4") for name in ("certain", "community", "welcome", "kin", "sibling", "cap", "wide", "back", "widest")]
    + [(name, "f4") for name in ("share", "remainder", "besides")]
    + [("lasting", "f4", 4), ("steps_a_bit", "f4"), ("last_step", "f4"), ("misplaced", "i8")]
    + [(name, "u1", len(ODD_IN_TYPO)) for name in ("odd_in_similar", "odd_in_typo")]
)
SIZE = sum(kind.itemsize for kind in (_PLAN, _STEP, VALUE, _SIGN))


@dataclass(frozen=True)
class Layout:
    """The structures of a file, with what a model says left open.

    Attributes
    ----------
    plan, steps : structured arrays
        One plan, and a step for each of ``steps_of``.
    values : mapping of name to structured array
        Tables of the given and the family names that are compared.
    codes : two int32 arrays of shape (records, width)
        The codes of each record that identity asks for, and the others.
    kept : tuple of arrays
        Those whose addresses are in the structures.
    """

    plan: Structures
    steps: Structures
    values: dict[str, Structures]
    codes: tuple[Ints, Ints]
    kept: tuple[Ints, ...]


def steps_of(comparer: Comparer) -> list[Comparison]:
    """The comparisons that are a step each; names and birth dates are not."""
    return [item for item in comparer.active if item.name not in ("given", "family", "birth")]


def identifies(item: Comparison) -> bool:
    """Whether a comparison is asked for what identifies."""
    return "identity" in item.roles() if item.name in POOLED else item.role == "identity"


def layout_of(comparer: Comparer) -> Layout:
    """The layout of a file, made when first asked for."""
    layout: Layout = comparer.once("layout", lambda: _Draft(comparer).layout())
    return layout


def aligned(count: int, kind: np.dtype[Any]) -> Structures:
    """An array, not filled, that starts where a line of the processor's cache does."""
    raw = np.empty(count * kind.itemsize + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + count * kind.itemsize].view(kind)


def _side_by_side(columns: list[Ints], count: int) -> Ints:
    """int32 columns of ``count`` codes as rows, as wide as a whole or half, a quarter ... of a line of the cache.

    So no row of half a line lies in two of them.
    """
    line = _LINE // 4
    width = -(-len(columns) // line) * line if len(columns) > line else 1 << max(len(columns) - 1, 0).bit_length()
    codes = aligned(count * width, np.dtype(np.int32)).reshape(count, width)
    for start in range(0, count, _PART):
        part = slice(start, start + _PART)
        if columns:
            codes[part, : len(columns)] = np.stack([column[part] for column in columns], axis=1)
    return codes


@dataclass
class _Draft:
    """Collects the code columns and tables of a file; arrays are kept because only their addresses go on."""

    comparer: Comparer
    tables: tuple[list[Ints], list[Ints]] = field(default_factory=lambda: ([], []))
    values: dict[str, Structures] = field(default_factory=dict)
    kept: list[Ints] = field(default_factory=list)

    def layout(self) -> Layout:
        comparer, plan, count = self.comparer, np.zeros(1, _PLAN), self.comparer.records.count
        self._names(plan)
        items = steps_of(comparer)
        steps = np.zeros(len(items), _STEP)
        for row, item in zip(steps, items, strict=True):
            self._step(row, item)
        names = [item.name for item in items]
        plan["city"], plan["state"] = (names.index(name) if name in names else -1 for name in ("city", "state"))
        plan["gains"] = self._address(gains(), np.float32)
        plan["steps_a_bit"], plan["last_step"] = GAIN_STEP, len(gains()) - 1
        order = [item.name for item in comparer.active if item.name not in ("given", "family")]
        plan["birth"] = order.index("birth") if "birth" in order else -1
        plan["steps"], codes = len(items), (_side_by_side(self.tables[0], count), _side_by_side(self.tables[1], count))
        plan["width"] = [table.shape[1] for table in codes]
        plan["charge"] = self._address(comparer.records.name_charge, np.float32)
        plan["certain"], plan["sibling"], plan["cap"] = CERTAIN_NAME, SIBLING_BIRTH, SUPPORT_CAP
        plan["share"], plan["remainder"], plan["misplaced"] = GROUP_SHARE, GROUP_REMAINDER, ODD_IN_MISPLACED
        plan["odd_in_similar"], plan["odd_in_typo"] = ODD_IN_SIMILAR, ODD_IN_TYPO
        return Layout(plan, steps, self.values, codes, tuple(self.kept))

    def _address(self, table: Ints | None, kind: np.dtype[Any] | type) -> int:
        """Where a table is, as an array of one type; 0 where there is none."""
        if table is None:
            return 0
        self.kept.append(np.ascontiguousarray(table, kind))
        return int(self.kept[-1].ctypes.data)

    def _names(self, plan: Structures) -> None:
        """The columns and tables of the names."""
        comparer = self.comparer
        columns = {}
        for name, _ in _NAMES:
            columns[name] = len(self.tables[0]) if comparer.records.has(name) else -1
            self.tables[0].extend([comparer.records.codes(name)] if comparer.records.has(name) else [])
        known = {item.name for item in comparer.active}
        for row, (name, other) in zip(plan["names"][0], _NAMES, strict=True):
            row["column"], row["other"] = columns[name] if name in known else -1, columns[other]
            if name in known:
                self._name(row, name)
        if known & columns.keys():
            count, relations = nicknames.relations()
            plan["nicknames"], plan["relations"] = count, self._address(relations, np.int64)
            begin = np.searchsorted(relations, np.arange(count + 1) * count)
            plan["related"] = self._address(begin, np.int64)

    def _name(self, row: Any, name: str) -> None:
        comparer = self.comparer
        skeleton = comparer.records.forms.get(f"{name}_skeleton")
        values = self.values[name] = aligned(comparer.records.forms[name].size, VALUE)
        values["letters"], values["words"] = comparer.letters(name), comparer.words().mask
        values["length"] = np.minimum(comparer.lengths(name), len(ODD_IN_TYPO) - 1)
        values["rare"] = comparer.is_rare(name)
        if skeleton is not None and skeleton.of_parent is not None:
            row["skeletons"], values["skeleton"] = True, skeleton.of_parent
        if name == "given" and comparer.records.has("given_first"):
            row["nicknames"], values["nickname"] = True, comparer.nicknames()
        initials = comparer.initials(name)
        row["initials"] = self._address(np.where(comparer.is_abbreviated(name), ~initials, initials), np.int32)

    def _step(self, row: Any, item: Comparison) -> None:
        """The columns and tables of a comparison; a form is a pool of one column."""
        comparer, name = self.comparer, item.name
        codes = comparer.records.codes(name).reshape(-1, comparer.records.count)
        others = comparer.records.codes("line")[len(codes) :] if name == "own_line" else codes[:0]
        row["late"] = not identifies(item)
        columns = self.tables[int(row["late"])]
        row["column"], row["columns"], row["others"] = len(columns), len(codes), len(others)
        columns += [*codes, *others]
        against = item.against()
        row["roles"] = sum(_ROLES[role] for role in item.supports()) + identifies(item) * _ROLES["identity"]
        row["against"] = 0 if against is None else _ROLES[against]
        row["signed"], row["two_kinds"] = item.role == "identity", name == "national_id"
        if identifies(item) and name in POOLED and "shared" in item.level_names:
            row["contrary"] = _OF_MAILBOXES if name == "email" else _OF_LINES
        row["marks"] = -1
        if item.between:
            self._near(row, name)
            self._marks(row, codes, columns)

    def _near(self, row: Any, name: str) -> None:
        """By what ``Comparer.may_be_near`` judges two different values."""
        comparer, forms = self.comparer, self.comparer.records.forms
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

    def _marks(self, row: Any, codes: Ints, columns: list[Ints]) -> None:
        """Marks of the parts of which near values have one in common, beside the codes of each record."""
        forms = self.comparer.records.forms
        found: list[Ints | None] = []
        if row["near"] == _LINES:
            found = list(self.comparer.line_parts())
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
        row["marks"] = len(columns)
        columns += list(marks.view(np.int32)[codes])

    def _signs(self, row: Any, near: int, name: str, part: Ints | None, one: Ints | None, two: Ints | None) -> None:
        """One table of the letters of each value, or of its part, and of two codes."""
        letters = self.comparer.letters(name)
        signs = aligned(len(letters) if part is None else len(part), _SIGN)
        signs["letters"] = letters if part is None else letters.take(part)
        for column, codes in (("one", one), ("two", two)):
            signs[column] = 0 if codes is None else codes
        row["near"], row["odd"], row["signs"] = near, ODD_LETTERS[name], self._address(signs, _SIGN)
