"""From clean tables to sightings, identifiers and holdings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import UsageError
from linkage.identifiers.base import Bucket, HubRule, Kind
from linkage.identifiers.keys import Sealer
from linkage.identifiers.networks import NetworkTable
from linkage.identifiers.registry import Kinds
from linkage.links.holdings import FloatArray, Holdings, build_holdings
from linkage.sightings.feeds import FEEDS, Feed
from linkage.warehouse import Warehouse, ident, literal

MOST_KINDS = 250
_NO_KEY = ""


@dataclass(frozen=True)
class SightingCounts:
    """What one run saw: distinct raw values, identifiers, those that two accounts hold, holdings and sightings."""

    values: int
    refused: int
    identifiers: int
    shared: int
    holdings: int
    sightings: int


def build_kinds(warehouse: Warehouse, overrides: dict[str, object]) -> tuple[Kinds, list[str]]:
    """All kinds of a run, and the names of those in `links` that nobody described."""
    met = [
        str(row["kind"]) for row in warehouse.records("SELECT DISTINCT kind FROM clean_links ORDER BY kind")
    ]
    kinds = Kinds.build(overrides, met)
    if len(kinds) > MOST_KINDS:
        raise UsageError(f"links: {len(kinds)} kinds of identifier, at most {MOST_KINDS} are possible")
    known = set(Kinds.build(overrides).by_name)
    return kinds, [name for name in met if name not in known]


def see(warehouse: Warehouse, kinds: Kinds) -> None:
    """What the clean tables saw, as it is written there: `raw_holding`, `raw_hour`, `raw_value`, `kind_number`."""
    _number_kinds(warehouse, kinds)
    for name in ("create_raw_holding", "create_raw_hour", "create_raw_value"):
        warehouse.run(f"sightings/{name}")
    for feed in FEEDS:
        _see(warehouse, feed, kinds)
    warehouse.run("sightings/link_span")
    warehouse.run("sightings/owner_span", kind=kinds.number("account"))
    for name in ("hold_links", "hours_of_links", "link_values", "hold_hours"):
        warehouse.run(f"sightings/{name}")
    warehouse.drop("link_span")


def identify(
    warehouse: Warehouse, kinds: Kinds, networks: NetworkTable, sealer: Sealer, *, keyed: bool
) -> SightingCounts:
    """Canonical identifiers: `identifier`, `holding`, `hour`, `value_count`, `peak` and `network`.

    With `keyed` all personal keys are replaced by fingerprints of `sealer`, otherwise only those of sealed kinds.
    """
    warehouse.run("sightings/create_cleaned")
    refused = _clean(warehouse, kinds, networks, sealer, keyed=keyed)
    for name in ("key_number", "value_key", "held", "identifier", "holding", "hour", "value_count", "peak"):
        warehouse.run(f"sightings/{name}")
    counts = SightingCounts(
        values=warehouse.rows("raw_value"),
        refused=refused,
        identifiers=warehouse.rows("identifier"),
        shared=int(warehouse.scalar("SELECT count(*) FROM identifier WHERE accounts >= 2")),
        holdings=warehouse.rows("holding"),
        sightings=int(warehouse.scalar("SELECT coalesce(sum(count), 0)::BIGINT FROM raw_holding")),
    )
    for name in ("raw_holding", "raw_hour", "raw_value", "cleaned", "key_number", "value_key", "held"):
        warehouse.drop(name)
    return counts


def _number_kinds(warehouse: Warehouse, kinds: Kinds) -> None:
    windows = kinds.window_hours
    warehouse.register(
        "kind_number",
        pa.table(
            {
                "kind": pa.array(range(len(kinds)), pa.uint16()),
                "name": [kind.name for kind in kinds],
                "by_day": [kind.bucket is Bucket.DAY for kind in kinds],
                "windowed": [_windowed(kind) for kind in kinds],
                "hours": pa.array(
                    [0 if np.isinf(hours) else int(np.ceil(hours)) for hours in windows], pa.int32()
                ),
            }
        ),
    )


def _windowed(kind: Kind) -> bool:
    """Whether sightings must lie near each other; what only supports a link is not asked."""
    return kind.window is not None and kind.hub is not HubRule.ALWAYS


def _see(warehouse: Warehouse, feed: Feed, kinds: Kinds) -> None:
    """One feed's rows into `raw_holding` or `raw_hour`, and its distinct values into `raw_value`."""
    table, column = ident(f"clean_{feed.table}"), ident(feed.column)
    number = kinds.number(feed.kind)
    first, last = _moment(feed.times[0], feed.times), _moment(feed.times[-1], feed.times)
    day = kinds[number].bucket is Bucket.DAY
    # One scan a feed: the value itself rides along with the hash that it is grouped by.
    held = f"hash(account_id) AS account_hash, hash({column}) AS value_hash, any_value({column}) AS value"
    rows = f"FROM {table} WHERE {column} IS NOT NULL"
    if _windowed(kinds[number]):
        hours = f"unnest(list_distinct([{_hour(first, day=day)}, {_hour(last, day=day)}]))"
        hour = _hour(first, day=day) if len(feed.times) == 1 else hours
        warehouse.execute(
            f"CREATE OR REPLACE TABLE fed AS SELECT {held}, {hour} AS bucket, count(*) AS count {rows} GROUP BY 1, 2, 4"
        )
        warehouse.execute(
            f"INSERT INTO raw_hour SELECT account_hash, {number}, value_hash, bucket, count FROM fed"
        )
    else:
        span = f"{_hour(f'min({first})', day=day)} AS first, {_hour(f'max({last})', day=day)} AS last"
        warehouse.execute(
            f"CREATE OR REPLACE TABLE fed AS SELECT {held}, {span}, count(*) AS count {rows} GROUP BY 1, 2"
        )
        warehouse.execute(
            f"INSERT INTO raw_holding SELECT account_hash, {number}, value_hash, first, last, count FROM fed"
        )
    warehouse.execute(
        f"INSERT INTO raw_value SELECT {number}, value_hash, any_value(value) FROM fed "
        f"ANTI JOIN (SELECT value_hash FROM raw_value WHERE kind = {number}) USING (value_hash) GROUP BY value_hash"
    )
    warehouse.drop("fed")


