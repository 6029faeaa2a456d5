"""Card numbers: what must never be stored."""

from __future__ import annotations

import re
import unicodedata

# The longest way to write 19 digits, separators and surroundings included; anything longer is no card number.
_LONGEST = 80
_SEPARATORS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff._·/-]+")
# 2-6: airlines to banks and merchandising, where every payment brand lies (major industry identifier).
_DIGITS = re.compile(r"[2-6][0-9]{12,18}")
_WRAPPING = "\"'`()[]{}<>#*:;, "

REASON = "passes for a card number"


def luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = ord(digit) - 48
        if place % 2:
            number = number * 2 - 9 * (number > 4)
        total += number
    return total % 10 == 0


def passes_for_card(value: str) -> bool:
    """Whether the whole value reads as a card number: 13-19 digits, however grouped, check digit valid."""
    if len(value) > _LONGEST:
        value = value.strip()
        if len(value) > _LONGEST:
            return False
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value)).strip(_WRAPPING)
    return _DIGITS.fullmatch(text) is not None and luhn(text)


def refuse_card(value: str) -> str | None:
    """The reason why the value must not be stored, or None."""
    return REASON if passes_for_card(value) else None
