"""How fast Neo4j takes a run: against a bare driver's UNWIND of the same rows, a night with 2 % changed, in bulk.

`python -m tests.bench.neo4j [--accounts N]` starts a server of its own in a temporary folder (`linkage neo4j up`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import psutil
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.night import Night, Recorder, options

from linkage.communities.native import partition
from linkage.engine.base import RunGraph
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.engine.neo4j.elements import GraphElements
from linkage.engine.neo4j.server import BATCH
from linkage.engine.neo4j.statements import statement
from linkage.localserver import Server, ServerOptions, admin, down, import_command, up
from linkage.nightly import run_nightly
from linkage.progress import Silent
from linkage.simulate import simulate
from linkage.simulate.tables import AS_OF

CHANGED = 0.02


def clock(what: str, work: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    found = work()
    took = time.perf_counter() - began
    print(f"  {what:<44}{took:>9.2f} s", flush=True)
    return found, took


def bare(login: Login, elements: GraphElements, seq: int) -> int:
    """The same rows by the same statements with nothing around them: no fingerprints compared, no checks."""
    count = 0
    with (
        neo4j.GraphDatabase.driver(
            login.uri, auth=(login.user, login.password), notifications_min_severity="OFF"
        ) as driver,
        driver.session() as session,
    ):
        for nodes in elements.nodes():
            for start in range(0, len(nodes.rows), BATCH):
                rows = nodes.rows[start : start + BATCH]
                session.run(statement("load_nodes"), rows=rows, since=seq).consume()
                count += len(rows)
        for found in elements.relationships():
            for rows in found.batches(np.arange(len(found.stamp)), BATCH):
                session.run(statement(found.statement), rows=rows, since=seq, type=found.type).consume()
                count += len(rows)
    return count


def a_little_changed(graph: RunGraph) -> RunGraph:
    """2 % of what accounts used has been used once more."""
    draw = np.random.default_rng(1)
    more = (draw.random(graph.holdings.num_rows) < CHANGED).astype(np.int64)
    place = graph.holdings.schema.get_field_index("count")
    count = pa.array(graph.holdings["count"].to_numpy() + more)
    return replace(graph, holdings=graph.holdings.set_column(place, "count", count))


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
    parser.add_argument("--heap", default="4g")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linkage-bench-") as name:
        folder = Path(name)
        simulate(folder / "world", accounts=asked.accounts, days=30, exchanges_per_account=20.0, seed=1)
        recorder = Recorder(EmbeddedEngine(folder / "store"))
        run_nightly(recorder, replace(options(folder / "world", "night"), as_of=AS_OF), Silent())
        night = Night(source=folder / "world", **recorder.given)
        server = ServerOptions(folder / "neo4j", bolt_port=0, http_port=0, heap=asked.heap, pagecache="1g")
        running, _ = up(server)
        try:
            measure(night, Login(running.uri, "neo4j", running.password_file.read_text().strip()), folder)
            tree = [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)]
            print(
                f"  memory of the server {sum(one.memory_info().rss for one in tree) >> 20:,} MiB,", end=" "
            )
            print(f"of this process {psutil.Process().memory_info().rss >> 20:,} MiB")
            in_bulk(folder, server, running)
        finally:
            down(folder / "neo4j")


def measure(night: Night, login: Login, folder: Path) -> None:
    graph = night.graph
    print(
        f"{graph.accounts.num_rows:,} accounts, {graph.identifiers.num_rows:,} shared identifiers,"
        f" {graph.holdings.num_rows:,} uses, {graph.links.num_rows:,} links, {graph.stars.num_rows:,} stars"
    )
    engine = Neo4jEngine(login, folder / "files", plain=True)
    run = night.as_run("warm")
    engine.begin(replace(run, status="running"))
    elements, _ = clock("names and fingerprints", lambda: GraphElements(graph, None))
    count, alone = clock("bare UNWIND of the same rows", lambda: bare(login, elements, 1))
    engine.discard(run)
    first = night.as_run("one")
    engine.begin(replace(first, status="running"))
    _, loaded = clock("load", lambda: engine.load(first, graph))
    print(
        f"  rows a second: bare {count / alone:,.0f}, load {count / loaded:,.0f} ({alone / loaded:.0%} of bare)"
    )
    clock("GDS: project, components, Leiden, cuts", lambda: engine.partition(first, night.params))
    native = partial(partition, graph.graph, night.params.threshold, night.params.seed)
    clock("embedded: components, Leiden, cuts", native)
    clock("publish", lambda: engine.publish(first, night.judged))
    second = night.as_run("two", minute=1)
    engine.begin(replace(second, status="running"))
    _, again = clock("second load, 2 % changed", lambda: engine.load(second, a_little_changed(graph)))
    written = engine._writer.written["relationships"] if engine._writer else 0
    print(f"  {written:,} relationships written; {again / loaded:.0%} of the first load")
    clock("publish the second", lambda: engine.publish(second, night.judged))
    engine.close()


if __name__ == "__main__":
    main()
