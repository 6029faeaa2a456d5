"""Canonical forms and captions, kind by kind."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.identifiers.mail import clean_email_shape
from linkage.identifiers.ranges import RESERVED_V4, RESERVED_V6, reserved_v4, reserved_v6
from linkage.identifiers.registration import clean_phone, clean_phone_prefix
from linkage.identifiers.registry import KINDS, resolve


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("ip", "8.8.8.8", "8.8.8.8"),
        ("ip", "8.8.8.8:443", "8.8.8.8"),
        ("ip", "[8.8.8.8]", "8.8.8.8"),
        ("ip", "[2A00:1450:4001:81B::200E]:443", "2a00:1450:4001:81b::/64"),
        ("ip", "2a00:1450::1%eth0", "2a00:1450::/64"),
        ("ip", "2a00:1450::1/128", "2a00:1450::/64"),
        ("ip", "::ffff:8.8.8.8", "8.8.8.8"),
        ("ip", "64:ff9b::808:808", "8.8.8.8"),
        ("ip", "2002:808:808::1", "8.8.8.8"),
        ("ip", "::ffff:10.0.0.1", None),
        ("ip", "100.64.0.1", None),
        ("ip", "fe80::1%eth0", None),
        ("ip", "2001:db8:1:2::1", None),
        ("ip", "8.8.8.0/24", None),
        ("ip", "8.8.8.8, 9.9.9.9", None),
        ("subnet", "8.8.8.8", "8.8.8.0/24"),
        ("subnet", "8.8.8.0/24", "8.8.8.0/24"),
        ("subnet", "8.8.0.0/16", None),
        ("subnet", "2a00:1450:4001:81b::/64", "2a00:1450:4001::/48"),
        ("asn", "as 15169", "AS15169"),
        ("asn", "0", None),
        ("device", "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("device", "00-1B-44-11-3A-B7", "00:1b:44:11:3a:b7"),
        ("device", "02:00:00:00:00:00", None),
        ("device", "00000000-0000-0000-0000-000000000000", None),
        ("device", "unknown", None),
        ("device", "iPhone14,2-A9", "iPhone14,2-A9"),
        ("card", " Xt5EWLLDS7FJjR1c ", "Xt5EWLLDS7FJjR1c"),
        ("bin", "4242 42", "424242"),
        ("bin", "000000", None),
        ("bin", "42424", None),
        ("user_agent", " Mozilla/5.0  (X11;\tLinux) ", "Mozilla/5.0 (X11; Linux)"),
        ("tls", "771,4865,0,29,0", "97ade20b92201c66f1f7b566dab9704f"),
        ("tls", "E7D705A3286E19EA42F587B344EE6865", "e7d705a3286e19ea42f587b344ee6865"),
        ("email", "J.o.h.n+news@GoogleMail.com", "john@gmail.com"),
        ("email", "John <John.B+x@Example.COM>", "john.b+x@example.com"),
        ("email", "a+b@outlook.com", "a@outlook.com"),
        ("email", "a@ya.ru", "a@yandex.com"),
        ("email", "a@münchen.de", "a@xn--mnchen-3ya.de"),
        ("email", "nobody", None),
        ("email", "+x@gmail.com", None),
        ("email_domain", "a@b.Corp.example", "b.corp.example"),
        ("email_domain", "a@mailinator.com", "mailinator.com"),
        ("email_domain", "a@gmail.com", None),
        ("email_domain", "corp.example", "corp.example"),
        ("email_shape", "john.smith92@example.com", "a4.a592"),
        ("email_shape", "пётр7@example.com", "u491"),
        ("email_shape", "a4.a592", "a4.a592"),
        ("email_shape", "john", None),
        ("phone", "+1 (555) 123-4567", "+15551234567"),
        ("phone", "0044 7700 900123", "+447700900123"),
        ("phone", "555-1234", None),
        ("phone", "+10000000000", None),
        ("phone_prefix", "+15551234567", "+155512345xx"),
        ("referral_code", "welcome-25", "WELCOME-25"),
        ("account", " test ", "test"),
        ("template", "null", None),
    ],
)
def test_canonical_form(kind: str, value: str, key: str | None) -> None:
    assert KINDS[kind].clean(value) == key


@pytest.mark.parametrize(
    ("kind", "key", "caption"),
    [
        ("card", "pm_1Nf0aBcD9f3a", "pm_…9f3a"),
        ("bin", "424242", "visa-like 4242…"),
        ("ip", "8.8.4.4", "8.8.4.…"),
        ("ip", "2a00:1450:4001:81b::/64", "2a00:1450:4001:…"),
        ("ip", "2a00::/64", "2a00:…"),
        ("subnet", "8.8.4.0/24", "8.8.…/24"),
        ("subnet", "2a00:1450:4001::/48", "2a00:1450:…/48"),
        ("asn", "AS15169", "AS15169"),
        ("device", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "…3301"),
        ("email", "john@example.com", "j…@example.com"),
        ("email", "hmac:0a1b2c3d:" + "0" * 60 + "9f3a", "hmac…9f3a"),
        ("email_domain", "corp.example", "co….example"),
        ("phone", "+15551234567", "+155…67"),
        ("phone_prefix", "+155512345xx", "+155…xx"),
        ("user_agent", "curl/8.5.0", "curl/8.5.0"),
        ("account", "acct-1", "acct-1"),
        ("credential", "key_12", "key_…"),
    ],
)
def test_captions_mask(kind: str, key: str, caption: str) -> None:
    assert KINDS[kind].caption(key) == caption


def test_a_region_reads_national_numbers() -> None:
    assert clean_phone("030 1234567", "de") == "+49301234567"
    assert clean_phone("(555) 123-4567", " US ") == "+15551234567"
    assert clean_phone("(555) 123-4567", "nowhere") is None
    assert clean_phone("+15551234567", "") == "+15551234567"
    assert clean_phone_prefix("030 1234567", "DE") == "+493012345xx"


def test_long_values_become_digests() -> None:
    wallet = resolve("wallet")
    key = wallet.clean("x" * 1000)
    assert key is not None
    assert key.startswith("sha256:")
    assert wallet.clean("x" * 1000) == key != wallet.clean("x" * 1001)


def test_invisible_marks_do_not_tell_values_apart() -> None:
    assert KINDS["template"].clean("tp\u200bl-\u202e17\ufeff") == "tpl-17"
    assert KINDS["card"].clean("\u200b4111111111111111") is None


@given(st.integers(0, 2**32 - 1) | st.sampled_from([n << 16 for n in range(2**16)]))
@settings(max_examples=500)
def test_reserved_ipv4_is_what_the_standard_library_calls_not_global(number: int) -> None:
    address = ip_address(number)
    ours, theirs = reserved_v4(number), not address.is_global or address.is_multicast
    if ours != theirs:  # releases differ on these
        assert str(address).startswith(("192.0.0.", "192.88.99."))


def test_the_reserved_ranges_are_sound() -> None:
    from ipaddress import ip_network

    for text in RESERVED_V4:
        network = ip_network(text)
        assert reserved_v4(int(network[0]))
        assert reserved_v4(int(network[-1]))
        assert int(network[-1]) == 2**32 - 1 or not reserved_v4(int(network[-1]) + 1)
    for text in RESERVED_V6:
        network = ip_network(text)
        assert reserved_v6(int(network[0]))
        assert reserved_v6(int(network[-1]))
        assert not reserved_v6(int(network[-1]) + 1)


def test_the_shape_of_a_name_is_bounded() -> None:
    assert clean_email_shape("a" * 60 + "@b.co") == "a9"
    assert clean_email_shape("a1" * 30 + "@b.co") is None
