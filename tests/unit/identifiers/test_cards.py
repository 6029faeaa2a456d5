"""Card numbers are told from tokens."""

import pytest

from linkage.identifiers.cards import luhn, passes_for_card, refuse_card


@pytest.mark.parametrize(
    "value",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        " 4111–1111–1111–1111 ",
        "378282246310005",
        "5555555555554444",
        "2223003122003222",
        "6011111111111117",
        "4222222222222",
        "6304000000000000000",
        "４１１１１１１１１１１１１１１１",
        "'4111111111111111'",
        "\t4111_1111.1111/1111\n",
    ],
)
def test_card_numbers(value: str) -> None:
    assert passes_for_card(value)
    assert refuse_card(value) == "passes for a card number"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "4111111111111112",  # wrong check digit
        "411111111111",  # twelve digits
        "41111111111111111111",  # twenty
        "1111111111111117",  # no payment brand begins with 1
        "9111111111111111",
        "pm_4111111111111111",  # a token, not a number
        "a4111111111111111",
        "0x4111111111111111",
        "0" * 16,
        "٤" * 16,
    ],
)
def test_other_values(value: str) -> None:
    if value == "٤" * 16:  # Arabic digits have no compatibility form
        assert refuse_card(value) is None
    assert not passes_for_card(value)


def test_luhn() -> None:
    assert luhn("79927398713")
    assert [last for last in "0123456789" if luhn("7992739871" + last)] == ["3"]
