"""Addresses that lie in networks: what an allow-list or a feed means by `192.0.2.0/24`."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.identifiers.networks import address_numbers, prefix_number

I64 = npt.NDArray[np.int64]

#: The bits of an address key: IPv6 is kept by its /64.
WIDTH = {4: 32, 6: 64}


def network(text: str) -> IPv4Network | IPv6Network | None:
    """The network that a text names; None where it names one address, or none."""
    try:
        named = ip_network(text.strip(), strict=False) if "/" in text else None
    except ValueError:
        return None
    if named is None or named.prefixlen >= WIDTH[named.version]:
        return None
    return named


def within(networks: Sequence[IPv4Network | IPv6Network], keys: pa.Array) -> tuple[I64, I64]:
    """Which of `keys` (canonical addresses) lie in which networks: places in `networks`, places in `keys`.

    In order of the networks. A key in two of them is told twice; text that is no address lies in none.
    """
    places: list[I64] = [np.empty(0, dtype=np.int64)]
    found: list[I64] = [np.empty(0, dtype=np.int64)]
    at4, values4, at6, values6 = address_numbers(keys)
    order = {4: np.argsort(values4, kind="stable"), 6: np.argsort(values6, kind="stable")}
    sorted_values = {4: values4[order[4]], 6: values6[order[6]]}
    at = {4: at4[order[4]], 6: at6[order[6]]}
    for place, named in enumerate(networks):
        try:
            version, start, length = prefix_number(named)
        except ValueError:
            continue
        size = 1 << (WIDTH[version] - length)
        # The last address and not the one after it, which may be no 64-bit number.
        low = np.searchsorted(sorted_values[version], np.uint64(start), side="left")
        high = np.searchsorted(sorted_values[version], np.uint64(start + size - 1), side="right")
        found.append(at[version][low:high])
        places.append(np.full(high - low, place, dtype=np.int64))
    return np.concatenate(places), np.concatenate(found)
