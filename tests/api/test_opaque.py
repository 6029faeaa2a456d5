"""Ids and cursors: one text for a content, and nobody else's opens."""

import string

import pytest

from api.opaque import Sealer

CHARACTERS = string.ascii_letters + string.digits + "-_"
SEALER = Sealer(bytes(range(64)))


# Lengths that leave no bit of the last character over, two, and four.
@pytest.mark.parametrize("value", ["a", "ab", "abc", ["ring", 3], None, "\udc80"])
def test_only_the_text_that_was_given_opens(value: object) -> None:
    text = SEALER.seal("cursor", value)
    assert SEALER.open("cursor", text) == value
    assert SEALER.seal("cursor", value) == text
    for last in CHARACTERS:
        if last != text[-1]:
            with pytest.raises(ValueError):
                SEALER.open("cursor", text[:-1] + last)
    for other in (text + "=", text + "A", text[1:], "", "é"):
        with pytest.raises(ValueError):
            SEALER.open("cursor", other)


def test_another_purpose_and_another_secret_do_not_open() -> None:
    text = SEALER.seal("cursor", [1, "x"])
    with pytest.raises(ValueError):
        SEALER.open("id", text)
    with pytest.raises(ValueError):
        Sealer(bytes(64)).open("cursor", text)
