"""Kinds: built in, configured, met in the data."""

import pickle
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from linkage.errors import UsageError
from linkage.identifiers.base import Bucket, Family, HubRule, Kind
from linkage.identifiers.registry import DEFAULT_KIND, FAMILY_NUMBER, KINDS, Kinds, duration, resolve


def test_built_in_kinds_cover_the_input_tables() -> None:
    assert list(KINDS) == [
        "card", "bin", "ip", "subnet", "asn", "device", "credential", "user_agent", "tls", "tools",
        "template", "system_prompt", "synchrony", "close_synchrony", "schedule", "hand_off", "spare_account", "email",
        "email_domain", "email_shape", "phone", "phone_prefix", "referral_code", "account", "pool_swap",
    ]  # fmt: skip
    for name, kind in KINDS.items():
        assert kind.name == name
        assert not kind.derived_from or kind.derived_from in KINDS
    assert {name for name, kind in KINDS.items() if kind.near_proof} == {"email"}
    assert {name for name, kind in KINDS.items() if kind.sealed} == {"email", "phone", "system_prompt"}
    assert {name for name, kind in KINDS.items() if kind.bucket is Bucket.HOUR} == {"ip"}


def test_kinds_that_only_support_are_weak() -> None:
    weak = {kind.name: kind.cap for kind in KINDS.values() if kind.hub is HubRule.ALWAYS}
    assert set(weak) == {
        "bin",
        "subnet",
        "asn",
        "user_agent",
        "tls",
        "schedule",
        "email_shape",
        "phone_prefix",
    }
    assert max(weak.values()) <= 6


def test_unknown_kinds_get_the_default() -> None:
    wallet = resolve("wallet")
    assert (wallet.name, wallet.family, wallet.m, wallet.cap) == ("wallet", Family.LINEAGE, 0.2, 12.0)
    assert wallet.window is None
    assert wallet.hub is HubRule.COHESION
    assert wallet.clean(" 0xAbC ") == "0xAbC"
    assert wallet.clean("unknown") is None
    assert wallet.refuse("4111111111111111") is None
    assert DEFAULT_KIND.title == "default"


def test_overrides_from_a_mapping_or_an_object() -> None:
    as_mapping = resolve(
        "ip", {"cap": 8, "window": "12h", "hub": "never", "label": "address", "near_proof": True}
    )
    as_object = resolve(
        "ip",
        SimpleNamespace(
            cap=8.0, window=timedelta(hours=12), hub=HubRule.NEVER, label="address", near_proof=True, m=None
        ),
    )
    assert as_mapping == as_object
    assert as_mapping.window == timedelta(hours=12)
    assert as_mapping.family is Family.NETWORK
    assert as_mapping.clean("8.8.8.8:1") == "8.8.8.8"
    assert as_mapping.title == "address"
    assert resolve("ip", {}) == resolve("ip") == KINDS["ip"]
    assert resolve("ip", {"window": "none"}).window is None
    assert resolve("x", {"family": "network", "bucket": "hour", "personal": False}).bucket is Bucket.HOUR


@pytest.mark.parametrize("name", ["gift_card", "PAYMENT_token", "pan"])
def test_unknown_kinds_of_payment_refuse_card_numbers(name: str) -> None:
    assert resolve(name).refuse("4111 1111 1111 1111")
    assert resolve(name).clean("4111111111111111") is None
    assert resolve("purse", {"family": "payment"}).refuse("4111111111111111")
    assert resolve("cardinality").refuse("4111111111111111") is None


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"capp": 3}, r"kinds\.ip: unknown setting 'capp'"),
        ({"family": "nowhere"}, r"kinds\.ip\.family: 'nowhere' is none of payment"),
        ({"m": 0.0}, "kind ip: m must lie"),
        ({"m": "high"}, r"kinds\.ip\.m: must be a number"),
        ({"m": float("nan")}, "kind ip: m must lie"),
        ({"cap": True}, r"kinds\.ip\.cap: must be a number"),
        ({"cap": -1}, "kind ip: cap must be positive"),
        ({"cap": float("inf")}, "kind ip: cap must be positive"),
        ({"cap": float("nan")}, "kind ip: cap must be positive"),
        ({"window": "soon"}, r"kinds\.ip\.window: not a span"),
        ({"half_life": "0d"}, "must be positive"),
        ({"window": "99999999999w"}, "too long"),
        ({"near_proof": "yes"}, "must be true or false"),
    ],
)
def test_wrong_overrides_are_named(override: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        resolve("ip", override)


def test_durations() -> None:
    assert duration("3d") == timedelta(days=3)
    assert duration(" 1.5 Days ") == timedelta(hours=36)
    assert duration("2w") == timedelta(days=14)
    assert duration("1 hour") == timedelta(hours=1)
    assert duration("None") is None


def test_numbers_are_fixed() -> None:
    kinds = Kinds.build({"zeta": {"cap": 3}, "ip": {"cap": 7}}, ["wallet", "alpha", "card", "zeta"])
    names = [kind.name for kind in kinds]
    assert names == [*KINDS, "alpha", "wallet", "zeta"]
    assert [kinds.number(name) for name in names] == list(range(len(kinds)))
    assert all(kinds[kinds.number(name)] is kinds.by_name[name] for name in names)
    assert "alpha" in kinds
    assert "beta" not in kinds
    with pytest.raises(KeyError):
        kinds.number("beta")
    with pytest.raises(ValueError, match="two kinds of one name"):
        Kinds((KINDS["ip"], KINDS["ip"]))


def test_arrays_for_kernels() -> None:
    kinds = Kinds.build({"ip": {"cap": 7}})
    ip, card, email = (kinds.number(name) for name in ("ip", "card", "email"))
    assert kinds.cap[ip] == 7
    assert kinds.m[card] == KINDS["card"].m
    assert kinds.window_hours[ip] == 72
    assert np.isinf(kinds.window_hours[card])
    assert kinds.half_life_hours[ip] == 180 * 24
    assert kinds.family_number[ip] == FAMILY_NUMBER[Family.NETWORK]
    assert list(np.flatnonzero(kinds.near_proof)) == [email]
    for array in (
        kinds.m,
        kinds.cap,
        kinds.window_hours,
        kinds.half_life_hours,
        kinds.family_number,
        kinds.near_proof,
    ):
        assert len(array) == len(kinds)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_kinds_travel_between_processes() -> None:
    kinds = Kinds.build({}, ["wallet"])
    assert kinds.m.size
    assert pickle.loads(pickle.dumps(kinds)) == kinds


def test_a_kind_checks_its_numbers() -> None:
    plain = Kind(name="x", family=Family.DEVICE, m=0.5, cap=3.0)
    assert (plain.clean(" a "), plain.clean(" "), plain.refuse("a"), plain.caption("a")) == (
        "a",
        None,
        None,
        "a",
    )
    with pytest.raises(ValueError, match="m must lie"):
        Kind(name="x", family=Family.DEVICE, m=1.5, cap=3.0)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.personal or kind.sealed], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("fingerprint", ["hmac:0123abcd:" + "a1" * 32, "unkeyed:" + "b2" * 32])
def test_of_a_fingerprint_people_see_no_more_than_of_a_value(kind: Kind, fingerprint: str) -> None:
    assert kind.caption(fingerprint) == f"{fingerprint[:4]}…{fingerprint[-4:]}"
