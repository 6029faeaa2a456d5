"""Prompts: sentences that a template fixes, slots that each use of it fills, and what mutation does to them.

Everything is worked out per sentence from hashes: of the template where the text is fixed, of the row where the
user writes. So a text needs no memory, and the same template reads the same wherever it is used.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.simulate.codes import F64, I64, U64, Bools, Salt, fold, mix
from linkage.simulate.vocabulary import LANGUAGES, WORDS, Bank, bank, zipf

#: Longest text in sentences, before wrapping; lengths are log-normal.
_LONGEST = 24
_BATCH = 32_768
_STEP = np.uint64(0x9E3779B97F4A7C15)
#: Share of sentences that are stock, of sentences in a template that its user writes, and of words that a
#: paraphrase replaces.
_STOCK, _SLOT, _REPLACED = 0.22, 0.3, 0.25
#: Share of words that come from the topic's own top, not the language's.
_TOPICAL = 0.6
_TOPICS = 997
_WHITESPACE, _PARAPHRASE, _WRAPPER, _LANGUAGE = 1, 2, 3, 4


@dataclass(frozen=True)
class Sentences:
    """Sentences text after text: the text's row, the hash that its words come from, and what it is.

    `own` sentences are the user's, `stock` ones everybody's. `variant` is the whole variant number of the text.
    """

    row: I64
    place: I64
    hash: U64
    topic: U64
    own: Bools
    stock: Bools
    variant: I64


def prompts(templates: I64, rows: U64, authors: I64 | None = None) -> pa.ChunkedArray:
    """One prompt for each template code (0: a text of the row's own), its slots filled by the row's hash.

    The lowest byte of a template is its variant: a mutation in its lowest three bits (see `operators.MUTATIONS`)
    and a number above them. `authors` (one each) fix what free texts are about; as many topics as rows if None.
    """
    who = rows if authors is None else authors.astype(np.uint64)
    batches = range(0, max(1, len(templates)), _BATCH)
    return pa.chunked_array(
        [_texts(templates[i : i + _BATCH], rows[i : i + _BATCH], who[i : i + _BATCH]) for i in batches],
        pa.string(),
    )


def system_prompts(numbers: I64) -> pa.Array:
    """One system prompt a number: a template without slots."""
    base = fold(0, Salt.SYSTEM, numbers) if len(numbers) else np.empty(0, dtype=np.uint64)
    found = _sentences(base, base, base, np.zeros(len(numbers), dtype=np.int64), slots=False)
    return _joined(bank(), found, base, len(numbers), filled=False)


def _texts(templates: I64, rows: U64, authors: U64) -> pa.Array:
    free = templates == 0
    base = np.where(free, mix(rows), (templates >> 8).astype(np.uint64))
    topic = np.where(free, mix(authors), base)
    found = _sentences(base, rows, topic, templates & 255, slots=True)
    return _joined(bank(), found, rows, len(templates), filled=True)


def _share(hashes: U64, salt: int) -> F64:
    """A number in [0, 1) from each hash."""
    return (mix(hashes ^ np.uint64(salt * 0x51ED)) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _sentences(base: U64, rows: U64, topic: U64, variant: I64, *, slots: bool) -> Sentences:
    """The sentences of each text, in order."""
    width = _share(base, 1) + _share(base, 2) + _share(base, 3) - 1.5
    count = np.clip(np.exp(1.45 + 1.1 * width), 2, _LONGEST).astype(np.int64)
    row = np.repeat(np.arange(len(base)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    fixed = mix(base[row] + (place + 1).astype(np.uint64) * _STEP)
    own = (_share(fixed, 4) < _SLOT) & (place > 0) if slots else np.zeros(len(row), dtype=bool)
    # A template without any slot would be one text; its last sentence is the user's.
    own |= (place == count[row] - 1) & slots
    written = np.where(own, mix(rows[row] + (place + 1).astype(np.uint64) * _STEP), fixed)
    native = variant[row] & 7 != _LANGUAGE
    stock = (_share(written, 5) < np.where(place == 0, 2 * _STOCK, _STOCK)) & ~own & native
    return Sentences(row, place, written, topic[row], own, stock, variant[row])


def _joined(source: Bank, found: Sentences, rows: U64, texts: int, *, filled: bool) -> pa.Array:
    """The texts of the sentences: words, then what fills the slot behind a sentence, one string a text."""
    words, row, order = _words(source, found)
    stocked = np.flatnonzero(found.stock)
    hashes, variant = found.hash[stocked], found.variant[stocked].astype(np.uint64)
    # A paraphrase says some stock sentences in another way, which is another stock sentence.
    other = (variant & np.uint64(7) == _PARAPHRASE) & (_share(hashes + variant, 7) < 2 * _REPLACED)
    rank = zipf(source.stock[1], _share(np.where(other, mix(hashes + variant), hashes), 6))
    parts = [(words, row, order), (source.stock[0] + rank, found.row[stocked], found.place[stocked] * 64)]
    if filled:
        parts += [_fillings(source, found, rows), *_wrapping(source, found, texts)]
    pieces, text, key = (
        np.concatenate([np.asarray(part[i], dtype=np.int64) for part in parts]) for i in range(3)
    )
    # Sorting by text and place in it sets the parts end to end.
    sorted_ = np.argsort(text * 4_096 + key, kind="stable")
    return _cut(source.pieces, pieces[sorted_], np.bincount(text, minlength=texts))


def _words(source: Bank, found: Sentences) -> tuple[I64, I64, I64]:
    """Pieces of all sentences that are not stock: the piece, its text, its place in the text."""
    chosen = np.flatnonzero(~found.stock)
    hashes, variant = found.hash[chosen], found.variant[chosen]
    # A paraphrase keeps most of a template's sentences and puts the others into another shape.
    mutation = np.where(found.own[chosen], 0, variant & 7)
    moved = (mutation == _PARAPHRASE) & (_share(hashes + variant.astype(np.uint64), 7) < _REPLACED)
    shape = (_share(hashes + np.where(moved, variant, 0).astype(np.uint64), 8) * len(source.shapes)).astype(
        np.int64
    )
    table = source.shapes[shape]
    sentence, place = np.nonzero(table)
    piece = table[sentence, place]
    slot = np.flatnonzero(piece < 0)
    kind, at = -1 - piece[slot], sentence[slot]
    key = mix(hashes[at] + (place[slot] + 1).astype(np.uint64) * _STEP)
    replaced = (mutation[at] == _PARAPHRASE) & (_share(key + variant[at].astype(np.uint64), 9) < _REPLACED)
    key = np.where(replaced, mix(key + variant[at].astype(np.uint64)), key)
    foreign = variant[at] & 7 == _LANGUAGE
    language = np.where(foreign, 1 + (variant[at] >> 3) % (LANGUAGES - 1), 0)
    piece[slot] = _drawn(source, key, kind, language, found.topic[chosen][at])
    gap = _share(hashes[sentence] + place.astype(np.uint64), 10) < 0.2
    space = np.flatnonzero((mutation[sentence] == _WHITESPACE) & gap)
    text, order = found.row[chosen][sentence], found.place[chosen][sentence] * 64 + place
    blank = source.blanks[(variant[sentence[space]] >> 3) % len(source.blanks)]
    return (
        np.concatenate([piece, blank]),
        np.concatenate([text, text[space]]),
        np.concatenate([order, order[space]]),
    )


def _drawn(source: Bank, key: U64, kind: I64, language: I64, topic: U64) -> I64:
    """The word of each place: by rank in the language, or in the topic's own order of its words."""
    rank = zipf(WORDS, (key >> np.uint64(11)).astype(np.float64) / float(1 << 53))
    turn = ((topic % np.uint64(_TOPICS)) * np.uint64(131)).astype(np.int64)
    topical = (key & np.uint64(1023)).astype(np.int64) < int(_TOPICAL * 1024)
    rank = np.where(topical, (rank * 5 + turn * 8 + 64) % WORDS, rank)
    word = source.words[language, np.minimum(kind, 2)] + rank
    number = source.numbers[0] + (key % np.uint64(source.numbers[1])).astype(np.int64)
    return np.where(kind == 3, number, word)


def _fillings(source: Bank, found: Sentences, rows: U64) -> tuple[I64, I64, I64]:
    """Names, references, places and dates behind a third of a template's fixed sentences, new in each use."""
    chosen = np.flatnonzero(~found.own & (_share(found.hash, 11) < 0.3))
    style = (_share(found.hash[chosen], 12) * len(source.slots)).astype(np.int64)
    drawn = _share(rows[found.row[chosen]] + found.place[chosen].astype(np.uint64) * _STEP, 13)
    piece = source.slots[style, 0] + (drawn * source.slots[style, 1]).astype(np.int64)
    return piece, found.row[chosen], found.place[chosen] * 64 + 63


def _wrapping(source: Bank, found: Sentences, texts: int) -> list[tuple[I64, I64, I64]]:
    """An opening and a closing around texts whose variant is wrapped, the same for one variant."""
    variant = np.zeros(texts, dtype=np.int64)
    variant[found.row] = found.variant
    wrapped = np.flatnonzero((variant & 7) == _WRAPPER)
    choice = mix((variant[wrapped] * 7_919).astype(np.uint64))
    first, count = source.openings
    opening = first + (choice % np.uint64(count)).astype(np.int64)
    first, count = source.closings
    closing = first + (choice % np.uint64(count)).astype(np.int64)
    return [(opening, wrapped, np.full(len(wrapped), -1)), (closing, wrapped, np.full(len(wrapped), 4_000))]


def _cut(pieces: pa.Array, chosen: I64, counts: I64) -> pa.Array:
    """Pieces end to end, cut into one string a text (`counts` pieces each)."""
    flat = pieces.take(pa.array(chosen))
    edges = np.concatenate([[0], np.cumsum(counts)])
    offsets = np.frombuffer(flat.buffers()[1], dtype=np.int32)[: len(chosen) + 1][edges]
    data = flat.buffers()[2] or pa.py_buffer(b"")
    whole = pa.Array.from_buffers(pa.string(), len(counts), [None, pa.py_buffer(offsets.copy()), data])
    return pc.utf8_ltrim_whitespace(whole)
