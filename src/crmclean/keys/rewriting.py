"""Words rewritten by rules: all as one byte string, by replacing, or one by one in a compiled kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.tokens import Tokens, blank_nulls
from crmclean.tables.evidence import TEXT
from crmclean.tables.lanes import by_kernel

__all__ = ["Rewriter"]


@dataclass(frozen=True)
class Rewriter:
    """How lower-case ASCII words are rewritten; each stands between "^" and "$".

    Attributes
    ----------
    rules : pairs of str
        What is replaced, everywhere in a word, and by what: one rule after the other.
    table : bytes
        Then, what becomes of each of the 256 bytes.
    single : bytes
        Then, the letters a run of which is one letter.
    dropped : bytes
        Then, what goes.
    lower : bool
        Whether what is left is put in lower case.
    """

    rules: tuple[tuple[str, str], ...]
    table: bytes = bytes(range(256))
    single: bytes = b""
    dropped: bytes = b""
    lower: bool = False

    def of_values(self, words: pa.LargeStringArray) -> pa.LargeStringArray:
        """Each value rewritten as one word."""
        return by_kernel(words, self.plain_values, "rewrite_words", "qBqBnBbBn", *self._for_kernel, 1)

    def of_words(self, texts: pa.LargeStringArray) -> pa.LargeStringArray:
        """The words of each value rewritten, single spaces between them."""
        return by_kernel(texts, self.plain_words, "rewrite_words", "qBqBnBbBn", *self._for_kernel, 0)

    def plain_words(self, texts: pa.LargeStringArray) -> pa.LargeStringArray:
        """``of_words`` without a kernel."""
        tokens = Tokens.of(texts)
        encoded = tokens.values.dictionary_encode()
        made = Tokens(self.of_values(encoded.dictionary).take(encoded.indices), tokens.offsets).join()
        return pc.if_else(texts.is_valid(), made, pa.scalar(None, TEXT)) if texts.null_count else made

    def plain_values(self, words: pa.LargeStringArray) -> pa.LargeStringArray:
        """``of_values`` without a kernel."""
        if not len(words):
            return words
        joined = pc.binary_join(
            pa.LargeListArray.from_arrays(pa.array([0, len(words)], pa.int64()), blank_nulls(words)),
            pa.scalar("$^", TEXT),
        )
        blob = self._rewritten(b"^" + joined[0].as_buffer().to_pybytes() + b"$").translate(None, delete=b"$")
        made = pc.list_flatten(pc.split_pattern(pa.array([blob.decode("ascii")], TEXT), "^"))[1:]
        return pc.if_else(words.is_valid(), made, pa.scalar(None, TEXT)) if words.null_count else made

    def _rewritten(self, blob: bytes) -> bytes:
        for before, after in self.rules:
            blob = blob.replace(before.encode(), after.encode())
        blob = blob.translate(self.table)
        for letter in self.single:
            double = bytes([letter, letter])
            while double in blob:
                blob = blob.replace(double, double[:1])
        blob = blob.translate(None, delete=self.dropped)
        return blob.lower() if self.lower else blob

    @cached_property
    def _for_kernel(self) -> tuple[Any, ...]:
        sides = []
        for texts in zip(*self.rules, strict=True):
            spelt = [text.encode() for text in texts]
            sides += [np.cumsum([0, *map(len, spelt)]), np.frombuffer(b"".join(spelt), np.uint8)]
        left = bytearray(range(256)).lower() if self.lower else bytearray(range(256))
        for byte in (*self.dropped, *b"^$"):
            left[byte] = 0
        single = np.zeros(256, bool)
        single[list(self.single)] = True
        return *sides, len(self.rules), np.frombuffer(self.table, np.uint8), single, np.frombuffer(left, np.uint8)
