"""From small tables to who was seen with what, and when."""

from pathlib import Path

import pytest
from helpers.observed import hour, observe, write

ACCOUNTS = "account_id\na1\na2\na3\na4\n"


def test_addresses_are_canonical_and_private_ones_are_dropped(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            sessions="""
    account_id,ts,ip
    a1,2026-01-01T10:20:00Z,8.8.8.8
    a1,2026-01-01T11:20:00Z,::ffff:8.8.8.8
    a2,2026-01-01T10:00:00Z, 8.8.8.8\t
    a2,2026-01-02,2a00:1450:4001:81b:0:0:0:200e
    a3,2026-01-02,2A00:1450:4001:081B::1
    a3,2026-01-02,10.0.0.1
    a3,2026-01-02,192.168.1.1
    a3,2026-01-02,::ffff:10.0.0.1
    a3,2026-01-02,fe80::1
    a3,2026-01-02,127.0.0.1
    a3,2026-01-02,999.1.1.1
    a3,2026-01-02,no address
    """,
        )
    )
    assert seen.keys("ip") == {"8.8.8.8", "2a00:1450:4001:81b::/64"}
    assert seen.holders("ip", "8.8.8.8") == {"a1", "a2"}
    assert seen.holders("ip", "2a00:1450:4001:81b::/64") == {"a2", "a3"}
    assert seen.holdings["a1", "ip", "8.8.8.8"] == (hour("2026-01-01T10:00"), hour("2026-01-01T11:00"), 2)


def test_subnet_and_operator_follow_from_the_address(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            sessions="""
    account_id,ts,ip
    a1,2026-01-01,8.8.8.8
    a2,2026-01-01,8.8.8.9
    a3,2026-01-01,2a00:1450:4001:81b::1
    a4,2026-01-01,9.9.9.9
    """,
            ip_ranges="""
    cidr,asn,country,class
    8.8.0.0/16,64500,US,hosting
    8.8.8.8/32,,,vpn
    2a00:1450::/32,64501,IE,
    """,
        )
    )
    assert seen.holders("subnet", "8.8.8.0/24") == {"a1", "a2"}
    assert seen.keys("subnet") == {"8.8.8.0/24", "9.9.9.0/24", "2a00:1450:4001::/48"}
    assert seen.holders("asn", "AS64500") == {"a1", "a2"}
    assert seen.holders("asn", "AS64501") == {"a3"}
    assert seen.networks["8.8.8.8"] == (64500, "US", "vpn")
    assert seen.networks["8.8.8.9"] == (64500, "US", "hosting")
    assert seen.networks["9.9.9.9"] == (None, None, None)


def test_of_a_mail_address_domain_and_shape_are_seen_and_the_address_is_sealed(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts="""
    account_id,created_at,email
    a1,2026-01-05,Jane.Doe.1987@Rare-Domain.Example.org
    a2,2026-01-06,john.roe.1991@rare-domain.example.org
    a3,2026-01-07,j.d+tag@gmail.com
    a4,2026-01-07,jd@googlemail.com
    """,
        )
    )
    assert seen.holders("email_domain", "rare-domain.example.org") == {"a1", "a2"}
    shapes = {key: seen.holders("email_shape", key) for key in seen.keys("email_shape")}
    assert {"a1", "a2"} in shapes.values()
    mails = seen.keys("email")
    assert len(mails) == 3  # dots, tags and the other name of the provider make no difference
    assert not any("@" in key or "doe" in key.lower() for key in mails)
    day = hour("2026-01-05T00:00")
    assert seen.holdings["a1", "email_domain", "rare-domain.example.org"] == (day, day, 1)


def test_with_a_key_personal_values_are_fingerprints_and_others_stay_readable(tmp_path: Path):
    folder = write(
        tmp_path / "in",
        accounts="account_id,email,phone\na1,me@somewhere.example.com,+41 44 668 18 00\na2,,\na3,,\na4,,\n",
        sessions="account_id,ts,ip,device_id,user_agent\na1,2026-01-01,8.8.8.8,device-77,curl/8.0\n"
        "a2,2026-01-01,8.8.8.8,device-77,curl/8.0\n",
        payment_methods="account_id,fingerprint,bin\na1,fp_Secret77,411122\na2,fp_Secret77,411122\n",
        ip_ranges="cidr,asn,country,class\n8.8.8.0/24,64500,US,vpn\n",
    )
    seen = observe(folder, secret=b"0123456789abcdef0123")
    for kind in ("ip", "device", "card", "email", "phone", "subnet"):
        assert all(key.startswith("hmac:") for key in seen.keys(kind)), kind
    text = repr(seen.holdings) + repr(seen.networks)
    assert not any(plain in text for plain in ("8.8.8", "device-77", "Secret77", "me@", "668", "somewhere"))
    assert len(seen.keys("ip")) == 1
    assert seen.holders("ip", next(iter(seen.keys("ip")))) == {"a1", "a2"}
    # The network is still known of the address, under its fingerprint.
    assert list(seen.networks.values()) == [(64500, "US", "vpn")]
    assert set(seen.networks) == seen.keys("ip")
    assert seen.keys("asn") == {"AS64500"}
    assert seen.keys("bin") == {"411122"}
    assert seen.keys("user_agent")
    assert not any(key.startswith("hmac:") for key in seen.keys("user_agent"))
    assert observe(folder, secret=b"another-secret-of-ours").keys("ip") != seen.keys("ip")


