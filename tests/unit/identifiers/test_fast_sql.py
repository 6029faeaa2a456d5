"""The SQL shortcut of a kind agrees with `clean` wherever it answers."""

import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.identifiers.registry import KINDS, resolve

from .shapes import EXAMPLES, values

FAST = [kind for kind in (*KINDS.values(), resolve("wallet"), resolve("gift_card")) if kind.fast_sql]
QUERY = "SELECT " + ", ".join(f"{kind.fast_sql} AS {kind.name}" for kind in FAST) + " FROM given"

connection = duckdb.connect()


def answers(texts: list[str]) -> list[tuple[str | None, ...]]:
    return connection.execute(
        f"WITH given AS (SELECT unnest(?::VARCHAR[]) AS value) {QUERY}", [texts]
    ).fetchall()


def check(texts: list[str]) -> None:
    for text, row in zip(texts, answers(texts), strict=True):
        for kind, answer in zip(FAST, row, strict=True):
            if answer is not None:
                assert (answer or None) == kind.clean(text), (kind.name, text)
                assert kind.refuse(text) is None, (kind.name, text)


def storable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def test_examples() -> None:
    check([text for text in EXAMPLES if storable(text)])


@given(st.lists(values.filter(storable), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None)
def test_anything(texts: list[str]) -> None:
    check(texts)


def test_the_edges_of_ipv4() -> None:
    edges = [
        0,
        1,
        9,
        10,
        11,
        15,
        16,
        31,
        32,
        63,
        64,
        99,
        100,
        101,
        113,
        127,
        128,
        167,
        168,
        169,
        172,
        192,
        198,
        203,
    ]
    edges += [2, 17, 18, 19, 20, 51, 88, 223, 224, 239, 240, 254, 255]
    draw = random.Random(7)
    check([".".join(str(draw.choice(edges)) for _ in range(4)) for _ in range(20_000)])
    starts = ["100", "169.254", "172", "192.0", "192.88", "192.168", "198", "198.51", "203.0"]
    check(
        [
            ".".join((start, *map(str, rest)))[:15]
            for start in starts
            for rest in ((n, 1, 1) for n in range(256))
        ]
    )
    check([f"{start}.{n}.7" for start in starts if "." in start for n in range(256)])


def test_ipv6_with_every_kind_of_tail() -> None:
    draw = random.Random(8)
    heads = [
        "2001",
        "2001:db8",
        "2001:1f",
        "2001:200",
        "2001:4860",
        "2002:808:808",
        "2a00:1450",
        "3fff:fff",
        "3ffe",
        "2fff",
    ]
    pieces = ["0", "1", "10", "abc", "ffff", "01", "", ":", "8.8.8.8"]
    check(
        [":".join([draw.choice(heads), *draw.choices(pieces, k=draw.randint(1, 7))]) for _ in range(20_000)]
    )


def test_mobile_numbers_as_the_library_reads_them() -> None:
    draw = random.Random(9)
    starts = [
        "1",
        "1212",
        "4477",
        "4470",
        "9198",
        "49151",
        "49176",
        "8190",
        "336",
        "55119",
        "8210",
        "62812",
        "8490",
        "8498",
    ]
    starts += [
        "63917",
        "234803",
        "92300",
        "90532",
        "346",
        "4860",
        "316",
        "614",
        "658",
        "79",
        "86138",
        "5255",
        "52155",
    ]
    texts = []
    for start in starts:
        for _ in range(120):
            size = draw.randint(9, 13)
            texts.append("+" + start + "".join(draw.choices("0123456789", k=max(size - len(start), 4))))
    check(texts)


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("ip", "8.8.8.8", "8.8.8.8"),
        ("ip", "10.0.0.1", ""),
        ("ip", "2a00:1450:4001:81b::200e", "2a00:1450:4001:81b::/64"),
        ("ip", "2a00:1450:4001:81b:1:2:3:4", "2a00:1450:4001:81b::/64"),
        ("ip", "2001:4860:4860:1::8888", "2001:4860:4860:1::/64"),
        ("ip", "2a00:1450:4001:81b::/64", "2a00:1450:4001:81b::/64"),
        ("ip", "2001:db8:1:2::1", None),
        ("ip", "[::1]", None),
        ("subnet", "8.8.8.8", "8.8.8.0/24"),
        ("subnet", "2a00:1450:4001:81b::200e", "2a00:1450:4001::/48"),
        ("card", "pm_1Nf0aBcD9f3a", "pm_1Nf0aBcD9f3a"),
        ("card", "4111111111111111", None),
        ("device", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("device", "dev_7f3a9c21", "dev_7f3a9c21"),
        ("device", "00000000-0000", None),
        ("email", "j.o.hn+x@gmail.com", "john@gmail.com"),
        ("email", "j.o.hn+x@corp.com", "j.o.hn+x@corp.com"),
        ("email_domain", "a@gmail.com", ""),
        ("email_domain", "a@corp.com", "corp.com"),
        ("phone", "+15551234567", "+15551234567"),
        ("phone_prefix", "+15551234567", "+155512345xx"),
        ("template", "null", ""),
        ("template", "tpl-17", "tpl-17"),
        ("asn", "AS15169", "AS15169"),
        ("tls", "t13d1516h2_8daaf6152771_02713d6af862", "t13d1516h2_8daaf6152771_02713d6af862"),
    ],
)
def test_common_shapes_take_the_fast_path(kind: str, value: str, key: str | None) -> None:
    assert answers([value])[0][[fast.name for fast in FAST].index(kind)] == key
