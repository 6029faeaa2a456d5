"""What kind of character a code point is, as far as tokens need to know."""

from __future__ import annotations

import numpy as np

from linkage.templates.compiled import Bytes, compiled, inlined, signed

SKIP = 0
"""Ignored, even inside a word: quotes (attackers swap them) and invisible characters."""
SPACE = 1
BREAK = 2
MARK = 3
"""Punctuation and symbols: a token each."""
LETTER = 4
"""Letters and digits: part of a word."""
GLYPH = 5
"""A character of a script without spaces between words: a token each."""


def ascii_kinds() -> Bytes:
    """Kind of each of the 128 ASCII characters; NUL and other controls read as spaces."""
    kinds = np.full(128, MARK, dtype=np.uint8)
    kinds[:33] = SPACE
    kinds[127] = SPACE
    for code in (10, 13):
        kinds[code] = BREAK
    for character in "\"'`":
        kinds[ord(character)] = SKIP
    for code in range(128):
        if chr(code).isalnum() or chr(code) == "_":
            kinds[code] = LETTER
    return kinds


@inlined
def width_of(data: Bytes, position: int, end: int) -> tuple[int, int]:
    """Bytes and code point of the UTF-8 character at `position`; a damaged one reads as one byte."""
    lead = signed(data[position])
    if lead >= 0xF0:
        width, code = 4, lead & 0x07
    elif lead >= 0xE0:
        width, code = 3, lead & 0x0F
    elif lead >= 0xC0:
        width, code = 2, lead & 0x1F
    else:
        return 1, lead
    if position + width > end:
        return 1, lead
    for i in range(1, width):
        code = (code << 6) | (signed(data[position + i]) & 0x3F)
    return width, code


@compiled
def _is_skipped(code: int) -> bool:
    """Quotes, primes, joiners, directional marks and variation selectors."""
    return (
        0x2018 <= code <= 0x201F
        or 0x2032 <= code <= 0x2037
        or code in (0xAB, 0xB4, 0xBB, 0x2039, 0x203A)
        or 0x300C <= code <= 0x300F
        or 0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE01EF
        or code in (0xAD, 0x61C, 0x180E, 0xFEFF)
    )


@compiled
def kind_of(code: int) -> int:
    """Kind of a code point above ASCII, by Unicode block."""
    if _is_skipped(code):
        return SKIP
    if code == 0x85 or code == 0x2028 or code == 0x2029:
        return BREAK
    if code <= 0xA0 or code == 0x1680 or 0x2000 <= code <= 0x200A or code in (0x202F, 0x205F, 0x3000):
        return SPACE
    if code <= 0xBF and code not in (0xAA, 0xB5, 0xBA):
        return MARK
    if (
        code in (0xD7, 0xF7)
        or 0x2010 <= code <= 0x2BFF
        or 0x3001 <= code <= 0x3020
        or 0xFF00 <= code <= 0xFF0F
    ):
        return MARK
    if (
        0x0E00 <= code <= 0x0FFF  # Thai, Lao, Tibetan
        or 0x1000 <= code <= 0x109F  # Myanmar
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x3021 <= code <= 0x312F  # kana, bopomofo
        or 0x31A0 <= code <= 0x9FFF  # CJK, Yi follows
        or 0xF900 <= code <= 0xFAFF
        or 0x1F000 <= code <= 0x1FAFF  # pictographs
        or 0x20000 <= code <= 0x3FFFF
    ):
        return GLYPH
    return LETTER
