"""Communities by Graph Data Science: components of the stored links, Leiden inside them, and our rule for the cuts.

And how tight the links inside each community are: core numbers and local clustering.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa
from graphdatascience import GraphDataScience

from linkage.communities.cut import canonical, components
from linkage.communities.density import Density
from linkage.communities.graph import Graph
from linkage.communities.pieces import cut_pieces
from linkage.engine.base import Partition, PartitionParams
from linkage.engine.neo4j.server import Server
from linkage.errors import ServerError, StoreError
from linkage.links.holdings import FloatArray, IntArray

# All of our projections, so that leftovers of a run that died are known.
PREFIX = "linkage-"
# Of the heap that is free, what an estimate may take: the lower bound of an estimate is a lower bound.
_SHARE = 0.9
# Leiden stops where a level gains less: with the mean of many components, one that still gains must count.
_TOLERANCE = 1e-9
_LEVELS = 20
Pairs = tuple[pa.ChunkedArray, pa.ChunkedArray]
"""The two ends of each link between accounts, by their numbers."""


class GdsCommunities:
    """One run's partition on the server. Projections live no longer than the call that makes them."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def drop_leftovers(self) -> None:
        """Removes our projections that a run left that died; the caller holds the lock."""
        for row in self._server.read("leftover_projections", prefix=PREFIX):
            self._drop(str(row["name"]))

    def partition(
        self, graph: Graph, pairs: Pairs, uids: list[str], retired: list[int], params: PartitionParams
    ) -> Partition:
        """A community for each vertex, and each account's density among `pairs`, its links.

        `uids` are the nodes of the vertices, `retired` the fingerprints of links that are to go.
        ServerError when the server's heap is too small, StoreError when it holds other links than were loaded.
        """
        self.estimate(graph.vertices, len(graph.source))
        label = self.components(uids, retired)
        ours = components(graph.vertices, graph.source, graph.target)
        if not np.array_equal(label, ours):
            raise StoreError(
                f"{self._server.login.uri} holds other links than this run has: another program may have written there"
            )
        community = cut_pieces(graph, label, params.threshold, partial(self.leiden, seed=params.seed))
        return Partition(community, self.density(graph.accounts, community, pairs))

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

    def components(self, uids: list[str], retired: list[int]) -> IntArray:
        """Weakly connected components of the links that the run will have, numbered by first appearance."""
        place = {uid: at for at, uid in enumerate(uids)}
        label = np.arange(len(uids), dtype=np.int32)
        with self._projected("project_links", retired=retired) as name:
            if name is None:
                return canonical(label)
            rows = self._server.read("components", name=name)
        vertex = np.array([place.get(row["uid"], -1) for row in rows], dtype=np.int64)
        component = np.array([row["component"] for row in rows], dtype=np.int64)
        # GDS names a component by any number; ours follow the vertices' own.
        _, component = np.unique(component, return_inverse=True)
        known = vertex >= 0
        label[vertex[known]] = (len(uids) + component[known]).astype(np.int32)
        return canonical(label)

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
            "project_edges",
            source=source[order].tolist(),
            target=target[order].tolist(),
            bits=(bits / total[component])[order].tolist(),
        ) as name:
            if name is None:
                raise ServerError(f"{self._server.login.uri} projected nothing of {len(source):,} links")
            return self._stream(name, seed=seed, gamma=float(len(total)))

    def density(self, accounts: int, community: IntArray, pairs: Pairs) -> Density:
        """See `linkage.communities.density`, by the server."""
        a, b = (side.to_numpy() for side in pairs)
        inner = community[a] == community[b]
        core, clustering = np.zeros(accounts, dtype=np.int32), np.zeros(accounts)
        with self._projected(
            "project_edges",
            source=a[inner].tolist(),
            target=b[inner].tolist(),
            bits=[1.0] * int(inner.sum()),
        ) as name:
            if name is not None:
                for row in self._server.read("core_numbers", name=name):
                    core[row["vertex"]] = row["value"]
                for row in self._server.read("local_clustering", name=name):
                    clustering[row["vertex"]] = row["value"]
        return Density(core, clustering)

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
    def _projected(self, statement: str, **params: object) -> Iterator[str | None]:
        """A projection under a name of ours, dropped whatever happens; None where there is nothing to project."""
        name = PREFIX + statement
        self._drop(name)
        try:
            rows = self._server.write(statement, name=name, **params)
            # With no row to aggregate there is no projection.
            yield name if rows and rows[0]["nodes"] else None
        finally:
            self._drop(name)

    def _drop(self, name: str) -> None:
        with self._server.translated():
            self._client().graph.drop(name, fail_if_missing=False)
