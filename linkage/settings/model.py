"""What can be configured: one frozen dataclass a section, one `key(...)` a key.

A key is added here and nowhere else: its name, default, and the reader that checks it. Every section is
documented by its class.
"""

# ruff: noqa: RUF009  (`key` gives a dataclass field, whose default is immutable or a factory)

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from linkage.identifiers.base import Bucket, Family, HubRule
from linkage.settings.readers import (
    NONE,
    Never,
    Reader,
    choice,
    duration,
    flag,
    mapping,
    number,
    size,
    text,
    texts,
    url,
)


def key(reader: Reader, default: Any = None) -> Any:
    """One key of a section."""
    metadata = {"reader": reader}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class SourceSettings:
    """`[sources.<name>]`: where a table's rows come from and what its columns are called there.

    `file` is a path, a glob or a folder relative to the source folder; `query` is a DuckDB SELECT instead, in
    which `{dir}` is the source folder. Neither: the table's own file of the contract. `columns` maps a column
    of the contract to a column of the file or to a DuckDB expression over its columns (over text formats
    every column is VARCHAR).
    """

    name: str
    table: str = key(text, "")
    file: str | None = key(text)
    query: str | None = key(text)
    columns: dict[str, str] = key(mapping, {})
    undated: bool = key(flag, False)
    format: str | None = key(text)


@dataclass(frozen=True)
class KindOverride:
    """`[kinds.<kind>]`: what differs from the built-in kind, or makes a new one. None: not given."""

    name: str
    family: Family | None = key(choice(Family))
    m: float | None = key(number(above=0, high=1))
    cap: float | None = key(number(above=0, high=100))
    window: timedelta | Never | None = key(duration)
    half_life: timedelta | Never | None = key(duration)
    bucket: Bucket | None = key(choice(Bucket))
    near_proof: bool | None = key(flag)
    hub: HubRule | None = key(choice(HubRule))
    hub_degree: int | None = key(number(2, whole=True))
    personal: bool | None = key(flag)
    label: str | None = key(text)

    def given(self) -> dict[str, Any]:
        """The attributes that the file sets, named as in `Kind`; "none" becomes None."""
        values = {item.name: getattr(self, item.name) for item in fields(self) if "reader" in item.metadata}
        return {
            name: None if value == NONE and name in ("window", "half_life") else value
            for name, value in values.items()
            if value is not None
        }


@dataclass(frozen=True)
class FamilyOverride:
    """`[families.<family>]`: the weight of a family's further lines of evidence after its best one."""

    name: str
    discount: float | None = key(number(0, 1))


@dataclass(frozen=True)
class LinkSettings:
    """`[link]`: when the evidence between two accounts is enough.

    `threshold` in bits (None: from the prior and `posterior`); `prior` is log2 of the prior odds (None:
    estimated); `discount` is the weight of further lines of one family.
    """

    threshold: float | None = key(number(0, 1000))
    prior: float | None = key(number(-1000, 0))
    posterior: float = key(number(above=0, high=0.999999999), 0.95)
    min_families: int = key(number(1, 9, whole=True), 2)
    discount: float = key(number(0, 1), 0.3)


@dataclass(frozen=True)
class RingSettings:
    """`[rings]`: smallest ring, the score from which a ring is flagged, and the seed of the partition."""

    min_size: int = key(number(2, whole=True), 2)
    flag_score: float = key(number(0, 1), 0.5)
    seed: int = key(number(0, 2**63 - 1, whole=True), 1)


@dataclass(frozen=True)
class PrivacySettings:
    """`[privacy]`: the environment variable that holds the HMAC key of stored fingerprints."""

    key_env: str | None = key(text)


@dataclass(frozen=True)
class NetworkSettings:
    """`[networks]`: MMDB files that say what networks are; paths relative to the configuration's folder."""

    mmdb: tuple[str, ...] = key(texts, ())


@dataclass(frozen=True)
class Neo4jSettings:
    """`[neo4j]`: what a server is given. `plain`: personal identifiers as they are, instead of keyed."""

    plain: bool = key(flag, False)


@dataclass(frozen=True)
class BloomSettings:
    """`[bloom]`: where Neo4j Bloom answers (None: rings carry no links), and what the perspective is called there."""

    url: str | None = key(url)
    perspective: str = key(text, "linkage")


@dataclass(frozen=True)
class RegionSettings:
    """`[regions]`: the countries that are served; an empty list says nothing."""

    served: tuple[str, ...] = key(texts, ())


@dataclass(frozen=True)
class GateSettings:
    """`[gates]`: what a night may differ from the published one and still be published without a person's word.

    `lost_rows`, `lost_accounts`: of what the published run had read, the share that may be missing;
    `newly_flagged`: of all accounts, the share that may be flagged and was not; `no_longer_flagged`: of the accounts
    that were flagged, the share that may no longer be. 1 opens a gate.
    """

    lost_rows: float = key(number(0, 1), 0.5)
    lost_accounts: float = key(number(0, 1), 0.2)
    newly_flagged: float = key(number(0, 1), 0.05)
    no_longer_flagged: float = key(number(0, 1), 0.5)


@dataclass(frozen=True)
class ReviewSettings:
    """`[review]`: the random sample of rings that people are asked to decide on.

    `rings` a run; a ring of which somebody decided on an account is left out for as long as `again` ("none": for ever).
    """

    rings: int = key(number(0, 10_000, whole=True), 30)
    again: timedelta | Never = key(duration, timedelta(days=90))


@dataclass(frozen=True)
class RunSettings:
    """`[run]`: limits of one run. `quarantine_limit` is a share of a table's rows."""

    quarantine_limit: float = key(number(0, 1), 0.01)
    memory_limit: str = key(size, "2GB")
    threads: int | None = key(number(1, 1024, whole=True))
    keep_runs: int = key(number(1, whole=True), 30)
    keep_tables: bool = key(flag, False)


@dataclass(frozen=True)
class Settings:
    """The whole configuration, checked. `Settings()` is the default."""

    sources: tuple[SourceSettings, ...] = ()
    kinds: dict[str, KindOverride] = field(default_factory=dict)
    families: dict[str, FamilyOverride] = field(default_factory=dict)
    link: LinkSettings = field(default_factory=LinkSettings)
    rings: RingSettings = field(default_factory=RingSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    networks: NetworkSettings = field(default_factory=NetworkSettings)
    neo4j: Neo4jSettings = field(default_factory=Neo4jSettings)
    bloom: BloomSettings = field(default_factory=BloomSettings)
    regions: RegionSettings = field(default_factory=RegionSettings)
    gates: GateSettings = field(default_factory=GateSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    run: RunSettings = field(default_factory=RunSettings)


PLAIN_SECTIONS: dict[str, type[Any]] = {
    "link": LinkSettings,
    "rings": RingSettings,
    "privacy": PrivacySettings,
    "networks": NetworkSettings,
    "neo4j": Neo4jSettings,
    "bloom": BloomSettings,
    "regions": RegionSettings,
    "gates": GateSettings,
    "review": ReviewSettings,
    "run": RunSettings,
}
"""Sections with fixed keys."""

NAMED_SECTIONS: dict[str, type[Any]] = {
    "sources": SourceSettings,
    "kinds": KindOverride,
    "families": FamilyOverride,
}
"""Sections that hold one table a name."""
