"""Telephone numbers as people write them, and what becomes of them in the wild: the cases of the differential tests.

Everything is drawn from the library's own metadata by a seeded generator, each text once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import phonenumbers
from phonenumbers import PhoneMetadata

__all__ = ["GROUPS", "REGIONS", "TRICKY", "mixed", "realistic"]

GROUPS = {
    "US/CA": ("US", "CA"),
    **{region: (region,) for region in ("IN", "GB", "DE", "BR", "IR", "BD", "AE", "FR", "AU")},
}
REGIONS = [region for regions in GROUPS.values() for region in regions]
# Odd prefixes, shared calling codes, numbers that lose or keep their zero, countries within countries.
TRICKY = [
    "AR", "MX", "IT", "SM", "RU", "KZ", "CN", "JP", "JE", "CI", "CL", "CR", "GL", "HU", "LT", "UY", "ZW", "NA", "SH",
]  # fmt: skip
KINDS = ["mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan"]
ABROAD = ["1", "44", "7", "39", "49", "98", "212", "800", "999", "47", "61", "358"]
EXTENSIONS = [" ext. ", " x", ";ext=", " extension ", " доб. ", " #"]
NOISE = "0123456789 ()-./+#*x,;:abcEé\u0661\u096c\u00a0\u200b"

Draw = Callable[[random.Random], str]


def examples(region: str) -> list[str]:
    """The example numbers of a region, mobile and fixed line first."""
    metadata = PhoneMetadata.metadata_for_region(region)
    found = (getattr(metadata, kind) for kind in KINDS)
    return [item.example_number for item in found if item is not None and item.example_number]


def renumbered(number: str, chance: random.Random) -> str:
    """A number of the same make: the last digits are other ones."""
    digits = list(number)
    for place in range(max(0, len(digits) - chance.randint(4, 8)), len(digits)):
        digits[place] = str(chance.randint(0, 9))
    return "".join(digits)


def damaged(number: str, chance: random.Random) -> str:
    """All digits other ones, or some lost, doubled and changed."""
    if chance.random() < 0.5:
        return "".join(str(chance.randint(0, 9)) for _ in number)
    digits = list(renumbered(number, chance))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(digits)) if digits else 0
        kind = chance.randrange(3)
        if kind == 0 and digits:
            digits[place] = str(chance.randint(0, 9))
        elif kind == 1 and digits:
            digits.pop(place)
        else:
            digits.insert(place, str(chance.randint(0, 9)))
    return "".join(digits)


def written(digits: str, region: str, chance: random.Random) -> str:
    """The number as people write it: spaced, with prefixes of all kinds, now and then with an extension."""
    if chance.random() < 0.5:
        spots = [place for place in (3, 6, 8) if place < len(digits) and chance.random() < 0.6]
        for place in reversed(spots):
            digits = digits[:place] + chance.choice(" -.") + digits[place:]
    code = str(phonenumbers.country_code_for_region(region))
    trunk = PhoneMetadata.metadata_for_region(region).national_prefix or ""
    forms = [
        digits,
        trunk + digits,
        f"+{code}{digits}",
        f"+{code} {digits}",
        f"+{code} (0){digits}",
        f"00{code}{digits}",
        code + digits,
        f"({trunk}{digits[:3]}) {digits[3:]}",
        f"011 {code} {digits}",
        f"{trunk} {digits}",
        f"tel:+{code}-{digits}",
        f"+{chance.choice(ABROAD)}{digits}",
        f"(+{code}) {trunk}{digits}",
    ]
    text = chance.choice(forms)
    if chance.random() < 0.05:
        text += f"{chance.choice(EXTENSIONS)}{chance.randint(1, 9999)}"
    return text


def noisy(text: str, chance: random.Random) -> str:
    """A text with characters lost, changed, doubled and added."""
    letters = list(text)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(letters) + 1)
        kind = chance.randrange(3)
        if kind == 0:
            letters.insert(place, chance.choice(NOISE))
        elif place < len(letters):
            letters[place : place + 1] = [] if kind == 1 else [chance.choice(NOISE)]
    return "".join(letters)


def _distinct(draw: Draw, count: int, seed: str) -> Iterator[str]:
    """``count`` distinct texts; fewer where a small country has no more to give."""
    chance = random.Random(f"crmclean phones {seed}")
    seen: set[str] = set()
    for _ in range(5 * count):
        if len(seen) == count:
            return
        text = draw(chance)
        if text not in seen:
            seen.add(text)
            yield text


def realistic(region: str, count: int) -> list[str]:
    """Numbers such as a file of the region holds: mobile and fixed lines above all, well written or not."""
    numbers = examples(region)

    def draw(chance: random.Random) -> str:
        number = chance.choice(numbers[:2] if chance.random() < 0.85 else numbers)
        return written(renumbered(number, chance), region, chance)

    return list(_distinct(draw, count, f"realistic {region}"))


def mixed(region: str, count: int) -> tuple[list[str], list[bool]]:
    """Realistic numbers, damaged ones and noise, and which of them are noise."""
    numbers = examples(region)
    noise: dict[str, bool] = {}

    def draw(chance: random.Random) -> str:
        number = chance.choice(numbers[:2] if chance.random() < 0.6 else numbers)
        roll = chance.random()
        digits = renumbered(number, chance) if roll < 0.65 else damaged(number, chance)
        text = written(digits, region, chance)
        noise[text] = roll > 0.9
        if roll > 0.9:
            text = noisy(text, chance)
            noise[text] = True
        return text

    texts = list(_distinct(draw, count, f"mixed {region}"))
    return texts, [noise[text] for text in texts]