def _moment(time: str, times: tuple[str, ...]) -> str:
    """SQL for a time column; another of the row's times stands in for a missing one."""
    return f"coalesce({', '.join(ident(name) for name in dict.fromkeys((time, *times)))}, TIMESTAMP '1970-01-01')"


def _hour(moment: str, *, day: bool) -> str:
    """SQL for the hour since 1970 of a time, or for the hour at which its day began."""
    # In whole milliseconds: `epoch` is a DOUBLE, and `//` on those does not floor.
    width = 86_400_000 if day else 3_600_000
    return f"CAST(epoch_ms({moment}) // {width} * {width // 3_600_000} AS INTEGER)"


def _clean(warehouse: Warehouse, kinds: Kinds, networks: NetworkTable, sealer: Sealer, *, keyed: bool) -> int:
    """Canonical keys of all distinct values into `cleaned`; the number of values that must not be stored."""
    refused = 0
    warehouse.execute(
        "CREATE OR REPLACE TABLE network (key VARCHAR, asn BIGINT, country VARCHAR, class VARCHAR)"
    )
    for number, kind in enumerate(kinds):
        source = kinds.number(kind.derived_from) if kind.derived_from else number
        refused += _clean_kind(warehouse, kind, source)
        if kind.name == "ip":
            _place(warehouse, kinds, networks, source)
        if kind.sealed or (keyed and kind.personal):
            _seal(warehouse, kind, sealer)
        warehouse.execute(f"INSERT INTO cleaned SELECT {source}, value_hash, {number}, key FROM clean_value")
        warehouse.drop("clean_value")
    return refused


def _clean_kind(warehouse: Warehouse, kind: Kind, source: int) -> int:
    """`clean_value`: the keys of one kind, fast in SQL where the shape is common and by `clean` elsewhere."""
    fast = kind.fast_sql or "NULL::VARCHAR"
    warehouse.execute(
        f"CREATE OR REPLACE TABLE tried_value AS SELECT value_hash, value, {fast} AS key "
        f"FROM raw_value WHERE kind = {source}"
    )
    warehouse.execute(
        "CREATE OR REPLACE TABLE clean_value AS SELECT value_hash, key "
        f"FROM tried_value WHERE key <> {literal(_NO_KEY)}"
    )
    refused = 0
    for batch in warehouse.batches("SELECT value_hash, value FROM tried_value WHERE key IS NULL"):
        hashes: list[int] = []
        keys: list[str] = []
        for value_hash, value in zip(
            batch["value_hash"].to_pylist(), batch["value"].to_pylist(), strict=True
        ):
            if kind.refuse(value):
                refused += 1
            elif key := kind.clean(value):
                hashes.append(value_hash)
                keys.append(key)
        slow = pa.table({"value_hash": pa.array(hashes, pa.uint64()), "key": pa.array(keys, pa.string())})
        warehouse.register("slow_value", slow)
        warehouse.execute("INSERT INTO clean_value SELECT value_hash, key FROM slow_value")
    warehouse.drop("slow_value")
    warehouse.drop("tried_value")
    return refused


