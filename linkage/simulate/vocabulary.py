"""A vocabulary as large and as uneven as a language's: stems and endings make words, sentence frames order them.

Words are drawn by rank, nearly as one over the rank (Zipf), so a few are everywhere and most are rare. A topic
has words of its own at the top. What is written in another language takes its words from another part of the bank.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from linkage.simulate.codes import F64, I64
from linkage.simulate.words import (
    BEGINNINGS,
    CITIES,
    ENDINGS,
    FORMS,
    FRAMES,
    KINDS,
    READERS,
    TOPICS,
    VERBS,
)

#: Words of each class (nouns, verbs, adjectives) in each language.
WORDS = 8_192
LANGUAGES = 4
#: Stock sentences that strangers write alike, drawn by rank.
STOCK = 3_072
#: Sentence frames: fixed words, and places for a noun, a verb, an adjective, a number or a name.
_SHAPES = (
    "Please V the A N and V the N .", "The N of the N should be A .", "When the N is A , V it before the N .",
    "I want to V a N that the N can V .", "Do not V the N unless the A N says so .", "Our N has # A N and no N .",
    "V each N into a N with # N .", "A N is A when its N and N V .", "Why does the A N V the N ?",
    "Use the N , then V the N and the A N .", "We V N for N in the A N .", "There is a N between the N and the N .",
    "If N V N , the N must V .", "My N told me to V the N by the N .", "Give the N , the N and the A N in that order .",
    "Nobody V the A N here , so V with care .", "After # N the N will V again .", "Keep N apart from N , and V both .",
    "It was A , but the N kept its N .", "Explain how a N can V without a N .", "In the A N , V only the N .",
    "This N needs a A N and some N .", "How many N does the A N V ?", "Let the N V until the N is A .",
    "The A A N V a N every # N .", "For the N : V , V and V .", "N , N and N count as A N .",
    "He V the N and she V the A N .", "Check that no N is A or A .", "Write it as N , not as A N .",
    "You V N for a living and know every A N .", "Between N and N , choose what is A .",
)  # fmt: skip
_FOREIGN = ("ol", "ir", "ash", "enda", "uk", "ey", "ova", "il")


@dataclass(frozen=True)
class Bank:
    """All pieces of text in one array; the first is empty, every word brings the space before it.

    `shapes` is sentence shapes x places: a piece, or -1 minus a word class (0 noun, 1 verb, 2 adjective, 3 number),
    0 where the sentence is over. `words` is the first word by language and class. `stock`, `slots` and
    `wrappers` are first pieces and counts, of slots one row a style.
    """

    pieces: pa.Array
    shapes: I64
    words: I64
    numbers: tuple[int, int]
    stock: tuple[int, int]
    slots: I64
    openings: tuple[int, int]
    closings: tuple[int, int]
    blanks: I64


@lru_cache(maxsize=1)
def bank() -> Bank:
    """The pieces that all texts of all worlds are made of."""
    rng = np.random.default_rng(20_260_630)
    pieces = [""]

    def add(texts: Sequence[str]) -> tuple[int, int]:
        first = len(pieces)
        pieces.extend(texts)
        return first, len(texts)

    words = np.array(
        [[add(_words(rng, c, foreign=language > 0))[0] for c in range(3)] for language in range(LANGUAGES)]
    )
    numbers = add([f" {n}" for n in (*range(2, 100), *range(100, 5_000, 25))])
    stock = add(_stock(rng))
    shapes = _shapes(add)
    slots = np.array([add(style) for style in _slots(rng)], dtype=np.int64)
    openings = add([f" {kind} note for {reader}:" for kind in KINDS for reader in READERS])
    closings = add([f" End of the {kind} part, answer in {form}." for kind in KINDS for form in FORMS])
    first, count = add([" ", "\n", "\n\n", "\t", "  \n"])
    return Bank(
        pieces=pa.array(pieces),
        shapes=shapes,
        words=words.astype(np.int64),
        numbers=numbers,
        stock=stock,
        slots=slots,
        openings=openings,
        closings=closings,
        blanks=np.arange(first, first + count, dtype=np.int64),
    )


def zipf(count: int, draws: F64) -> I64:
    """Ranks in [0, count), nearly as one over the rank."""
    return np.asarray(np.minimum(np.exp(draws * np.log(count + 1.0)), count) - 1, dtype=np.int64)


def _words(rng: np.random.Generator, kind: int, *, foreign: bool) -> list[str]:
    """Distinct words of one class; the first are those that everybody knows."""
    known = ([word for nouns in TOPICS.values() for word in nouns], VERBS, KINDS)[kind]
    endings = (
        _FOREIGN
        if foreign
        else (
            ("", "er", "ing", "ment", "ity", "ion", "age", "ist"),
            ("", "ise", "ate", "en", "ify", "s", "ed", "el"),
            ("", "al", "ous", "ive", "able", "ic", "ish", "ern"),
        )[kind]
    )
    starts = ("", "re", "un", "over", "inter", "sub", "co", "out", "fore", "micro", "trans", "pre")
    found = {} if foreign else dict.fromkeys(known)
    while len(found) < WORDS:
        a, b, c, d, e = rng.integers(0, 1 << 30, 5).tolist()
        stem = BEGINNINGS[a % len(BEGINNINGS)] + (BEGINNINGS[b % len(BEGINNINGS)] if b % 3 else "")
        tail = ENDINGS[c % len(ENDINGS)] if c % 2 else ""
        start = starts[d % len(starts)] if d % 5 == 0 else ""
        found[start + stem + tail + endings[e % len(endings)]] = None
    return [f" {word}" for word in found]


def _pick(words: Sequence[str], draw: int) -> str:
    return words[draw % len(words)]


def _stock(rng: np.random.Generator) -> list[str]:
    """Sentences that many write alike: requests for a common thing in a common form."""
    topics = list(TOPICS.values())
    found = []
    for draw in rng.integers(0, 1 << 30, (STOCK, 9)).tolist():
        nouns, verb = topics[draw[8] % len(topics)], _pick(VERBS, draw[1])
        found.append(
            (" " + _pick(FRAMES, draw[0]).strip()).format(
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


def _shapes(add: Callable[[Sequence[str]], tuple[int, int]]) -> I64:
    """The table of sentence shapes, its fixed words added to the bank."""
    classes = {"N": -1, "V": -2, "A": -3, "#": -4}
    literal = sorted({word for shape in _SHAPES for word in shape.split()} - set(classes))
    first, _ = add([word if word in ".,:?" else f" {word}" for word in literal])
    longest = max(len(shape.split()) for shape in _SHAPES)
    table = np.zeros((len(_SHAPES), longest), dtype=np.int64)
    for row, shape in enumerate(_SHAPES):
        for place, word in enumerate(shape.split()):
            table[row, place] = classes.get(word) or first + literal.index(word)
    return table


def _slots(rng: np.random.Generator) -> list[list[str]]:
    """Fillings by style: names, numbers, places and dates."""
    some = rng.integers(0, 1 << 30, (6_000, 4)).tolist()
    first = [_pick(BEGINNINGS, a) + _pick(ENDINGS, b) for a, b, _, _ in some]
    last = [_pick(BEGINNINGS, c) + _pick(BEGINNINGS, d) + _pick(ENDINGS, a) for a, _, c, d in some]
    return [
        [f" Name: {a.capitalize()} {b.capitalize()}." for a, b in zip(first, last, strict=True)],
        [f" Reference {a % 900_000 + 100_000}, amount {b % 9_000 / 10:.2f}." for a, b, _, _ in some],
        [f" Place {_pick(CITIES, a)}, 2026-{b % 6 + 1:02d}-{c % 28 + 1:02d}." for a, b, c, _ in some],
    ]
