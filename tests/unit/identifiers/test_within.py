"""Networks as an allow-list writes them."""

from ipaddress import ip_address, ip_network

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.identifiers.within import network, within


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "8.8.8.8/32", "2a02::/64", "2a02::1/128", "a/b", "/", "8.8.8.8/99", ""]
)
def test_one_address_or_none_is_no_network(text):
    assert network(text) is None


def test_host_bits_and_white_space_do_not_matter():
    assert network(" 8.8.8.8/24 ") == ip_network("8.8.8.0/24")


def test_the_ends_of_the_number_space_are_inside():
    keys = pa.array(["0.0.0.0", "255.255.255.255", "::/64", "ffff:ffff:ffff:ffff::/64", "template"])
    which, place = within([ip_network("0.0.0.0/0"), ip_network("::/0")], keys)
    assert list(zip(which.tolist(), sorted(place.tolist()), strict=True)) == [(0, 0), (0, 1), (1, 2), (1, 3)]


@given(
    st.lists(st.ip_addresses(v=4), max_size=20, unique=True),
    st.lists(st.tuples(st.ip_addresses(v=4), st.integers(0, 31)), max_size=5),
)
def test_membership_is_that_of_the_standard_library(addresses, prefixes):
    networks = [ip_network((int(address), length), strict=False) for address, length in prefixes]
    which, place = within(networks, pa.array([str(address) for address in addresses], pa.string()))
    told = {(w, p) for w, p in zip(which.tolist(), place.tolist(), strict=True)}
    assert told == {
        (w, p)
        for w, named in enumerate(networks)
        for p, address in enumerate(addresses)
        if ip_address(str(address)) in named
    }
