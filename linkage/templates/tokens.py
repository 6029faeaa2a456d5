"""Tokens of one canonical text, as 64-bit hashes.

A token is a word, a punctuation mark, a line break, one character of a script without spaces, or a mask for a
slot that can be told by its looks: a number, an address (URL, e-mail), a long hash. Quoted strings are not
masked: templates quote constants ("duplicates" or "not duplicates"), and quoted rows give themselves away by
not repeating.
"""

from __future__ import annotations

import numpy as np

from linkage.templates.characters import BREAK, GLYPH, LETTER, SKIP, SPACE, kind_of, width_of
from linkage.templates.compiled import Bytes, Hashes, compiled, inlined, mix, signed

LONGEST_WORD = 40
"""Bytes above which a word is taken for a hash or an encoded value."""

# Masks are small even numbers; hashed tokens have bit 4 set, so that the two never meet, and bit 0 on glyphs.
START, END, LINE_BREAK, NUMBER, ADDRESS, LONG = (np.uint64(2 * n) for n in (1, 2, 3, 4, 5, 6))
HASHED = np.uint64(16)
ONE = np.uint64(1)

_BASIS = np.uint64(0xCBF29CE484222325)  # FNV-1a, 64 bits (Fowler, Noll, Vo)
_PRIME = np.uint64(0x100000001B3)
_NINE, _UPPER_Z, _LOWER = np.uint8(57), np.uint8(90), np.uint8(32)
_DOT, _COMMA, _AT, _COLON, _SLASH = 46, 44, 64, 58, 47


@compiled
def _is_digit(byte: int) -> bool:
    return 48 <= byte <= 57


@inlined
def _read(data: Bytes, position: int, end: int, kinds: Bytes) -> tuple[int, int, int]:
    """Kind, bytes and code point of the character at `position`, ASCII letters lowered."""
    byte = signed(data[position])
    if byte < 128:
        kind = signed(kinds[byte])
        return kind, 1, byte + 32 if 65 <= byte <= 90 else byte
    width, code = width_of(data, position, end)
    return kind_of(code), width, code


@inlined
def _starts_address(data: Bytes, position: int, end: int) -> bool:
    """Whether the word that ended here goes on as `@host` or `://host`."""
    if position + 1 < end and data[position] == _AT:
        return bool(data[position + 1] > 32)
    return (
        position + 2 < end
        and data[position] == _COLON
        and data[position + 1] == _SLASH
        and data[position + 2] == _SLASH
    )


@inlined
def _address_end(data: Bytes, position: int, end: int) -> int:
    """The next white space, quote or bracket."""
    while position < end and data[position] > 32 and data[position] not in (34, 41, 60, 62, 93):
        position += 1
    return position


@inlined
def _word(data: Bytes, position: int, end: int, kinds: Bytes) -> tuple[np.uint64, int]:
    """Token of the word at `position`, and where it ends."""
    value = _BASIS
    start, digits = position, False
    while position < end:
        byte = data[position]
        if byte < 128 and kinds[byte] == LETTER:  # by far the most
            if byte <= _NINE:
                digits = True
            elif byte <= _UPPER_Z:
                byte |= _LOWER
            value = (value ^ np.uint64(byte)) * _PRIME
            position += 1
            continue
        kind, width, code = _read(data, position, end, kinds)
        if kind == LETTER:
            value = (value ^ np.uint64(code)) * _PRIME
        elif kind != SKIP:
            # "3.14" and "1,000" are one number.
            inner = digits and code in (_DOT, _COMMA) and position + 1 < end
            if not (inner and _is_digit(data[position - 1]) and _is_digit(data[position + 1])):
                break
        position += width
    if _starts_address(data, position, end):
        return ADDRESS, _address_end(data, position, end)
    if digits:
        return NUMBER, position
    if position - start > LONGEST_WORD:
        return LONG, position
    return (mix(value) << ONE) | HASHED, position


@compiled
def tokenise(data: Bytes, start: int, end: int, kinds: Bytes, tokens: Hashes) -> int:
    """Write the tokens of `data[start:end]` between START and END; returns their number.

    `tokens` has room for `end - start + 2`. Repeats of a mark or a mask count once ("###", "1 2 3"), words
    may repeat. Line breaks at the edges are dropped.
    """
    tokens[0] = START
    count = glued = 1
    position = start
    while position < end:
        kind, width, code = _read(data, position, end, kinds)
        if kind == LETTER:
            token, position = _word(data, position, end, kinds)
            once = bool(token < HASHED)
            if token == ADDRESS:  # with what stands before its "@" or ":": "first.last", "git+"
                count = glued
        else:
            position += width
            if kind == SPACE:
                glued = count
            if kind in (SKIP, SPACE):
                continue
            if kind == BREAK:
                if count == 1:
                    continue
                token = LINE_BREAK
            elif kind == GLYPH:
                token = (mix(np.uint64(code)) << ONE) | HASHED | ONE
            else:
                token = (mix(np.uint64(code)) << ONE) | HASHED
            once = kind != GLYPH
        if once and token == tokens[count - 1]:
            continue
        tokens[count] = token
        count += 1
        if token == LINE_BREAK:
            glued = count
    if tokens[count - 1] == LINE_BREAK:
        count -= 1
    tokens[count] = END
    return count + 1
