"""What every kind promises: never raise, be idempotent, give text that can be stored."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage.identifiers.base import Kind
from linkage.identifiers.cards import passes_for_card
from linkage.identifiers.registry import KINDS, resolve
from linkage.identifiers.text import mask, settled

from .shapes import EXAMPLES, values

ALL = [*KINDS.values(), resolve("wallet"), resolve("gift_card")]


def check(kind: Kind, value: str) -> None:
    key = kind.clean(value)
    kind.refuse(value)
    if key is None:
        return
    assert key, kind.name
    assert kind.clean(key) == key, (kind.name, value)
    assert len(key) <= 1024
    assert "\0" not in key
    key.encode("utf-8")
    assert kind.refuse(key) is None, kind.name
    assert isinstance(kind.caption(key), str)


@given(values)
@settings(max_examples=1000, deadline=None)
@example("\ud800")
@example("\x00")
def test_clean_keeps_its_promises(value: str) -> None:
    for kind in ALL:
        check(kind, value)


@pytest.mark.parametrize("value", EXAMPLES)
def test_clean_on_examples(value: str) -> None:
    for kind in ALL:
        check(kind, value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 1_000_000,
        "4" * 1_000_000,
        "." * 1_000_000,
        " " * 1_000_000,
        "a@" * 500_000,
        "<" * 1_000_000,
        "\u0301\u0316" * 500_000,
        ":" * 1_000_000,
        "a" * 999_990 + "@gmail.com",
        "é" * 999_990 + "@é.com",
        "\ud800" * 1_000_000,
        "1.2.3.4" + " " * 1_000_000,
        "x," * 500_000,
    ],
    ids=lambda value: ascii(value[:4]),
)
def test_a_million_characters_are_no_trouble(value: str) -> None:
    started = time.monotonic()
    for kind in ALL:
        check(kind, value)
    assert time.monotonic() - started < 10


@given(st.text(max_size=40))
def test_masks_hide_most_of_a_token(key: str) -> None:
    shown = mask("secret0123456789" + key)
    assert "secret01" not in shown


def test_settled_gives_up_on_what_never_settles() -> None:
    assert settled(lambda text: text + "x", "a") is None
    assert settled(lambda text: text.lower(), "A") == "a"


@given(st.from_regex(r"[0-9]{12,18}", fullmatch=True), st.sampled_from(["", " ", "-", "  ", "–", "\u00a0"]))
@settings(max_examples=300)
def test_no_card_number_gets_through(digits: str, separator: str) -> None:
    for last in "0123456789":
        written = separator.join([digits[:4], digits[4:8], digits[8:] + last])
        if passes_for_card(written):
            for name in ("card", "bin", "gift_card"):
                kind = resolve(name)
                assert kind.refuse(written) == "passes for a card number"
                assert kind.clean(written) is None
