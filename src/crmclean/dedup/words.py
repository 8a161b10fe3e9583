"""What was compared, found and decided, in the words of the people who read it."""

from __future__ import annotations

from collections.abc import Mapping

from crmclean.dedup.priors import comparisons_of

__all__ = ["decision_words", "finding_words", "name_words"]

_NAMES: Mapping[str, str] = {
    item.name: item.label or item.name.replace("_", " ")
    for entity in ("company", "person")  # where both compare it, the word for a person's stands
    for item in comparisons_of(entity)
} | {"birth": "date of birth", "own_line": "own phone", "other_line": "phone", "national_id": "identity number"}

_LEVELS: Mapping[str, Mapping[str, str]] = {
    "email": {
        "numbered": "the same but for a number",
        "named_apart": "one letter or two apart, each after its own name",
        "named_alike": "two mailboxes after one name",
        "named_number": "one name and number at two domains",
        "shared": "one that several people have",
        "near": "a slip apart",
        "local": "one mailbox name at two domains",
    },
    "line": {
        "shared": "one that several people have",
        "tail": "the same last seven digits",
        "near": "a digit apart",
    },
    "birth": {
        "same_year": "same year only",
        "same_day": "same day of another year",
        "year_and_month": "same year and month",
        "year_and_day": "same year and day",
        "close": "nearly the same",
        "swapped": "day and month swapped",
        "digit": "a digit apart",
    },
    "national_id": {"near": "a digit apart", "transposed": "two digits swapped"},
    "name": {
        "similar": "alike, but hardly a slip",
        "part": "a part of the other",
        "misplaced": "in the field of the other name",
        "nickname": "short or pet form",
        "typo": "a slip apart",
        "variant": "another spelling",
        "swapped": "in each other's field",
    },
    "company": {"similar": "a word in common", "part": "a part of the other", "typo": "a slip apart"},
    "street": {"name": "same street, another number", "near": "nearly the same"},
    "place": {"near": "nearly the same"},
}
_LIKE = {"own_line": "line", "other_line": "line", "given": "name", "family": "name", "middle": "name"} | dict.fromkeys(
    ("city", "postal_code"), "place"
)

_DECISIONS: Mapping[str, str] = {
    "model": "by its probability",
    "affiliation_only": "nothing tells who they are; to share a place or an employer is not enough",
    "kept_apart": "kept apart by an earlier run, or before their own duplicates were merged",
    "guard": "not joined, as their group would contradict itself or outgrow the others",
    "judgement": "a person judged so, or it follows from what a person judged",
    "one_to_one": "each record has one partner at most in another source, and another is likelier, or as likely",
    "branch": "one company at two places: a branch, unless the rules merge branches",
    "shared_contact": "one mailbox or line, and names that look alike: only a person can tell",
}


def name_words(comparison: str) -> str:
    """What a comparison is called: "date of birth" for ``birth``."""
    return _NAMES.get(comparison, comparison.removeprefix("other:").replace("_", " "))


def finding_words(comparison: str, level: str) -> str:
    """What a comparison found, to stand behind its name: "two mailboxes after one name" for ``named_alike``."""
    return _LEVELS.get(_LIKE.get(comparison, comparison), {}).get(level, level.replace("_", " "))


def decision_words(decided_by: str) -> str:
    """Why a pair was decided as it was, from the reason in ``decided_by``."""
    return _DECISIONS.get(decided_by, decided_by)