def _place(warehouse: Warehouse, kinds: Kinds, networks: NetworkTable, source: int) -> None:
    """What is known of each address: `network`, and its ASN as an identifier."""
    keys = warehouse.arrow("SELECT DISTINCT key FROM clean_value ORDER BY key")["key"]
    known = networks.lookup(keys)
    warehouse.register("network", known.add_column(0, "key", keys.combine_chunks().cast(pa.string())))
    warehouse.execute(
        f"INSERT INTO cleaned SELECT {source}, value_hash, {kinds.number('asn')}, 'AS' || network.asn "
        "FROM clean_value JOIN network USING (key) WHERE network.asn IS NOT NULL"
    )


def _seal(warehouse: Warehouse, kind: Kind, sealer: Sealer) -> None:
    """Replaces the keys in `clean_value` (and the addresses in `network`) by their fingerprints."""
    keys = warehouse.arrow("SELECT DISTINCT key FROM clean_value ORDER BY key")["key"]
    sealed = sealer.fingerprints(kind.name, keys) if len(keys) else pa.array([], pa.string())
    warehouse.register("sealed", pa.table({"key": keys, "sealed": sealed}))
    warehouse.execute(
        "CREATE OR REPLACE TABLE clean_value AS "
        "SELECT value_hash, sealed.sealed AS key FROM clean_value JOIN sealed USING (key)"
    )
    if kind.name == "ip":
        warehouse.execute(
            "CREATE OR REPLACE TABLE network AS "
            "SELECT sealed.sealed AS key, asn, country, class FROM network JOIN sealed USING (key)"
        )
    warehouse.drop("sealed")


@dataclass(frozen=True)
class Seen:
    """The shared sightings as arrays: holdings of shared identifiers, n by account and kind, S by kind, peaks."""

    holdings: Holdings
    values: npt.NDArray[np.uint16]
    total: FloatArray
    peak: FloatArray


def read_holdings(warehouse: Warehouse, accounts: int, kinds: int) -> Seen:
    """Arrays over the identifiers that at least two accounts hold, from `holding`, `sighting` and `identifier`."""
    identifiers = warehouse.arrow("SELECT kind FROM identifier WHERE accounts >= 2 ORDER BY identifier")
    kind = identifiers["kind"].to_numpy().astype(np.uint8)
    held = warehouse.query("sightings/shared_holding", shared=len(kind))
    account = held["account"].to_numpy().astype(np.int32)
    identifier = held["identifier"].to_numpy().astype(np.int32)
    place = account.astype(np.int64) * max(len(kind), 1) + identifier
    bucketed = warehouse.query("sightings/shared_hour")
    bucket_place = bucketed["account"].to_numpy().astype(np.int64) * max(len(kind), 1)
    bucket_place += bucketed["identifier"].to_numpy()
    holdings = build_holdings(
        accounts,
        kind,
        account,
        identifier,
        held["first"].to_numpy().astype(np.int32),
        held["last"].to_numpy().astype(np.int32),
        held["count"].to_numpy().astype(np.int64),
        np.searchsorted(place, bucket_place).astype(np.int64),
        bucketed["bucket"].to_numpy().astype(np.int32),
    )
    counted = warehouse.arrow("SELECT account, kind, values FROM value_count")
    values = np.zeros((accounts, kinds), dtype=np.int64)
    values[counted["account"].to_numpy(), counted["kind"].to_numpy()] = counted["values"].to_numpy()
    peak = holdings.degree.astype(np.float64)
    windowed = warehouse.arrow("SELECT identifier, accounts FROM peak")
    peak[windowed["identifier"].to_numpy()] = windowed["accounts"].to_numpy()
    return Seen(
        holdings=holdings,
        values=np.minimum(values, np.iinfo(np.uint16).max).astype(np.uint16),
        total=np.maximum(values.sum(axis=0), 1).astype(np.float64),
        peak=peak,
    )
