"""Whether the local part of a mailbox is built from a name: ``saravanan.arul@`` of Saravanan Arul, and of S. Arul."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.compare import likeness_of
from crmclean.dedup.forms import Ints
from crmclean.keys.names import key_skeleton, name_skeleton
from crmclean.tables.evidence import TEXT

__all__ = ["built_from", "holds", "sounds_like", "spells_initial"]


def built_from(bare: pa.Array, given: pa.Array, family: pa.Array, likeness: float) -> Ints:
    """Whether a text is a name, or is put together from names and initials, spelt more or less like this.

    An unknown given name may be any initial. ``likeness`` is the Jaro-Winkler similarity that will do (spellings
    differ between scripts, and by slips); 1 asks for equality, which is cheap.
    """
    g, f = pc.utf8_slice_codeunits(given, 0, 1), pc.utf8_slice_codeunits(family, 0, 1)
    blank = pa.scalar("", TEXT)
    found = pc.and_(pc.equal(given, ""), pc.equal(pc.utf8_slice_codeunits(bare, 1), family))
    found = found.to_numpy(zero_copy_only=False)
    pairs = (
        *((given, family), (family, given), (g, family), (family, g)),
        *((given, f), (f, given), (given, blank), (family, blank), (g, f)),
    )
    for first, second in pairs:
        built = pc.binary_join_element_wise(first, second, blank)
        if likeness == 1.0:
            found = found | pc.equal(bare, built).to_numpy(zero_copy_only=False)
        else:
            found = found | (likeness_of(bare, built, likeness) > 0)
    answer: Ints = found & pc.not_equal(bare, "").to_numpy(zero_copy_only=False)
    return answer


def spells_initial(bare: pa.Array, given: pa.Array, family: pa.Array) -> Ints:
    """Whether a text is a family name before or behind a given name of which only the initial is known."""
    lone = np.flatnonzero(pc.equal(pc.utf8_length(given), 1).to_numpy(zero_copy_only=False))
    built = np.zeros(len(bare), bool)
    text, letter, name = (_strings(texts.take(pa.array(lone))) for texts in (bare, given, family))
    named = np.strings.str_len(name) > 0
    ahead = np.strings.startswith(text, letter) & np.strings.endswith(text, name)
    behind = np.strings.startswith(text, np.strings.add(name, letter))
    built[lone] = named & (ahead | behind)
    return built


def holds(texts: pa.Array, parts: pa.Array) -> Ints:
    """Whether texts have other texts in them, element by element."""
    found: Ints = np.strings.find(_strings(texts), _strings(parts)) >= 0
    return found


def _strings(texts: pa.Array) -> np.ndarray[Any, np.dtypes.StringDType]:
    strings: np.ndarray[Any, np.dtypes.StringDType] = texts.to_numpy(zero_copy_only=False).astype(
        np.dtypes.StringDType()
    )
    return strings


def sounds_like(bare: pa.Array, given: pa.Array, family: pa.Array) -> Ints:
    """Whether a text is a full name, or an initial and a family name, in another romanisation (``guenter.mueller``)."""
    blank = pa.scalar("", TEXT)
    g, f = pc.utf8_slice_codeunits(given, 0, 1), pc.utf8_slice_codeunits(family, 0, 1)
    code = name_skeleton(bare)  # a local part may have any letters
    found = np.zeros(len(bare), bool)
    for first, second in ((given, family), (family, given), (g, family), (given, f), (given, blank), (family, blank)):
        same = pc.equal(code, key_skeleton(pc.binary_join_element_wise(first, second, blank)))
        found |= same.to_numpy(zero_copy_only=False)
    enough: Ints = found & pc.greater_equal(pc.utf8_length(code), 3).to_numpy(zero_copy_only=False)
    return enough
