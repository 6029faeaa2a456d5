from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.templates.canonical import canonicalise, cut
from linkage.templates.params import TemplateParams
from linkage.templates.shingles import shingle


def canonical(text: str) -> str:
    return str(canonicalise(pa.array([text]))[0].as_py())


def shingles(text: str) -> set[int]:
    return set(shingle(pa.array([text]), TemplateParams()).values.tolist())


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_canonical_form_is_final(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(any_text, max_size=8))
def test_any_text_has_distinct_shingles(texts: list[str]) -> None:
    found = shingle(pa.array(texts, pa.string()), TemplateParams())
    assert len(found.offsets) == len(texts) + 1
    for start, end in zip(found.offsets[:-1], found.offsets[1:], strict=True):
        part = found.values[start:end]
        assert len(np.unique(part)) == len(part)
        assert (part != 0).all()


@settings(max_examples=200, deadline=None)
@given(any_text)
def test_a_text_reads_the_same_alone_and_in_a_batch(text: str) -> None:
    batch = shingle(pa.array(["Some other text here", text, "É"]), TemplateParams())
    assert set(batch.values[batch.offsets[1] : batch.offsets[2]].tolist()) == shingles(text)


@pytest.mark.parametrize(
    "variant",
    [
        'Rate this review:  "good"',
        "rate this\treview: 'good'",
        "RATE THIS REVIEW: “good”",
        "Ra\u200bte th\u00adis re\ufeffview: good",
        "Ｒate this review： «good»",
        "\n\n  Rate this review: good \r\n",
        "Rate\x00this\u00a0review: good",
    ],
)
def test_what_mutation_leaves_alone(variant: str) -> None:
    assert shingles(variant) == shingles("Rate this review: good")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("call 555 today please", "call 1,234.50 today please"),
        ("see https://a.example/x?y=1 for more", "see http://b.example for more"),
        ("write to ann@a.example about it", "write to bob.b@c.example about it"),
        ("token deadbeef12 is set here", "token cafe0099 is set here"),
        (f"key {'x' * 50} is set here", f"key {'y' * 64} is set here"),
    ],
)
def test_slots_are_masked(one: str, other: str) -> None:
    assert shingles(one) == shingles(other)


def test_words_and_line_breaks_matter() -> None:
    assert shingles("rate this review now") != shingles("rate this movie now")
    assert shingles("rate this review now") != shingles("rate this\nreview now")


def test_a_long_text_costs_its_edges() -> None:
    text = "Summarise the following:\n" + "ü" * 1_000_000 + "\nIn one line."
    short = cut(pa.array([text, "kept", None]), 100, 50)
    assert len(short[0].as_py().encode()) <= 151
    assert short[0].as_py().startswith("Summarise") and short[0].as_py().endswith("one line.")
    assert short[1].as_py() == "kept"
    assert len(shingles(text)) < 5000


def test_nothing_in_nothing_out() -> None:
    assert shingles("") == shingles(" \n\t") == set()
    assert len(shingle(pa.array([], pa.string()), TemplateParams()).offsets) == 1


def test_scripts_without_spaces_go_by_character() -> None:
    one, other = (
        shingles("请将以下句子翻译成英文：今天天气很好"),
        shingles("请将以下句子翻译成英文：我喜欢读书"),
    )
    assert len(one & other) >= 6
    assert len(shingles("ช่วยแปลประโยคนี้เป็นภาษาอังกฤษ")) > 5
