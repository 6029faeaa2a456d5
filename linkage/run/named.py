"""Identifiers that somebody has named: on the operator's allow-list, or by the indicators of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from linkage.identifiers.base import Kind
from linkage.identifiers.keys import Sealer, is_fingerprint
from linkage.identifiers.registry import Kinds
from linkage.identifiers.within import network, within
from linkage.links.holdings import BoolArray
from linkage.warehouse import Warehouse, statement

# The kind of which a network in CIDR notation names several.
ADDRESS = "ip"
# What an indicator is believed that does not say how sure it is.
UNSTATED = 0.5


def name_identifiers(
    warehouse: Warehouse, kinds: Kinds, as_of: int, sealer: Sealer, *, keyed: bool
) -> tuple[str, ...]:
    """`barred`, `allowed_account` and `indicated` (with confidence and sources); kinds named there that are none here.

    What is past its date at `as_of` (hours since 1970) counts no more. A network in CIDR notation names each address of
    the run that lies in it, unless addresses are kept by keyed fingerprints, which tell no network. Reads
    clean_allow_list, clean_indicators, account, kind_number and identifier, whose keys are fingerprints of `sealer`
    where `identify` was told the same.
    """
    warehouse.run("nightly/named_value", moment=as_of * 3600)
    values: dict[str, list[str]] = {}
    for row in warehouse.records("SELECT DISTINCT kind, value FROM named_value ORDER BY kind, value"):
        values.setdefault(str(row["kind"]), []).append(str(row["value"]))
    tables = [_EMPTY]
    unknown = []
    for written, told in values.items():
        name = written if written in kinds else written.strip().lower()
        if name not in kinds:
            unknown.append(written)
            continue
        kind = kinds.by_name[name]
        seal = sealer if kind.sealed or (keyed and kind.personal) else None
        tables.append(_keys(written, kind, told, seal))
        if name == ADDRESS and seal is None:
            tables.append(_addresses(warehouse, written, kind, told))
    warehouse.register("named_key", pa.concat_tables(tables))
    warehouse.run("nightly/barred")
    warehouse.run("nightly/allowed_account")
    warehouse.run("nightly/indicated", unstated=UNSTATED)
    for name in ("named_value", "named_key"):
        warehouse.drop(name)
    return tuple(unknown)


def read_barred(warehouse: Warehouse, shared: int) -> BoolArray:
    """Which shared identifiers the allow-list keeps from linking."""
    barred = np.zeros(shared, dtype=np.bool_)
    barred[warehouse.arrow("SELECT identifier FROM barred")["identifier"].to_numpy()] = True
    return barred


_EMPTY = pa.table({name: pa.array([], pa.string()) for name in ("written", "value", "kind", "key")})


def _addresses(warehouse: Warehouse, written: str, kind: Kind, values: Sequence[str]) -> pa.Table:
    """The run's addresses in the networks that are named."""
    named = [(value, found) for value in values if (found := network(value)) is not None]
    if not named:
        return _EMPTY
    keys = warehouse.arrow(statement("nightly/keys_of_kind"), {"kind": kind.name})["key"].combine_chunks()
    which, place = within([found for _, found in named], keys)
    return pa.table(
        {
            "written": pa.array([written] * len(which), pa.string()),
            "value": pa.array([named[at][0] for at in which.tolist()], pa.string()),
            "kind": pa.array([kind.name] * len(which), pa.string()),
            "key": keys.take(pa.array(place)),
        }
    )


def _keys(written: str, kind: Kind, values: Sequence[str], sealer: Sealer | None) -> pa.Table:
    """The keys of values as they were written; those that say nothing of this kind are left out."""
    # A fingerprint is none of the kind's values, and its `clean` may say so.
    made = [value.strip() if is_fingerprint(value.strip()) else kind.clean(value) for value in values]
    kept = [place for place, key in enumerate(made) if key]
    keys = pa.array([made[place] for place in kept], pa.string())
    return pa.table(
        {
            "written": pa.array([written] * len(kept), pa.string()),
            "value": pa.array([values[place] for place in kept], pa.string()),
            "kind": pa.array([kind.name] * len(kept), pa.string()),
            "key": keys if sealer is None else sealer.fingerprints(kind.name, keys),
        }
    )
