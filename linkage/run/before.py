"""What a night follows: the published run, and the rings of the nights before that it did not find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.base import Engine
from linkage.errors import StoreError
from linkage.model import RunRecord

_RINGS = pa.schema([("account_id", pa.string()), ("ring_id", pa.string())])


@dataclass(frozen=True)
class Standing:
    """What readers see: the published run's record and memberships.

    `asleep`: account_id, ring_id of rings that an earlier night had and the published one had not.
    """

    run: RunRecord
    memberships: pa.Table
    asleep: pa.Table

    def rings(self) -> pa.Table:
        """account_id, ring_id, dormant: the rings that tonight's may continue."""
        awake = self.memberships.select(_RINGS.names).cast(_RINGS)
        parts = ((awake, False), (self.asleep, True))
        return pa.concat_tables(
            [
                table.append_column("dormant", pa.array([flag] * table.num_rows, pa.bool_()))
                for table, flag in parts
            ]
        )


def standing(engine: Engine) -> Standing | None:
    """What is published; None on the first night."""
    try:
        view = engine.view()
        memberships = view.memberships()
    except StoreError:
        return None
    asleep = [_members(engine, run_id, rings) for run_id, rings in _asleep(engine, view.run.run_id).items()]
    return Standing(view.run, memberships, pa.concat_tables([_RINGS.empty_table(), *asleep]))


def _asleep(engine: Engine, published: str) -> Mapping[str, Sequence[str]]:
    """The rings that are dormant by what the runs of the ledger told, by the run that had them last."""
    last: dict[str, str] = {}
    before = None
    for run in engine.runs():
        if run.status != "published":
            continue
        for row in _changes(engine, run.run_id):
            last.pop(row["ring_id"], None)
            if row["event"] == "dormant" and before is not None:
                last[row["ring_id"]] = before
        before = run.run_id
        if before == published:
            break
    found: dict[str, list[str]] = {}
    for ring, run_id in last.items():
        found.setdefault(run_id, []).append(ring)
    return found


def _changes(engine: Engine, run_id: str) -> list[dict[str, str]]:
    try:
        rows: list[dict[str, str]] = engine.view(run_id).changes().select(["ring_id", "event"]).to_pylist()
    except StoreError:
        # An old run that cannot be read must not cost tonight's.
        return []
    return rows


def _members(engine: Engine, run_id: str, rings: Sequence[str]) -> pa.Table:
    try:
        table = engine.view(run_id).memberships().select(_RINGS.names).cast(_RINGS)
    except StoreError:
        return _RINGS.empty_table()
    return table.filter(pc.is_in(table["ring_id"], pa.array(rings, pa.string())))
