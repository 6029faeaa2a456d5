"""Communities by Graph Data Science: components of the stored links, Leiden inside them, and our rule for the cuts.

And how tight the links are: core numbers and local clustering, on the same projection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from graphdatascience import GraphDataScience

from linkage.communities.cut import canonical, components
from linkage.communities.density import Density
from linkage.communities.graph import Graph
from linkage.communities.pieces import cut_pieces
from linkage.engine.base import Partition, PartitionParams
from linkage.engine.neo4j.server import Server
from linkage.errors import ServerError, StoreError
from linkage.links.holdings import FloatArray, IntArray, LongArray

# All of our projections, so that leftovers of a run that died are known.
PREFIX = "linkage-"
# Of the heap that is free, what an estimate may take: the lower bound of an estimate is a lower bound.
_SHARE = 0.9
# Leiden stops where a level gains less: with the mean of many components, one that still gains must count.
_TOLERANCE = 1e-9
_LEVELS = 20


class GdsCommunities:
    """One run's partition on the server. Projections live no longer than the call that makes them."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def drop_leftovers(self) -> None:
        """Removes our projections that a run left that died; the caller holds the lock."""
        for row in self._server.read("leftover_projections", prefix=PREFIX):
            self._drop(str(row["name"]))

    def partition(
        self, graph: Graph, uids: list[str], retired: list[int], params: PartitionParams
    ) -> Partition:
        """A community for each vertex, and each account's density.

        `uids` are the nodes of the vertices, `retired` the links that are to go.
        ServerError when the server's heap is too small, StoreError when it holds other links than were loaded.
        """
        self.estimate(graph.vertices, len(graph.source))
        label, density = self.measure(uids, graph.accounts, retired)
        ours = components(graph.vertices, graph.source, graph.target)
        if not np.array_equal(label, ours):
            raise StoreError(
                f"{self._server.login.uri} holds other links than this run has: another program may have written there"
            )
        community = cut_pieces(graph, label, params.threshold, partial(self.leiden, seed=params.seed))
        return Partition(community, density)

    def estimate(self, vertices: int, edges: int) -> None:
        """ServerError when the graph will not fit into the server's heap."""
        rows = self._server.read("estimate_communities", nodes=vertices, relationships=2 * edges)
        needed = int(rows[0]["bytes"])
        heap = {row["key"]: int(row["bytes"]) for row in self._server.read("heap")}
        free = heap["availableHeapInBytes"]
        if needed > free * _SHARE:
            raise ServerError(
                f"a graph of {vertices:,} vertices and {edges:,} edges needs {needed >> 20:,} MiB of the server's heap,"
                f" of which {free >> 20:,} MiB are free: raise server.memory.heap.max_size there"
            )

    def measure(self, uids: list[str], accounts: int, retired: list[int]) -> tuple[IntArray, Density]:
        """Weakly connected components of the links that the run will have, and the density of the first `accounts`.

        `uids` are the nodes of all vertices; components are numbered by first appearance.
        """
        label = np.arange(len(uids), dtype=np.int32)
        core, clustering = np.zeros(len(uids), dtype=np.int32), np.zeros(len(uids))
        with self._projected("project_links", retired=retired) as found:
            if found is not None:
                rows = self._server.read("components", name=found["name"])
                place = {uid: at for at, uid in enumerate(uids)}
                vertex = np.array([place.get(row["uid"], -1) for row in rows], dtype=np.int64)
                known = vertex >= 0
                # GDS names a component by any number; ours follow the vertices' own.
                _, component = np.unique([row["component"] for row in rows], return_inverse=True)
                label[vertex[known]] = (len(uids) + component[known]).astype(np.int32)
                if found["pairs"]:
                    node = np.array([row["node"] for row in rows], dtype=np.int64)
                    self._fill("core_numbers", found["name"], node, vertex, core)
                    self._fill("local_clustering", found["name"], node, vertex, clustering)
        return canonical(label), Density(core[:accounts], clustering[:accounts])

    def _fill(
        self, statement: str, name: str, node: LongArray, vertex: LongArray, column: npt.NDArray[Any]
    ) -> None:
        """Sets a number for each vertex, from the statement's (node, value). A vertex below 0 is none of ours."""
        rows = self._server.read(statement, name=name)
        order = np.argsort(node)
        # Both are of one projection: each node is there.
        place = order[np.searchsorted(node, [row["node"] for row in rows], sorter=order)]
        known = vertex[place] >= 0
        column[vertex[place][known]] = np.array([row["value"] for row in rows])[known]

    def leiden(
        self, source: IntArray, target: IntArray, bits: FloatArray, component: IntArray, *, seed: int
    ) -> tuple[IntArray, IntArray]:
        """See `Proposer`. One call serves all components, each by its own modularity.

        With the weights of each of C components scaled to a sum of one, modularity over all at resolution C is C⁻¹
        times the sum of the modularities of the components: `A/m_c − γ·k·k/(m_c²·2C)` has the factor of a component on
        its own at γ = C. So nothing of one component moves another.
        """
        total = np.bincount(component, bits)
        order = np.lexsort((target, source))
        with self._projected(
            "project_pieces",
            source=source[order].tolist(),
            target=target[order].tolist(),
            bits=(bits / total[component])[order].tolist(),
        ) as found:
            if found is None:
                raise ServerError(f"{self._server.login.uri} projected nothing of {len(source):,} links")
            return self._stream(str(found["name"]), seed=seed, gamma=float(len(total)))

    def _stream(self, name: str, *, seed: int, gamma: float) -> tuple[IntArray, IntArray]:
        with self._server.translated():
            gds = self._client()
            found = gds.leiden.stream(
                gds.graph.get(name),
                relationship_weight_property="bits",
                random_seed=seed,
                concurrency=1,
                gamma=gamma,
                tolerance=_TOLERANCE,
                max_levels=_LEVELS,
                log_progress=False,
            ).sort_values("nodeId")
        vertex = found["nodeId"].to_numpy().astype(np.int32)
        return vertex, found["communityId"].to_numpy().astype(np.int32)

    def _client(self) -> GraphDataScience:
        return GraphDataScience(
            self._server.driver, database=self._server.login.database, arrow=False, show_progress=False
        )

    @contextlib.contextmanager
    def _projected(self, statement: str, **params: object) -> Iterator[dict[str, Any] | None]:
        """What the statement tells of its projection, and `name`; None where there is nothing to project.

        The projection has a name of ours and is dropped whatever happens.
        """
        name = PREFIX + statement
        self._drop(name)
        try:
            rows = self._server.write(statement, name=name, **params)
            # With no row to aggregate there is no projection.
            yield {**rows[0], "name": name} if rows and rows[0]["nodes"] else None
        finally:
            self._drop(name)

    def _drop(self, name: str) -> None:
        with self._server.translated():
            self._client().graph.drop(name, fail_if_missing=False)
