"""Prompts and system prompts: sentences that a template fixes, and slots that each use of it fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from linkage.simulate.codes import I64, U64, Salt, fold, join_pieces, mix
from linkage.simulate.words import BEGINNINGS, CITIES, ENDINGS, FORMS, FRAMES, KINDS, READERS, TOPICS, VERBS

_LONGEST = 6
_BATCH = 65_536
_SENTENCES_A_TOPIC = 3_072


@dataclass(frozen=True)
class Bank:
    """All pieces of text in one array; the first is empty. `slots`: first piece and count of each style."""

    pieces: pa.Array
    slots: I64


def _pick(words: Sequence[str], draw: int) -> str:
    return words[draw % len(words)]


def _sentences(rng: np.random.Generator) -> list[str]:
    found = []
    for nouns in TOPICS.values():
        for draw in rng.integers(0, 1 << 30, (_SENTENCES_A_TOPIC, 8)).tolist():
            verb = _pick(VERBS, draw[1])
            found.append(
                _pick(FRAMES, draw[0]).format(
                    verb=verb,
                    Verb=verb.capitalize(),
                    verb2=_pick(VERBS, draw[2]),
                    noun=_pick(nouns, draw[3]),
                    noun2=_pick(nouns, draw[4]),
                    kind=_pick(KINDS, draw[5]),
                    reader=_pick(READERS, draw[6]),
                    form=_pick(FORMS, draw[7]),
                    number=2 + draw[7] % 19,
                )
            )
    return found


def _slots(sentences: list[str], rng: np.random.Generator) -> list[list[str]]:
    """Fillings by style: nothing twice, then names, numbers, places and dates, quoted matter."""
    some = rng.integers(0, 1 << 30, (6_000, 4)).tolist()
    first = [_pick(BEGINNINGS, a) + _pick(ENDINGS, b) for a, b, _, _ in some]
    last = [_pick(BEGINNINGS, c) + _pick(BEGINNINGS, d) + _pick(ENDINGS, a) for a, _, c, d in some]
    names = [f"Name: {a.capitalize()} {b.capitalize()}. " for a, b in zip(first, last, strict=True)]
    numbers = [f"Reference {a % 900_000 + 100_000}, amount {b % 9_000 / 10:.2f}. " for a, b, _, _ in some]
    places = [f"Place {_pick(CITIES, a)}, 2026-{b % 6 + 1:02d}-{c % 28 + 1:02d}. " for a, b, c, _ in some]
    texts = [
        f'"{sentences[a % len(sentences)]}{sentences[b % len(sentences)].strip()}" ' for a, b, _, _ in some
    ]
    return [[""], [""], names, numbers, places, texts]


@lru_cache(maxsize=1)
def bank() -> Bank:
    """The pieces that all texts of all worlds are made of."""
    rng = np.random.default_rng(20_260_630)
    sentences = _sentences(rng)
    styles = _slots(sentences, rng)
    sizes = np.array([len(style) for style in styles], dtype=np.int64)
    first = 1 + len(sentences) + np.cumsum(sizes) - sizes
    pieces = ["", *sentences, *(text for style in styles for text in style)]
    return Bank(pa.array(pieces), np.stack([first, sizes]))


def prompts(templates: I64, rows: U64) -> pa.ChunkedArray:
    """One prompt for each template code (0: a text of the row's own), its slots filled by the row's hash."""
    batches = range(0, max(1, len(templates)), _BATCH)
    return pa.chunked_array([_prompts(templates[i : i + _BATCH], rows[i : i + _BATCH]) for i in batches])


def _prompts(templates: I64, rows: U64) -> pa.Array:
    source, place = bank(), np.arange(_LONGEST)
    base = np.where(templates == 0, mix(rows), (templates >> 8).astype(np.uint64))
    count = 3 + (fold(0, Salt.SENTENCE, base, 101) % np.uint64(_LONGEST - 2)).astype(np.int64)
    pieces = np.zeros((len(templates), _LONGEST, 2), dtype=np.int64)
    pieces[:, :, 0] = _sentence_places(base, templates & 255, count)
    style = (fold(0, Salt.SLOT, base[:, None], place) % np.uint64(6)).astype(np.int64)
    # A template without any slot would be one text; the last sentence always takes one.
    style = np.where(place == count[:, None] - 1, 2 + style % 4, style)
    filling = fold(0, Salt.SLOT, rows[:, None], place, 7) % source.slots[1][style].astype(np.uint64)
    pieces[:, :, 1] = source.slots[0][style] + filling.astype(np.int64)
    pieces[place >= count[:, None]] = 0
    return join_pieces(source.pieces, pieces.reshape(len(templates), 2 * _LONGEST))


def _sentence_places(base: U64, variant: I64, count: I64) -> I64:
    """Sentence of each position: fixed by the template, but for the one that a variant words differently."""
    place = np.arange(_LONGEST)
    topic = (fold(0, Salt.SENTENCE, base, 102) % np.uint64(len(TOPICS))).astype(np.int64)
    worded = np.where(place == (variant % count)[:, None], variant[:, None], 0)
    drawn = fold(0, Salt.SENTENCE, base[:, None], place, worded) % np.uint64(_SENTENCES_A_TOPIC)
    return 1 + topic[:, None] * _SENTENCES_A_TOPIC + drawn.astype(np.int64)


def system_prompts(numbers: I64) -> pa.Array:
    """One system prompt a number: four sentences, no slots."""
    place = np.arange(4)
    base = fold(0, Salt.SYSTEM, numbers)
    pieces = _sentence_places(base, np.zeros(len(numbers), dtype=np.int64), np.full(len(numbers), 4))
    return join_pieces(bank().pieces, pieces[:, place])
