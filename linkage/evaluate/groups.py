"""Groups from edges, for whoever is compared with a night: the yardstick borrows nothing from what it measures."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from linkage.evaluate.truth import IntArray


def components(vertices: int, source: IntArray, target: IntArray) -> IntArray:
    """Connected components of undirected edges: a number for each vertex."""
    ones = np.ones(len(source), dtype=np.int8)
    _, label = connected_components(
        coo_matrix((ones, (source, target)), shape=(vertices, vertices)), directed=False
    )
    return np.asarray(label, dtype=np.int64)
