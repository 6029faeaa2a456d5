"""A published run as it was handed to an engine, read again from its tables: to hand it to another."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from linkage.communities.graph import Graph
from linkage.engine.base import Judged, RunGraph
from linkage.engine.files import StoreFolder
from linkage.model import RunRecord


@dataclass(frozen=True)
class StoredRun:
    """All tables of a run. Its graph has no edges: the communities are found already."""

    run: RunRecord
    graph: RunGraph
    judged: Judged


def read_stored(store: StoreFolder, run: RunRecord) -> StoredRun:
    """The run from its folder; StoreError where a table is missing or broken."""
    tables = {
        field.name: store.read_table(run.run_id, field.name)
        for field in fields(RunGraph)
        if field.name != "graph"
    }
    judged = {
        field.name: store.read_table(run.run_id, field.name)
        for field in fields(Judged)
        # No table: it is in the run's record.
        if field.name != "calibration"
    }
    graph = _without_edges(tables["accounts"].num_rows, tables["stars"].num_rows)
    return StoredRun(run, RunGraph(**tables, graph=graph), Judged(**judged))


def _without_edges(accounts: int, stars: int) -> Graph:
    none = np.empty(0, dtype=np.int32)
    return Graph(
        accounts=accounts,
        stars=stars,
        source=none,
        target=none,
        bits=np.empty(0, dtype=np.float64),
        edge=np.empty(0, dtype=np.int64),
        identifier=none,
        line_bits=np.empty(0, dtype=np.float64),
        whole=np.empty(0, dtype=np.bool_),
        family=np.empty(0, dtype=np.uint8),
        near_proof=np.empty(0, dtype=np.bool_),
        min_families=1,
    )
