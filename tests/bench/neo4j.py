"""How fast Neo4j takes a run: beside a bare driver's UNWIND of the same rows, a night with 2 % changed, in bulk.

`python -m tests.bench.neo4j [--accounts N | --world DIR]` starts a server of its own in a temporary folder.

The bare load has the same rows, statements, order and batches, each in a transaction of its own; only the time that the
driver and the server take for them counts, not the making of the rows. Each load is into an emptied database. A server
gets faster with what it has done: a whole bare load comes before those that count, of two rounds the order is ours,
bare, bare, ours, and the sums of all rounds are compared.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import numpy.typing as npt
import psutil
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.night import Night, Recorder, options

from linkage.communities.density import density
from linkage.communities.native import leiden
from linkage.communities.pieces import partition_by
from linkage.engine.base import RunGraph
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.engine.neo4j.elements import GraphElements
from linkage.engine.neo4j.server import BATCH
from linkage.engine.neo4j.statements import statement
from linkage.localserver import Server, ServerOptions, admin, down, import_command, up
from linkage.model import RunRecord
from linkage.nightly import run_nightly
from linkage.progress import Silent
from linkage.simulate import simulate
from linkage.simulate.tables import AS_OF

CHANGED = 0.02


def bare(login: Login, elements: GraphElements) -> tuple[int, float]:
    """Rows, and the seconds that driver and server take for them."""
    count, seconds = 0, 0.0
    with (
        neo4j.GraphDatabase.driver(
            login.uri, auth=(login.user, login.password), notifications_min_severity="OFF"
        ) as driver,
        driver.session() as session,
    ):
        loads: list[tuple[str, Iterator[list[Any]], dict[str, str]]] = [
            ("load_nodes", nodes.batches(np.arange(len(nodes.uids)), BATCH), {}) for nodes in elements.nodes()
        ]
        loads += [
            (found.statement, found.batches(np.arange(len(found.stamp)), BATCH), {"type": found.type})
            for found in elements.relationships()
        ]
        for name, parts, more in loads:
            for rows in parts:
                began = time.perf_counter()
                session.run(statement(name), rows=rows, since=1, **more).consume()
                seconds += time.perf_counter() - began
                count += len(rows)
    return count, seconds


def turns(rounds: int) -> list[str]:
    """Who loads when: each of both once a round, the other one first each time, ours last of all."""
    last = ["bare", "load"]
    return [
        what for left in range(rounds - 1, -1, -1) for what in (last if left % 2 == 0 else reversed(last))
    ]


def a_little_changed(graph: RunGraph) -> RunGraph:
    """2 % of what accounts used has been used once more."""
    draw = np.random.default_rng(1)
    more = (draw.random(graph.holdings.num_rows) < CHANGED).astype(np.int64)
    place = graph.holdings.schema.get_field_index("count")
    count = pa.array(graph.holdings["count"].to_numpy() + more)
    return replace(graph, holdings=graph.holdings.set_column(place, "count", count))


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it has started."""
    return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]


def forget_peak() -> None:
    """The most memory that this process has held counts from here on."""
    Path("/proc/self/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """The most memory that a process has held, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) >> 10


