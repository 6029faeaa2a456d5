"""The engine over Neo4j: a run's graph beside the published one, communities by GDS, one transaction to publish."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from linkage.engine.base import Judged, Partition, PartitionParams, RunGraph
from linkage.engine.files import StoreFolder, writing
from linkage.engine.neo4j.bulk import BulkFiles, write_bulk
from linkage.engine.neo4j.communities import GdsCommunities
from linkage.engine.neo4j.elements import GraphElements, run_uid
from linkage.engine.neo4j.judged import judged_elements
from linkage.engine.neo4j.ledger import Ledger
from linkage.engine.neo4j.lock import WriterLock
from linkage.engine.neo4j.pinned import Pin
from linkage.engine.neo4j.reader import Neo4jReader
from linkage.engine.neo4j.server import Login, Server, Step
from linkage.engine.neo4j.totals import graph_totals, judged_totals
from linkage.engine.neo4j.view import Neo4jView, pack_schema
from linkage.engine.neo4j.writer import RunWriter, drop_unpublished
from linkage.engine.records import record_text
from linkage.engine.stored import StoredRun
from linkage.errors import LinkageError, StoreError, UnknownRunError, UsageError
from linkage.identifiers.keys import Keyring, Sealer
from linkage.model import RunRecord

_SCHEMA = (
    "constraint_uid", "index_account", "index_identifier", "index_ring", "index_ring_score", "index_run",
    "index_star", "index_joined", "index_member", "index_member_created", "index_member_undated", "index_past_member",
)  # fmt: skip
_INDEX_SECONDS = 300
# Who asks what is published does so every second.
_LOOK_SECONDS = 5.0


class Neo4jEngine:
    """Keeps runs in one database of a server. One process writes, any number read.

    `folder` is for a run's quarantine and scratch on this machine. Personal identifiers are stored keyed: by the
    configuration's key where there is one, else by a key of this store; `plain` stores them as the tables have them.
    `sealers`: further keys by which the API's readers find pasted values.
    """

    def __init__(
        self, login: Login, folder: Path, *, plain: bool = False, sealers: Sequence[Sealer] = ()
    ) -> None:
        self._server = Server(login)
        self._files = StoreFolder(folder)
        self._plain = plain
        self._sealers = sealers
        self._ledger = Ledger(self._server)
        self._lock = WriterLock(self._server)
        self._communities = GdsCommunities(self._server)
        self._seq = 0
        self._graph: RunGraph | None = None
        self._elements: GraphElements | None = None
        self._writer: RunWriter | None = None
        self._totals: dict[str, object] = {}
        self._kinds_schema = ""

    def close(self) -> None:
        """Ends the connections."""
        self._lock.release()
        self._server.close()

    def folder(self, run: RunRecord) -> Path:
        """The run's folder on this machine, for its quarantine and its scratch files."""
        return self._files.run_folder(run.run_id)

    def prepare(self) -> None:
        """Checks the server, and declares constraints and indexes where they are missing."""
        self._server.reach()
        self._server.check()
        for name in _SCHEMA:
            self._server.run(name)
        self._server.run("await_indexes", seconds=_INDEX_SECONDS)

    def nodes(self) -> int:
        """How many nodes the database holds, others' too."""
        self._server.reach()
        return int(self._server.read("count_nodes")[0]["nodes"])

    def write_bulk(self, stored: StoredRun, folder: Path) -> BulkFiles:
        """Writes the files of a first load, for the server's own import: no server is asked."""
        return write_bulk(stored, self._sealer(), folder)

    def begin(self, run: RunRecord) -> None:
        """Takes the lock, clears what a run left that died, and opens this one."""
        with writing(self._files.root):
            self.folder(run).mkdir(parents=True, exist_ok=True)
        self.prepare()
        self._lock.take()
        try:
            entries = self._ledger.entries()
            for entry in entries:
                if entry.run.run_id == run.run_id and entry.run.status == "published":
                    raise UsageError(f"run {run.run_id} is published already; a run id is used once")
            self._tidy()
            for entry in entries:
                if entry.run.status == "running" and entry.run.run_id != run.run_id:
                    died = replace(entry.run, status="failed", notes=(*entry.run.notes, "died"))
                    self._ledger.write(died, entry.seq)
            same = [entry.seq for entry in entries if entry.run.run_id == run.run_id]
            self._seq = same[0] if same else 1 + max((entry.seq for entry in entries), default=0)
            if same and self._seq <= max(entry.seq for entry in entries):
                # A run that goes on is the newest again: readers tell runs apart by their number.
                self._server.run("remove_run", uid=run_uid(run.run_id))
                self._seq = 1 + max(entry.seq for entry in entries)
            self._ledger.write(run, self._seq)
        except BaseException:
            self._lock.release()
            raise

    def load(self, run: RunRecord, graph: RunGraph) -> None:
        """Writes what differs from the published run, where no reader looks."""
        self._lock.check()
        elements = GraphElements(graph, self._sealer())
        writer = RunWriter(self._server, self._seq, first=self._ledger.current() is None)
        for nodes in elements.nodes():
            writer.nodes(nodes)
        for relationships in elements.relationships():
            writer.relationships(relationships)
        self._graph, self._elements, self._writer = graph, elements, writer
        self._totals = graph_totals(graph)
        self._kinds_schema = pack_schema(graph.kinds.schema)

    def partition(self, run: RunRecord, params: PartitionParams) -> Partition:
        """Components, Leiden inside them, and densities, of the links on the server."""
        if self._graph is None or self._elements is None or self._writer is None:
            raise StoreError(f"run {run.run_id} has no graph loaded")
        uids = self._elements.vertex_uids
        graph, pairs = self._graph.graph, (self._graph.links["a"], self._graph.links["b"])
        return self._communities.partition(graph, pairs, uids, self._writer.retired, params)

    def publish(self, run: RunRecord, judged: Judged) -> None:
        """Writes what was judged, then makes the run current in one transaction."""
        writer, elements = self._writer, self._elements
        if writer is None or elements is None:
            raise StoreError(f"run {run.run_id} has no graph loaded")
        self._lock.check()
        found = judged_elements(judged, run.run_id, elements, self._sealer())
        for nodes in found.nodes:
            writer.nodes(nodes)
        for relationships in found.relationships:
            writer.relationships(relationships)
        totals = self._totals | judged_totals(found.judged, self._kinds_schema)
        published = replace(run, status="published")
        move = {"uid": run_uid(run.run_id), "record": record_text(published), "totals": totals}
        self._lock.check()

        def commit(step: Step) -> None:
            writer.publish(step)
            # Readers are told just before the commit, which they may see piece by piece, and not for as long as it is
            # made.
            self._server.write("mark_publishing", publishing=True)
            step("move_pointer", move)

        self._server.together(commit)
        # From here on the run is served; what goes wrong with the tidying must not look like a failed night.
        with contextlib.suppress(LinkageError):
            self._server.write("mark_publishing", publishing=False)
        self._forget()
        with contextlib.suppress(OSError):
            shutil.rmtree(self.folder(run) / "work", ignore_errors=True)
        self._lock.release()

    def fail(self, run: RunRecord) -> None:
        """Records that the run ended without being published, and removes what it wrote."""
        self._forget()
        if not self._lock.held:
            return
        try:
            self._server.reach()
            if self._ledger.current() != run.run_id:
                self._tidy()
                self._ledger.write(run, self._seq)
        finally:
            self._lock.release()

    def discard(self, run: RunRecord) -> None:
        """Removes a run that was only tried."""
        self._forget()
        try:
            self._tidy()
            self._server.run("remove_run", uid=run_uid(run.run_id))
            self._remove_files([run.run_id])
        finally:
            self._lock.release()

    def view(self, run_id: str | None = None) -> Neo4jView:
        """The published run, or an older one that was published."""
        self._server.reach()
        record, node = self._published(run_id)
        return Neo4jView(self._server, record, node)

    def published(self) -> str | None:
        """The id of the run that is published now; ServerError where the server does not answer."""
        (rows,) = self._server.ask([("read_pointer", {})], _LOOK_SECONDS)
        return str(rows[0]["run_id"]) if rows and rows[0]["run_id"] is not None else None

    def reader(self, run_id: str | None = None) -> Neo4jReader:
        """A reader of the published run, or of an older one, on the connections of this engine."""
        self._server.reach()
        record, node = self._published(run_id)
        kept = self._kept_key()
        sealers = self._sealers if kept is None else (*self._sealers, kept)
        return Neo4jReader(Pin(self._server, record, int(node["seq"])), node, sealers)

    def runs(self) -> Sequence[RunRecord]:
        """All runs, oldest first."""
        self._server.reach()
        return [entry.run for entry in self._ledger.entries()]

    def prune(self, keep: int) -> Sequence[str]:
        """Removes all but the newest `keep` published runs, and runs that failed; never the published one."""
        with self._writing() as held:
            current = self._ledger.current()
            entries = self._ledger.entries()
            published = [entry for entry in entries if entry.run.status == "published"]
            # A run under way is nobody's leftover while its writer holds the lock.
            under_way = (
                {entry.run.run_id for entry in entries if entry.run.status == "running"} if held else set()
            )
            kept = {*(entry.run.run_id for entry in published[-keep:]), current, *under_way}
            gone = [entry.run.run_id for entry in entries if entry.run.run_id not in kept]
            for run_id in gone:
                self._server.run("remove_run", uid=run_uid(run_id))
            seen = [entry.seq for entry in published if entry.run.run_id in kept]
            if gone and seen:
                self._server.run("prune_past", oldest=min(seen))
                self._server.run("prune_nodes")
            self._remove_files(gone)
            return gone

    def _published(self, run_id: str | None) -> tuple[RunRecord, Mapping[str, Any]]:
        """The record and the node of a run that readers may see."""
        chosen = run_id or self._ledger.current()
        if chosen is None:
            raise StoreError(f"{self._server.login.uri} has no published run")
        record, node = self._ledger.node(chosen)
        if record.status != "published":
            wrong = StoreError if run_id is None else UnknownRunError
            raise wrong(f"run {chosen} was not published: it is {record.status}")
        return record, node

    @contextlib.contextmanager
    def _writing(self) -> Iterator[bool]:
        """Holds the lock; whether this engine held it before."""
        held = self._lock.held
        if not held:
            self._server.reach()
            self._lock.take()
        try:
            yield held
        finally:
            if not held:
                self._lock.release()

    def _tidy(self) -> None:
        """Removes all that was never published. The caller holds the lock."""
        drop_unpublished(self._server, published=self._ledger.current() is not None)
        self._server.write("mark_publishing", publishing=False)
        self._communities.drop_leftovers()

    def _forget(self) -> None:
        self._graph = self._elements = self._writer = None
        self._totals = {}

    def _remove_files(self, run_ids: Sequence[str]) -> None:
        with writing(self._files.root):
            for run_id in run_ids:
                if self._files.run_folder(run_id).is_dir():
                    shutil.rmtree(self._files.run_folder(run_id))

    def _sealer(self) -> Sealer | None:
        """The key of this store, drawn the first time; keys that are fingerprints already stay as they are."""
        if self._plain:
            return None
        path = self._key_file
        with writing(self._files.root):
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(secrets.token_hex(32), encoding="ascii")
        return self._kept_key()

    def _kept_key(self) -> Keyring | None:
        """The key of this store, if one was drawn; StoreError where it cannot be read."""
        try:
            return Keyring(self._key_file.read_text(encoding="ascii").strip().encode("ascii"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self._key_file}: cannot be read ({error.strerror})") from error

    @property
    def _key_file(self) -> Path:
        return self._files.root / "neo4j.key"
