"""What a night would see of a source, for whoever is compared with it: identifiers and who holds them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.identifiers.base import HubRule
from linkage.identifiers.networks import NetworkTable
from linkage.identifiers.registry import Kinds
from linkage.run.context import sealer_of
from linkage.run.horizon import hide_future
from linkage.settings import Settings
from linkage.sightings.prompts import see_templates
from linkage.sightings.stage import build_kinds, identify, see
from linkage.sources import ingest
from linkage.warehouse import Warehouse


@dataclass(frozen=True)
class World:
    """A warehouse with `account`, `identifier`, `holding`, `linking_kind` and the clean tables; labels are not read.

    `linking_kind` (kind, name) are the kinds that may make a link; the others (user agents, BINs, subnets) only
    support one.
    """

    warehouse: Warehouse
    kinds: Kinds
    accounts: int


@contextlib.contextmanager
def observed(source: Path, settings: Settings, as_of: datetime | None = None) -> Iterator[World]:
    """The source in canonical identifiers, read as the nightly run reads it; InputError as there."""
    if not source.is_dir():
        raise InputError(f"the source folder {source} is not there")
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="linkage-evaluate-") as folder,
        Warehouse.open(
            memory_limit=settings.run.memory_limit,
            threads=settings.run.threads,
            temp_directory=Path(folder) / "spill",
        ) as warehouse,
    ):
        report = ingest(
            warehouse,
            source,
            settings,
            Path(folder) / "quarantine",
            as_of=max(as_of, now) if as_of else None,
            leave=frozenset({"labels"}),
        )
        if as_of is not None:
            hide_future(warehouse, as_of)
        kinds, _ = build_kinds(warehouse, dict(settings.kinds))
        see(warehouse, kinds)
        sealer, secret = sealer_of(settings)
        see_templates(warehouse, kinds, secret)
        ranges = warehouse.arrow("SELECT cidr, asn, country, class FROM clean_ip_ranges")
        networks = NetworkTable.build(ranges, settings.networks.mmdb)
        identify(warehouse, kinds, networks, sealer, keyed=secret is not None)
        linking = [number for number, kind in enumerate(kinds) if kind.hub is not HubRule.ALWAYS]
        warehouse.register(
            "linking_kind",
            pa.table(
                {
                    "kind": pa.array(linking, pa.uint16()),
                    "name": [kinds[number].name for number in linking],
                }
            ),
        )
        yield World(warehouse, kinds, report.accounts)