def clock(what: str, work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its seconds, which are printed."""
    began = time.perf_counter()
    found = work()
    took = time.perf_counter() - began
    print(f"  {what:<44}{took:>9.2f} s", flush=True)
    return found, took


def in_bulk(folder: Path, server: ServerOptions, running: Server) -> None:
    """The same run by the server's own import, which replaces the database."""
    stored = EmbeddedEngine(folder / "store").stored()
    engine = Neo4jEngine(Login(running.uri), folder / "files", plain=True)
    files, written = clock("bulk: write the files", lambda: engine.write_bulk(stored, folder / "bulk"))
    down(folder / "neo4j")
    command = import_command(files.arguments, files.delimiter, folder / "import.report")
    _, imported = clock("bulk: neo4j-admin database import", lambda: admin(folder / "neo4j", *command))
    count = files.nodes + files.relationships
    print(f"  rows a second: files {count / written:,.0f}, import {count / imported:,.0f},", end=" ")
    print(f"both {count / (written + imported):,.0f} ({count:,} rows, rings included)")
    again, _ = up(replace(server, bolt_port=running.bolt_port, http_port=running.http_port))
    login = Login(again.uri, "neo4j", again.password_file.read_text().strip())
    first = Neo4jEngine(login, folder / "files", plain=True)
    clock("bulk: constraints and indexes", first.prepare)
    print(f"  published: run {first.view().run.run_id}, {first.view().run.counts['rings']:,} rings")
    first.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=2, help="loads of each sort; an even number is fair")
    parser.add_argument("--heap", default="2g")
    parser.add_argument(
        "--world", type=Path, help="a folder that `linkage simulate` made, in place of --accounts"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linkage-bench-") as name:
        folder = Path(name)
        world = asked.world or folder / "world"
        if asked.world is None:
            simulate(world, accounts=asked.accounts, days=30, exchanges_per_account=20.0, seed=1)
        recorder = Recorder(EmbeddedEngine(folder / "store"))
        run_nightly(recorder, replace(options(world, "night"), as_of=AS_OF), Silent())
        night = Night(source=world, **recorder.given)
        home = folder / "neo4j"
        server = ServerOptions(home, bolt_port=0, http_port=0, heap=asked.heap, pagecache="1g")
        running, _ = up(server)
        try:
            login = Login(running.uri, "neo4j", running.password_file.read_text().strip())
            bench = Bench(night, login, running.pid, folder)
            forget_peak()
            bench.loads(asked.rounds)
            bench.nights()
            most = max(peak(one.pid) for one in family(running.pid))
            print(
                f"  peak memory: server {most:,} MiB (heap {asked.heap}), this process {peak(os.getpid()):,} MiB"
            )
            in_bulk(folder, server, running)
        finally:
            down(home)


class Bench:
    """One night's graph, and a server to give it to."""

    def __init__(self, night: Night, login: Login, pid: int, folder: Path) -> None:
        self.night, self.login, self.pid = night, login, pid
        self.engine = Neo4jEngine(login, folder / "files", plain=True)
        graph = night.graph
        print(
            f"{graph.accounts.num_rows:,} accounts, {graph.identifiers.num_rows:,} shared identifiers,"
            f" {graph.holdings.num_rows:,} uses, {graph.links.num_rows:,} links, {graph.stars.num_rows:,} stars"
        )

    def clock(self, what: str, work: Callable[[], Any]) -> tuple[Any, float]:
        """What the work gives, and its seconds; prints those, and of the processor here and on the server."""
        here, there = time.process_time(), self.busy()
        began = time.perf_counter()
        found = work()
        took = time.perf_counter() - began
        cpu = f"{time.process_time() - here:>8.2f} + {self.busy() - there:.2f} s of processor"
        print(f"  {what:<44}{took:>9.2f} s{cpu}", flush=True)
        return found, took

    def busy(self) -> float:
        """Seconds of processor that the server has used."""
        return sum(sum(one.cpu_times()[:2]) for one in family(self.pid))

    def begun(self, run_id: str, minute: int) -> RunRecord:
        """A run that may load."""
        run = self.night.as_run(run_id, minute=minute)
        self.engine.begin(replace(run, status="running"))
        return run

    def loads(self, rounds: int) -> None:
        """Bare and ours, first in turns, each into an emptied database; the last of ours is published."""
        graph, alone, ours, count = self.night.graph, [], [], 0
        elements, _ = self.clock("names and fingerprints", lambda: GraphElements(graph, None))
        run = self.begun("warm", 0)
        self.clock("bare, to warm the server", lambda: bare(self.login, elements))
        for minute, what in enumerate(turns(rounds), 1):
            self.engine.discard(run)
            run = self.begun(f"load{minute}", minute)
            if what == "bare":
                (count, seconds), _ = self.clock(
                    "bare UNWIND of the same rows", lambda: bare(self.login, elements)
                )
                print(f"    of which driver and server {seconds:.2f} s")
                alone.append(seconds)
            else:
                ours.append(self.clock("load", partial(self.engine.load, run, graph))[1])
        self.first, self.run = min(ours), run
        print(
            f"  {count:,} rows: bare {count * rounds / sum(alone):,.0f} a second, load"
            f" {count * rounds / sum(ours):,.0f} ({sum(alone) / sum(ours):.0%} of bare)"
        )

    def nights(self) -> None:
        """The night that is loaded, to its publication, and one with 2 % changed."""
        night, engine, graph = self.night, self.engine, self.night.graph
        links = graph.links["a"].to_numpy(), graph.links["b"].to_numpy()

        def native() -> npt.NDArray[np.int32]:
            community = partition_by(
                graph.graph, night.params.threshold, partial(leiden, seed=night.params.seed)
            )
            density(graph.accounts.num_rows, community, *links)
            return community

        self.clock("GDS: project, components", partial(self.components, graph))
        ours, _ = self.clock(
            "GDS: all of it, Leiden, cuts, cores", lambda: engine.partition(self.run, night.params)
        )
        theirs, _ = self.clock("embedded: components, Leiden, cuts, cores", native)
        index = adjusted_rand_score(theirs, ours.community)
        print(f"    adjusted Rand index of both partitions {index:.6f}")
        self.clock("publish", lambda: engine.publish(self.run, night.judged))
        run = self.begun("second", 59)
        _, again = self.clock("load, 2 % changed", lambda: engine.load(run, a_little_changed(graph)))
        written = engine._writer.written["relationships"] if engine._writer else 0
        print(f"    {written:,} relationships differ; {again / self.first:.0%} of the first load")
        self.clock("GDS", lambda: engine.partition(run, night.params))
        _, published = self.clock("publish", lambda: engine.publish(run, night.judged))
        print(f"    load and publication: {(again + published) / self.first:.0%} of the first load")
        engine.close()

    def components(self, graph: RunGraph) -> None:
        """The first part of what GDS does, once more."""
        uids = GraphElements(graph, None).vertex_uids
        self.engine._communities.components(uids, [])


if __name__ == "__main__":
    main()