def test_an_unknown_kind_in_links_works_and_is_named(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            links="""
    account_id,kind,value,first_seen,last_seen,count
    a1,wallet,0xABC,2026-01-01T05:30:00Z,2026-02-01T07:10:00Z,9
    a2,wallet,0xABC,2026-01-03,,
    a2,wallet, 0xABC ,,2026-01-09,2
    a3,wallet,0xDEF,,,
    """,
        )
    )
    assert seen.unknown == ["wallet"]
    assert seen.holders("wallet", "0xABC") == {"a1", "a2"}
    assert seen.holdings["a1", "wallet", "0xABC"][2] == 9
    first, last, _ = seen.holdings["a1", "wallet", "0xABC"]
    assert first == pytest.approx(hour("2026-01-01T00:00"), abs=24)
    assert last == pytest.approx(hour("2026-02-01T00:00"), abs=24)
    assert seen.holdings["a2", "wallet", "0xABC"][2] == 3
    assert seen.holdings["a3", "wallet", "0xDEF"][:2] == (0, 0)
    assert seen.values["a2", "wallet"] == 1


def test_a_configured_kind_is_not_unknown(tmp_path: Path):
    folder = write(
        tmp_path / "in", accounts=ACCOUNTS, links="account_id,kind,value\na1,wallet,w\na2,wallet,w\n"
    )
    seen = observe(folder, '[kinds.wallet]\nfamily = "payment"\nm = 0.3\ncap = 9\nwindow = "2d"\n')
    assert seen.unknown == []
    assert seen.kinds.by_name["wallet"].cap == 9.0
    assert seen.hours == {("a1", "wallet", "w"): [0], ("a2", "wallet", "w"): [0]}


def test_a_window_on_a_built_in_kind_of_links_and_tables_keeps_their_hours_together(tmp_path: Path):
    folder = write(
        tmp_path / "in",
        accounts=ACCOUNTS,
        links="account_id,kind,value,first_seen\na1,ip,8.8.8.8,2026-01-01T10:00:00\na2,ip,8.8.8.8,2026-01-04\n",
        sessions="account_id,ts,ip\na1,2026-01-01T12:59:59Z,8.8.8.8\n",
    )
    seen = observe(folder)
    assert seen.hours["a1", "ip", "8.8.8.8"] == [hour("2026-01-01T10:00"), hour("2026-01-01T12:00")]
    assert seen.holdings["a1", "ip", "8.8.8.8"][2] == 2


def test_in_kind_account_both_sides_are_seen_with_the_value(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts="account_id\na1\na2\n",
            links="account_id,kind,value,first_seen\na1,account,a2,2026-01-01\na3,account,a2,2026-01-02\n"
            "a1,account,outsider,2026-01-03\n",
        )
    )
    assert seen.holders("account", "a2") == {"a1", "a2", "a3"}
    assert seen.holders("account", "outsider") == {"a1", "outsider"}
    assert seen.holdings["a2", "account", "a2"][:2] == (hour("2026-01-01T00:00"), hour("2026-01-02T00:00"))


def test_payments_and_payment_methods_are_one_span_of_a_card(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            payment_methods="""
    account_id,fingerprint,bin,first_seen,last_seen
    a1,fp_AbC9z,424242,2026-01-10,2026-03-01
    a2,fp_AbC9z,424242,,2026-02-02
    a3,fp_AbC9z,,,
    """,
            payments="""
    account_id,ts,fingerprint,amount
    a1,2026-01-02T23:00:00Z,fp_AbC9z,5
    a1,2026-03-20T01:00:00Z,fp_AbC9z,5
    a4,2026-02-02T01:00:00Z,,5
    """,
        )
    )
    first, last, _ = seen.holdings["a1", "card", "fp_AbC9z"]
    assert (first, last) == (hour("2026-01-02T00:00"), hour("2026-03-20T00:00"))
    assert seen.holdings["a2", "card", "fp_AbC9z"][:2] == (hour("2026-02-02T00:00"),) * 2
    assert seen.holdings["a3", "card", "fp_AbC9z"][:2] == (0, 0)
    assert seen.holders("card", "fp_AbC9z") == {"a1", "a2", "a3"}
    assert seen.holders("bin", "424242") == {"a1", "a2"}


def test_case_matters_where_it_means_something(tmp_path: Path):
    folder = write(
        tmp_path / "in",
        accounts=ACCOUNTS,
        payment_methods="account_id,fingerprint\na1,fp_AbC9z\na2,fp_aBc9Z\n",
    )
    assert observe(folder).keys("card") == {"fp_AbC9z", "fp_aBc9Z"}


