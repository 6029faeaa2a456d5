"""Pasted values: what the night made of them is what they are looked for as."""

import pyarrow as pa
import pytest

from linkage.engine.lookup import Names
from linkage.identifiers.keys import Keyring, Unkeyed
from linkage.identifiers.registry import FAMILY_NUMBER, Kinds

RING = Keyring(b"a secret of thirty-two bytes, no less", b"the secret that was before this one")


def table(kinds: Kinds) -> pa.Table:
    return pa.table(
        {
            "name": [kind.name for kind in kinds],
            "family": [FAMILY_NUMBER[kind.family] for kind in kinds],
            "personal": [kind.personal or kind.sealed for kind in kinds],
        }
    )


KINDS = table(Kinds.build({"vat_number": {"family": "registration"}, "card_token": {"family": "payment"}}))
PLAIN, KEYED = Names(KINDS), Names(KINDS, [RING])


@pytest.mark.parametrize(
    ("value", "kind", "key"),
    [
        ("Foo+x@GMail.com", "email", Unkeyed().fingerprint("email", "foo@gmail.com")),
        ("Foo <f.o.o@googlemail.com>", "email", Unkeyed().fingerprint("email", "foo@gmail.com")),
        ("+1 (650) 253-0000", "phone", Unkeyed().fingerprint("phone", "+16502530000")),
        ("tel:0016502530000", "phone", Unkeyed().fingerprint("phone", "+16502530000")),
        ("+165025300xx", "phone_prefix", "+165025300xx"),
        (" 93.184.216.34:443 ", "ip", "93.184.216.34"),
        ("2a02:1234:5678:9abc:dead:beef:0:1", "ip", "2a02:1234:5678:9abc::/64"),
        ("[2A02:1234:5678:9ABC::1]:8080", "ip", "2a02:1234:5678:9abc::/64"),
        ("93.184.216.0/24", "subnet", "93.184.216.0/24"),
        ("93.184.216.77/25", "subnet", "93.184.216.0/24"),
        ("asn 15133", "asn", "AS15133"),
        ("Example.ORG.", "email_domain", "example.org"),
        ("{550E8400-E29B-41D4-A716-446655440000}", "device", "550e8400-e29b-41d4-a716-446655440000"),
        ("  fp_9f3a  ", "card", "fp_9f3a"),
        ("summer-24", "referral_code", "SUMMER-24"),
        ("DE 123", "vat_number", "DE 123"),
        ("T-ring", "template", "T-ring"),
        ("You are a pirate.", "system_prompt", Unkeyed().fingerprint("system_prompt", "You are a pirate.")),
    ],
)
def test_other_spellings(value: str, kind: str, key: str) -> None:
    assert (kind, key) in PLAIN.of(value)
    assert (kind, key) in KEYED.of(value)


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("93.184.216.34", {"subnet", "asn"}),
        ("2a02:1234:5678:9abc::1", {"subnet"}),
        ("someone@corp.example.org", {"email_domain", "email_shape"}),
        ("+16502530000", {"phone_prefix"}),
        ("10.0.0.1", {"ip", "subnet"}),
        ("", {"card", "ip", "device"}),
        ("n/a", {"card", "device", "template"}),
        # A card's number is looked for nowhere that cards are kept.
        ("4111 1111 1111 1111", {"card", "bin", "card_token"}),
    ],
)
def test_what_a_value_is_not(value: str, kinds: set[str]) -> None:
    assert not kinds & {kind for kind, _ in PLAIN.of(value)}


def test_sealed_kinds_are_looked_for_by_fingerprint_alone() -> None:
    for names in (PLAIN, KEYED):
        keys = [key for kind, key in names.of("foo@gmail.com") if kind == "email"]
        assert keys
        assert all(key.startswith(("hmac:", "unkeyed:")) for key in keys)


def test_keyed_runs_are_found_by_their_key_old_or_new() -> None:
    keys = [key for kind, key in KEYED.of("::ffff:93.184.216.34") if kind == "ip"]
    assert keys == [
        "93.184.216.34",
        Unkeyed().fingerprint("ip", "93.184.216.34"),
        *RING.candidates("ip", "93.184.216.34"),
    ]
    # What is no personal data is stored as it is, always.
    assert [key for kind, key in KEYED.of("AS15133") if kind == "asn"] == ["AS15133"]


def test_a_fingerprint_is_looked_for_as_it_is() -> None:
    print_ = RING.fingerprint("ip", "93.184.216.34")
    found = KEYED.of(f" {print_}\n")
    assert ("ip", print_) in found
    assert ("phone", print_) in found
    assert {key for _, key in found} == {print_}


def test_many_spellings_may_be_one_name() -> None:
    names = PLAIN.of_all(["Foo+x@GMail.com", "foo@gmail.com", "foo@gmail.com"])
    assert names["email", Unkeyed().fingerprint("email", "foo@gmail.com")] == [
        "Foo+x@GMail.com",
        "foo@gmail.com",
    ]


@pytest.mark.parametrize(
    "value", ["\ud800", "\x00" * 50, "x" * 100_000, "1" * 5000, "@" * 400, "::" * 300, "😀" * 300]
)
def test_no_text_is_too_much(value: str) -> None:
    for _, key in PLAIN.of(value):
        key.encode()
