"""The engine without a server: one folder a run, communities by a native library, an atomic pointer."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from linkage.communities.density import density
from linkage.communities.native import partition
from linkage.engine.base import Judged, Partition, PartitionParams, RunGraph
from linkage.engine.embedded_reader import EmbeddedReader
from linkage.engine.embedded_view import EmbeddedView
from linkage.engine.files import StoreFolder, writing
from linkage.engine.stored import StoredRun, read_stored
from linkage.errors import StoreError, UnknownRunError, UsageError
from linkage.identifiers.keys import Sealer
from linkage.model import RunRecord

_GRAPH_TABLES = (
    "accounts", "identifiers", "holdings", "hours", "value_counts", "kinds", "links", "evidence", "stars",
    "star_members", "joins", "join_evidence",
)  # fmt: skip
_JUDGED_TABLES = (
    "memberships", "rings", "changes", "details", "campaigns", "campaign_rings", "campaign_accounts",
)  # fmt: skip


class EmbeddedEngine:
    """Keeps runs in a folder of this machine. One process writes, any number read."""

    def __init__(self, store: Path, sealers: Sequence[Sealer] = ()) -> None:
        """`sealers`: the keys of personal identifiers, by which the API's readers find pasted values."""
        self._store = StoreFolder(store)
        self._sealers = sealers
        self._graph: RunGraph | None = None
        self._writing: Future[None] | None = None

    def folder(self, run: RunRecord) -> Path:
        """The run's own folder, for its quarantine and its scratch files."""
        return self._store.run_folder(run.run_id)

    def begin(self, run: RunRecord) -> None:
        """Takes the lock, closes runs that died, and opens this one."""
        self._store.lock()
        try:
            for run_id in self._store.run_ids():
                self._settle(run_id)
            for earlier in self.runs():
                if earlier.run_id == run.run_id and earlier.status == "published":
                    raise UsageError(f"run {run.run_id} is published already; a run id is used once")
                if earlier.status == "running" and earlier.run_id != run.run_id:
                    self._store.write_record(
                        replace(earlier, status="failed", notes=(*earlier.notes, "died"))
                    )
            self._store.write_record(run)
        except BaseException:
            self._store.unlock()
            raise

    def load(self, run: RunRecord, graph: RunGraph) -> None:
        """Begins to write the run's tables into its folder, which no reader looks at yet; `publish` waits for them."""
        self._written()
        self._graph = graph
        pool = ThreadPoolExecutor(1)
        self._writing = pool.submit(self._write, run, graph)
        pool.shutdown(wait=False)

    def _write(self, run: RunRecord, graph: RunGraph) -> None:
        for name in _GRAPH_TABLES:
            self._store.write_table(run.run_id, name, getattr(graph, name))

    def _written(self) -> None:
        """Waits until the tables of `load` are there; StoreError where they could not be written."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _stop_writing(self) -> None:
        """Waits until nothing is written any more, whatever came of it."""
        if self._writing is not None:
            wait([self._writing])
            self._writing = None

    def partition(self, run: RunRecord, params: PartitionParams) -> Partition:
        """Components, and Leiden inside them, of the graph that was loaded."""
        if self._graph is None:
            raise StoreError(f"run {run.run_id} has no graph loaded")
        accounts, links = self._graph.accounts.num_rows, self._graph.links
        community = partition(self._graph.graph, params.threshold, params.seed)
        return Partition(
            community, density(accounts, community, links["a"].to_numpy(), links["b"].to_numpy())
        )

    def publish(self, run: RunRecord, judged: Judged) -> None:
        """Writes what was judged, then moves the pointer."""
        self._written()
        for name in _JUDGED_TABLES:
            self._store.write_table(run.run_id, name, getattr(judged, name))
        # Whether a finished run was published is for the pointer alone to say: see `_settled`.
        self._store.write_record(replace(run, status="ready"))
        self._store.point_to(run.run_id)
        self._graph = None
        # From here on the run is served; what goes wrong with the tidying must not look like a failed night.
        with contextlib.suppress(StoreError):
            self._clear(run)
        self._store.unlock()

    def fail(self, run: RunRecord) -> None:
        """Records that the run ended without being published; its scratch stays for `--resume`."""
        self._graph = None
        self._stop_writing()
        if not self._store.locked:
            return
        try:
            if self._store.current() != run.run_id:
                self._store.write_record(run)
        finally:
            self._store.unlock()

    def discard(self, run: RunRecord) -> None:
        """Removes a run that was only tried."""
        self._graph = None
        self._stop_writing()
        try:
            self._store.remove_run(run.run_id)
        finally:
            self._store.unlock()

    def view(self, run_id: str | None = None) -> EmbeddedView:
        """The published run, or an older one that was published."""
        return EmbeddedView(self._store, self._published(run_id))

    def published(self) -> str | None:
        """The id of the run that is published now."""
        return self._store.current()

    def reader(self, run_id: str | None = None) -> EmbeddedReader:
        """A reader of the published run, or of an older one; the first of a run prepares its file."""
        return EmbeddedReader(self._store, self._published(run_id), sealers=self._sealers)

    def stored(self, run_id: str | None = None) -> StoredRun:
        """The published run, or an older one, as it was handed over: for another engine."""
        return read_stored(self._store, self._published(run_id))

    def runs(self) -> Sequence[RunRecord]:
        """All runs of the store, oldest first."""
        records = [self._settled(self._store.read_record(run_id)) for run_id in self._store.run_ids()]
        return sorted(records, key=lambda record: (record.started_at, record.run_id))

    def prune(self, keep: int) -> Sequence[str]:
        """Removes all but the newest `keep` published runs, and runs that failed; never the published one."""
        held = self._store.locked
        if not held:
            self._store.lock()
        try:
            current = self._store.current()
            published = [run.run_id for run in self.runs() if run.status == "published"]
            # A run under way is nobody's leftover while its writer holds the store.
            under_way = {run.run_id for run in self.runs() if run.status == "running"} if held else set()
            kept = {*published[-keep:], current, *under_way}
            gone = [run.run_id for run in self.runs() if run.run_id not in kept]
            for run_id in gone:
                self._store.remove_run(run_id)
            return gone
        finally:
            if not held:
                self._store.unlock()

    def _published(self, run_id: str | None) -> RunRecord:
        """The record of a run that readers may see."""
        if run_id is not None and not self._store.has(run_id):
            raise UnknownRunError(f"the store {self._store.root} has no run {run_id}")
        chosen = run_id or self._store.current()
        if chosen is None:
            raise StoreError(f"the store {self._store.root} has no published run")
        record = self._settled(self._store.read_record(chosen))
        if record.status != "published":
            wrong = StoreError if run_id is None else UnknownRunError
            raise wrong(f"run {chosen} was not published: it is {record.status}")
        return record

    def _settled(self, run: RunRecord) -> RunRecord:
        """A run that was ready when its writer died was published if the pointer names it, and never otherwise."""
        if run.status != "ready":
            return run
        return replace(run, status="published" if self._store.current() == run.run_id else "failed")

    def _settle(self, run_id: str) -> None:
        """Writes down what became of a run that was ready: the pointer is about to move on."""
        record = self._store.read_record(run_id)
        if record.status == "ready":
            self._store.write_record(self._settled(record))

    def _clear(self, run: RunRecord) -> None:
        scratch = self.folder(run) / "work"
        if scratch.is_dir():
            with writing(self._store.root):
                shutil.rmtree(scratch)