def test_an_undated_source_is_one_moment(tmp_path: Path):
    folder = write(
        tmp_path / "in", accounts=ACCOUNTS, seen="account,addr\na1,8.8.8.8\na2,8.8.8.8\na2,8.8.8.8\n"
    )
    seen = observe(
        folder,
        '[sources.sessions]\nfile = "seen.csv"\nundated = true\ncolumns.account_id = "account"\ncolumns.ip = "addr"\n',
    )
    assert seen.holders("ip", "8.8.8.8") == {"a1", "a2"}
    moments = {value[:2] for held, value in seen.holdings.items() if held[1] == "ip"}
    assert len(moments) == 1
    assert seen.hours["a1", "ip", "8.8.8.8"] == seen.hours["a2", "ip", "8.8.8.8"]


def test_exchanges_are_seen_with_all_that_they_carry(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            exchanges="""
    account_id,ts,ip,device_id,user_agent,tls_fingerprint,credential_id,template_id,system_prompt,tools_hash
    a1,2026-01-01T10:00:00Z,8.8.8.8,dev-1234567,python-requests/2.31,771-4865-4866,cred-991,T-17,You are a pirate,th-55
    a1,2026-01-02T10:00:00Z,8.8.8.8,dev-1234567,python-requests/2.31,771-4865-4866,cred-991,T-17,You are a pirate,th-55
    """,
        )
    )
    kinds = {kind for _, kind, _ in seen.holdings}
    assert {"ip", "device", "user_agent", "credential", "template", "system_prompt", "tools"} <= kinds
    assert seen.keys("template") == {"T-17"}
    assert not any("pirate" in key for key in seen.keys("system_prompt"))
    assert seen.holdings["a1", "template", "T-17"] == (hour("2026-01-01T00:00"), hour("2026-01-02T00:00"), 2)


def test_prompts_become_templates_and_none_of_their_text_is_kept(tmp_path: Path):
    words = "Translate the following product review into German and rate its tone from one to five:"
    rows = "".join(
        f'a{1 + i % 3},2026-01-0{1 + i % 9},"{words} item {i} was lovely {i * 7}"\n' for i in range(30)
    )
    seen = observe(
        write(tmp_path / "in", accounts=ACCOUNTS, exchanges=f"account_id,ts,prompt\n{rows}"),
        secret=b"0123456789abcdef",
    )
    templates = {key: seen.holders("template", key) for key in seen.keys("template")}
    assert {"a1", "a2", "a3"} in templates.values()
    assert not any("ranslate" in key or "review" in key for key in templates)
    first, last, _ = next(value for held, value in seen.holdings.items() if held[:2] == ("a1", "template"))
    assert (first, last) == (hour("2026-01-01T00:00"), hour("2026-01-07T00:00"))


def test_hours_are_kept_for_windowed_kinds_and_only_where_two_hold_the_value(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            sessions="""
    account_id,ts,ip,device_id
    a1,2026-01-01T10:00:00Z,8.8.8.8,dev-A-1234
    a1,2026-01-01T10:59:59Z,8.8.8.8,dev-A-1234
    a1,2026-01-05T10:00:00Z,8.8.8.8,dev-A-1234
    a2,2026-01-05T11:00:00+01:00,8.8.8.8,dev-B-1234
    a3,2026-01-05T11:00:00Z,9.9.9.9,dev-C-1234
    """,
        )
    )
    assert seen.hours["a1", "ip", "8.8.8.8"] == [hour("2026-01-01T10:00"), hour("2026-01-05T10:00")]
    assert seen.hours["a2", "ip", "8.8.8.8"] == [hour("2026-01-05T10:00")]
    assert ("a3", "ip", "9.9.9.9") not in seen.hours
    assert seen.holdings["a1", "ip", "8.8.8.8"][2] == 3


def test_counts_of_a_run(tmp_path: Path):
    seen = observe(
        write(
            tmp_path / "in",
            accounts=ACCOUNTS,
            sessions="account_id,ts,ip\na1,2026-01-01,8.8.8.8\na2,2026-01-01,8.8.8.8\na3,2026-01-01,9.9.9.9\n",
        )
    )
    ips = sum(1 for _, kind, _ in seen.holdings if kind == "ip")
    assert ips == 3
    assert seen.counts.holdings == len(seen.holdings)
    assert seen.counts.identifiers == len({held[1:] for held in seen.holdings})
    shared = {held[1:] for held in seen.holdings if len(seen.holders(*held[1:])) >= 2}
    assert seen.counts.shared == len(shared)
    assert seen.values["a1", "ip"] == 1


def test_the_order_of_rows_changes_nothing(tmp_path: Path):
    lines = [f"a{i % 4 + 1},2026-01-0{i % 9 + 1}T0{i % 7}:00:00Z,8.8.8.{i % 5}" for i in range(40)]
    one = write(tmp_path / "one", accounts=ACCOUNTS, sessions="account_id,ts,ip\n" + "\n".join(lines) + "\n")
    two = write(tmp_path / "two", accounts="account_id\na4\na1\na3\na2\n",
                sessions="account_id,ts,ip\n" + "\n".join(reversed(lines)) + "\n")  # fmt: skip
    first, second = observe(one), observe(two)
    assert first.holdings == second.holdings
    assert first.hours == second.hours
