"""Writes tiny MMDB files (MaxMind DB 2.0, 24-bit records), so that the tests need no real one."""

import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

TYPES = {str: 2, dict: 7, list: 11, bool: 14}
UINT16, UINT32, UINT64 = 5, 6, 9
#: The library is strict about the width of the metadata's numbers.
WIDTHS = {"build_epoch": UINT64, "node_count": UINT32, "autonomous_system_number": UINT32}

Tree = list[list[object]]


def _control(kind: int, size: int) -> bytes:
    extra, short = b"", size
    if size >= 285:
        extra, short = (size - 285).to_bytes(2, "big"), 30
    elif size >= 29:
        extra, short = bytes([size - 29]), 29
    return (bytes([kind << 5 | short]) if kind < 8 else bytes([short, kind - 7])) + extra


def encode(value: object, width: int = UINT16) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool):
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _control(width, len(raw)) + raw
    kind = TYPES[type(value)]
    if isinstance(value, bool):
        return _control(kind, int(value))
    if isinstance(value, str):
        return _control(kind, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _control(kind, len(value)) + b"".join(encode(item) for item in value)
    assert isinstance(value, dict)
    pairs = (encode(key) + encode(item, WIDTHS.get(key, UINT16)) for key, item in value.items())
    return _control(kind, len(value)) + b"".join(pairs)


def _bits(network: IPv4Network | IPv6Network, version: int) -> str:
    width = 128 if isinstance(network, IPv6Network) else 32
    bits = f"{int(network.network_address):0{width}b}"[: network.prefixlen]
    return "0" * 96 + bits if version == 6 and width == 32 else bits


def write(path: Path, records: dict[str, object], version: int = 6) -> Path:
    """A file of disjoint networks and their records."""
    nodes: Tree = [[None, None]]
    data, offsets = b"", {}
    for text, record in records.items():
        offsets[text] = len(data)
        data += encode(record)
        bits = _bits(ip_network(text), version)
        node = 0
        for bit in bits[:-1]:
            if nodes[node][int(bit)] is None:
                nodes.append([None, None])
                nodes[node][int(bit)] = len(nodes) - 1
            step = nodes[node][int(bit)]
            assert isinstance(step, int)
            node = step
        nodes[node][int(bits[-1])] = text
    count = len(nodes)

    def pointer(entry: object) -> bytes:
        number = (
            count if entry is None else entry if isinstance(entry, int) else count + 16 + offsets[str(entry)]
        )
        return int(number).to_bytes(3, "big")

    tree = b"".join(pointer(left) + pointer(right) for left, right in nodes)
    metadata = {
        "node_count": count,
        "record_size": 24,
        "ip_version": version,
        "database_type": "Test",
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": int(time.time()),
        "description": {"en": "written by a test"},
    }
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(metadata))
    return path
