"""One night's work, as the pipeline hands it to an engine."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from helpers.source import AS_OF, write_source
from linkage.engine.base import Engine, Judged, PartitionParams, RunGraph
from linkage.engine.embedded import EmbeddedEngine
from linkage.model import RunRecord
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import Settings


@dataclass
class Night:
    """What one night hands to its engine."""

    source: Path
    run: RunRecord
    graph: RunGraph
    params: PartitionParams
    judged: Judged
    served: dict[str, pa.Table] = field(default_factory=dict)

    def as_run(self, run_id: str, *, minute: int = 0, status: str = "published") -> RunRecord:
        """The night's record under another name; later minutes are later runs."""
        started = datetime(2026, 3, 1, 1, minute, tzinfo=UTC)
        return replace(self.run, run_id=run_id, status=status, started_at=started, finished_at=started)

    def judged_as(self, run_id: str) -> Judged:
        """The night's tables, each ring named after the run: whoever mixes two runs is found out."""

        def named(table: pa.Table) -> pa.Table:
            ids = pa.array([f"{run_id}/{ring}" for ring in table["ring_id"].to_pylist()], pa.string())
            return table.set_column(table.schema.get_field_index("ring_id"), "ring_id", ids)

        changes = named(self.judged.changes)
        runs = pa.array([run_id] * changes.num_rows, pa.string())
        named_campaigns = {
            name: named(getattr(self.judged, name)) for name in ("campaign_rings", "campaign_accounts")
        }
        return replace(
            self.judged,
            memberships=named(self.judged.memberships),
            rings=named(self.judged.rings),
            changes=changes.set_column(changes.schema.get_field_index("run_id"), "run_id", runs),
            details=named(self.judged.details),
            **named_campaigns,
        )

    def give(self, engine: Engine, run_id: str, *, minute: int = 0) -> RunRecord:
        """A whole run of the port, to its publication."""
        run = self.as_run(run_id, minute=minute)
        engine.begin(replace(run, status="running", finished_at=None))
        engine.load(run, self.graph)
        engine.partition(run, self.params)
        engine.publish(run, self.judged_as(run_id))
        return run


class Recorder:
    """An engine that remembers what it was given."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.given: dict[str, Any] = {}

    def load(self, run: RunRecord, graph: RunGraph) -> None:
        self.given["graph"] = graph
        self._engine.load(run, graph)

    def partition(self, run: RunRecord, params: PartitionParams) -> Any:
        self.given["params"] = params
        return self._engine.partition(run, params)

    def publish(self, run: RunRecord, judged: Judged) -> None:
        self.given |= {"run": run, "judged": judged}
        self._engine.publish(run, judged)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def one_night(folder: Path) -> Night:
    """One real night, as the pipeline hands it over, and what the embedded engine then serves of it."""
    source = write_source(folder / "source")
    engine = Recorder(EmbeddedEngine(folder / "store"))
    run_nightly(engine, options(source, "night"), Silent())
    view = engine.view()
    served = {name: getattr(view, name)() for name in ("memberships", "rings", "links", "hubs", "changes")}
    return Night(source=source, served=served, **engine.given)


def options(source: Path, run_id: str | None = None, *, resume: bool = False, **more: Any) -> NightlyOptions:
    return NightlyOptions(
        source=source,
        settings=more.pop("settings", Settings()),
        as_of=datetime.fromisoformat(AS_OF),
        run_id=run_id,
        resume=resume,
        **more,
    )


def statuses(engine: Engine) -> Sequence[tuple[str, str]]:
    """The ledger in short."""
    return [(run.run_id, run.status) for run in engine.runs()]
