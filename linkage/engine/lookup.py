"""What a pasted value may be called in a run: each kind cleans it as the night does, plain and as a fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

from linkage.engine.readable import IdentifierName
from linkage.identifiers.base import Family, Kind
from linkage.identifiers.keys import Sealer, Unkeyed, is_fingerprint
from linkage.identifiers.registry import FAMILY_NUMBER, resolve

_FAMILY = {number: family for family, number in FAMILY_NUMBER.items()}


class Names:
    """The names that values may have in one run.

    `kinds` is the run's table of kinds (name, family, personal). `sealers` are the keys that personal identifiers may
    be stored under besides none; whoever lacks a run's key finds its fingerprints by nothing but themselves.
    """

    def __init__(self, kinds: pa.Table, sealers: Sequence[Sealer] = ()) -> None:
        rows = kinds.select(["name", "family", "personal"]).to_pylist()
        self._kinds = {row["name"]: _kind(row["name"], row["family"], row["personal"]) for row in rows}
        self._sealers = (Unkeyed(), *sealers)

    def of(self, value: str) -> list[IdentifierName]:
        """All (kind, key) that a value may be stored as, most of which no account holds."""
        if is_fingerprint(text := value.strip()):
            return [(name, text) for name, kind in self._kinds.items() if kind.personal or kind.sealed]
        # Many kinds clean alike; a value is cleaned once by each way.
        cleaned: dict[Callable[[str], str | None], str | None] = {}

        def key_of(kind: Kind) -> str | None:
            if kind.clean not in cleaned:
                cleaned[kind.clean] = kind.clean(value)
            return None if kind.refuse(value) else cleaned[kind.clean]

        found: list[IdentifierName] = []
        for name, kind in self._kinds.items():
            source = self._kinds.get(kind.derived_from)
            # An address is itself and not its network, a mailbox not its domain: neighbours are another question.
            if (source is None or key_of(source) is None) and (key := key_of(kind)):
                found += [(name, stored) for stored in self._stored(kind, key)]
        return found

    def of_all(self, values: Sequence[str]) -> dict[IdentifierName, list[str]]:
        """The values that each name may stand for."""
        found: dict[IdentifierName, list[str]] = {}
        for value in dict.fromkeys(values):
            for name in self.of(value):
                found.setdefault(name, []).append(value)
        return found

    def _stored(self, kind: Kind, key: str) -> Iterator[str]:
        if not kind.sealed:
            yield key
        if kind.sealed or kind.personal:
            for sealer in self._sealers:
                yield from sealer.candidates(kind.name, key)


def _kind(name: str, family: int, personal: bool) -> Kind:
    # The family decides whether an unknown kind refuses card numbers.
    return resolve(name, {"family": str(_FAMILY.get(family, Family.LINEAGE)), "personal": personal})
