"""Simulated prompts read like real ones: many rare words, families with slots, mutations that change a part."""

from collections import Counter

import numpy as np
import pytest

from linkage.simulate.codes import Salt, code
from linkage.simulate.operators import MUTATIONS
from linkage.simulate.texts import prompts, system_prompts

TEXTS = 600


def ids(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def rows(count: int, first: int = 0) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.uint64)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def overlap(first: list[str], second: list[str]) -> np.ndarray:
    """Shared shingles of the texts pair by pair, as a share of the shorter one's."""
    pairs = [(shingles(a), shingles(b)) for a, b in zip(first, second, strict=True)]
    return np.array([len(a & b) / min(len(a), len(b)) for a, b in pairs])


@pytest.fixture(scope="module")
def templates() -> np.ndarray:
    return code(1, Salt.TEMPLATE, np.arange(TEXTS))


@pytest.fixture(scope="module")
def texts(templates: np.ndarray) -> list[str]:
    return prompts(templates, rows(TEXTS)).to_pylist()


def test_texts_are_settled_by_template_and_row(templates: np.ndarray, texts: list[str]) -> None:
    assert prompts(templates, rows(TEXTS)).to_pylist() == texts
    # Whatever stands beside it, and in whichever batch.
    assert prompts(templates[7:9], rows(2, 7)).to_pylist() == texts[7:9]


def test_templates_have_little_in_common(texts: list[str]) -> None:
    apart = overlap(texts[: TEXTS // 2], texts[TEXTS // 2 :])
    assert apart.mean() < 0.03
    assert np.quantile(apart, 0.9) < 0.1
    # But not nothing: some sentences are everybody's.
    assert apart.max() > 0.1


def test_uses_of_one_template_share_its_text_and_differ_in_slots(
    templates: np.ndarray, texts: list[str]
) -> None:
    again = prompts(templates, rows(TEXTS, 10_000)).to_pylist()
    assert all(a != b for a, b in zip(texts, again, strict=True))
    assert np.median(overlap(texts, again)) > 0.4


@pytest.mark.parametrize(
    ("mutation", "low", "high"), [(1, 0.95, 1.0), (2, 0.2, 0.9), (3, 0.95, 1.0), (4, 0.0, 0.4)]
)
def test_mutations_change_what_they_should(
    templates: np.ndarray, texts: list[str], mutation: int, low: float, high: float
) -> None:
    assert MUTATIONS[mutation] in ("whitespace", "paraphrase", "wrapper", "language")
    mutated = prompts(templates + mutation + 8, rows(TEXTS)).to_pylist()
    # With the same row the slots are filled alike: what differs is the mutation.
    assert low <= overlap(texts, mutated).mean() <= high
    assert sum(a != b for a, b in zip(texts, mutated, strict=True)) > 0.7 * TEXTS


def test_free_texts_are_each_their_own_and_stay_with_their_authors_topic() -> None:
    none = np.zeros(400, dtype=np.int64)
    one = prompts(none, rows(400), np.full(400, 3)).to_pylist()
    many = prompts(none, rows(400, 1_000), np.arange(400)).to_pylist()
    assert len(set(one)) == 400
    assert overlap(one[:200], one[200:]).mean() < 0.03

    def words(texts: list[str]) -> int:
        return len({word for text in texts for word in text.lower().split()})

    assert words(one) < words(many)


def test_words_are_many_and_heavy_tailed(texts: list[str]) -> None:
    count = Counter(word.strip(".,:?").lower() for text in texts for word in text.split())
    uses = np.sort(np.array(list(count.values())))[::-1]
    assert len(uses) > 3_000
    assert uses[:100].sum() > 0.4 * uses.sum()
    assert (uses == 1).mean() > 0.3


def test_lengths_are_heavy_tailed() -> None:
    lengths = np.array(
        [len(text) for text in prompts(np.zeros(3_000, dtype=np.int64), rows(3_000)).to_pylist()]
    )
    assert 150 < np.median(lengths) < 450
    assert np.quantile(lengths, 0.99) > 2.5 * np.median(lengths)


def test_system_prompts_have_no_slots() -> None:
    assert system_prompts(ids(5, 6, 5)).to_pylist()[0] == system_prompts(ids(5)).to_pylist()[0]
    assert len(set(system_prompts(np.arange(50)).to_pylist())) == 50
    assert system_prompts(ids()).to_pylist() == []
