"""What a folder of tables becomes: ingest, sightings and identifiers, as a person would list them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from linkage.identifiers.keys import Keyring, Sealer, Unkeyed
from linkage.identifiers.registry import Kinds
from linkage.run.checkpoint import networks
from linkage.settings import Settings, load_settings
from linkage.sightings.prompts import see_templates
from linkage.sightings.stage import SightingCounts, build_kinds, identify, read_holdings, see
from linkage.sources import ingest
from linkage.warehouse import Warehouse

Holding = tuple[str, str, str]
"""account_id, kind, key."""


@dataclass
class Observed:
    """Holdings with (first, last, count) in hours since 1970; hours of the shared ones whose kind has a window."""

    kinds: Kinds
    counts: SightingCounts
    unknown: list[str]
    holdings: dict[Holding, tuple[int, int, int]] = field(default_factory=dict)
    hours: dict[Holding, list[int]] = field(default_factory=dict)
    values: dict[tuple[str, str], int] = field(default_factory=dict)
    networks: dict[str, tuple[int | None, str | None, str | None]] = field(default_factory=dict)

    def keys(self, kind: str) -> set[str]:
        return {key for _, name, key in self.holdings if name == kind}

    def holders(self, kind: str, key: str) -> set[str]:
        return {account for account, name, value in self.holdings if (name, value) == (kind, key)}


def write(folder: Path, **tables: str) -> Path:
    """CSV files by table name."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text.replace("\n    ", "\n").lstrip())
    return folder


def observe(folder: Path, toml: str = "", secret: bytes | None = None) -> Observed:
    """Runs the observing stages over a folder."""
    settings = Settings()
    if toml:
        path = folder.parent / "linkage.toml"
        path.write_text(toml)
        settings = load_settings(path)
    sealer: Sealer = Keyring(secret) if secret else Unkeyed()
    with Warehouse.open(None, threads=1) as warehouse:
        report = ingest(
            warehouse, folder, settings, folder.parent / "quarantine", as_of=datetime(2027, 1, 1, tzinfo=UTC)
        )
        kinds, unknown = build_kinds(warehouse, dict(settings.kinds))
        see(warehouse, kinds)
        see_templates(warehouse, kinds, secret)
        counts = identify(warehouse, kinds, networks(warehouse, settings), sealer, keyed=secret is not None)
        found = Observed(kinds, counts, unknown)
        names = {}
        for row in warehouse.records(
            "SELECT account_id, name, key, account, identifier, first, last, holding.count AS count "
            "FROM holding JOIN identifier USING (identifier) JOIN kind_number USING (kind) JOIN account USING (account)"
        ):
            held = (row["account_id"], row["name"], row["key"])
            assert held not in found.holdings, "a holding is one row"
            found.holdings[held] = (row["first"], row["last"], row["count"])
            names[row["account"], row["identifier"]] = held
        seen = read_holdings(warehouse, report.accounts, len(kinds)).holdings
        for account in range(seen.accounts):
            for place in range(seen.account_ptr[account], seen.account_ptr[account + 1]):
                hours = seen.buckets[seen.bucket_ptr[place] : seen.bucket_ptr[place + 1]].tolist()
                if hours:
                    found.hours[names[account, int(seen.identifier[place])]] = hours
        for row in warehouse.records(
            'SELECT account_id, name, "values" FROM value_count '
            "JOIN account USING (account) JOIN kind_number USING (kind)"
        ):
            found.values[row["account_id"], row["name"]] = row["values"]
        for row in warehouse.records("SELECT * FROM network"):
            found.networks[row["key"]] = (row["asn"], row["country"], row["class"])
    return found


def hour(text: str) -> int:
    """Hours since 1970 of a UTC time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() // 3600)
