"""Graphs written out by hand: their edges with the lines of evidence behind each."""

from collections.abc import Iterable, Sequence

import numpy as np

from linkage.communities.graph import Graph

Edge = tuple[int, int, Sequence[tuple[int, float]]]
"""Two vertices and the (identifier, bits) between them."""


def graph_of(accounts: int, edges: Iterable[Edge], stars: int = 0, whole: bool = False) -> Graph:
    """A graph straight from its edges; vertices from `accounts` on are stars. `whole` edges join groups."""
    told = sorted((min(a, b), max(a, b), list(lines)) for a, b, lines in edges)
    lines = [(edge, *line) for edge, (_, _, evidence) in enumerate(told) for line in evidence]
    return Graph(
        accounts=accounts,
        stars=stars,
        source=np.array([edge[0] for edge in told], np.int32),
        target=np.array([edge[1] for edge in told], np.int32),
        bits=np.array([sum(bits for _, bits in edge[2]) for edge in told], np.float64),
        edge=np.array([line[0] for line in lines], np.int64),
        identifier=np.array([line[1] for line in lines], np.int32),
        line_bits=np.array([line[2] for line in lines], np.float64),
        whole=np.full(len(told), whole),
        family=np.arange(max((line[1] for line in lines), default=-1) + 1, dtype=np.uint8) % 2,
        near_proof=np.zeros(max((line[1] for line in lines), default=-1) + 1, dtype=np.bool_),
        min_families=1,
    )
