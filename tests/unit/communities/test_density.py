"""Core numbers and clustering, by hand and against another library."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from sknetwork.topology import count_triangles, get_core_decomposition

from linkage.communities.density import density


def of_links(accounts: int, *links: tuple[int, int]):
    a, b = np.array(links, dtype=np.int32).reshape(-1, 2).T
    return density(accounts, np.zeros(accounts, dtype=np.int32), a, b)


def test_no_links_and_no_accounts():
    found = of_links(3)
    assert found.core.tolist() == [0, 0, 0]
    assert found.clustering.tolist() == [0.0, 0.0, 0.0]
    assert len(of_links(0).core) == 0


def test_a_chain_is_loose_and_a_clique_is_tight():
    # 0–1–2–3 in a row; 4, 5, 6, 7 all with each other; 8 hangs on 7; 9 alone.
    clique = [(4, 5), (4, 6), (4, 7), (5, 6), (5, 7), (6, 7)]
    found = of_links(10, (0, 1), (1, 2), (2, 3), *clique, (7, 8))
    assert found.core.tolist() == [1, 1, 1, 1, 3, 3, 3, 3, 1, 0]
    # 7 has partners 4, 5, 6, 8: three of their six pairs are linked.
    assert found.clustering.tolist() == [0, 0, 0, 0, 1, 1, 1, 0.5, 0, 0]


def test_a_ring_of_four_with_one_chord():
    # 0–1–2–3–0 and 0–2: each is tied to two others of the whole.
    found = of_links(4, (0, 1), (1, 2), (2, 3), (0, 3), (0, 2))
    assert found.core.tolist() == [2, 2, 2, 2]
    # 0 has partners 1, 2, 3: of their pairs 1–2 and 2–3 are linked. 1 has 0 and 2, which are linked.
    assert found.clustering.tolist() == pytest.approx([2 / 3, 1, 2 / 3, 1])


def test_links_across_a_cut_do_not_count():
    # Two triangles with two links between them.
    a, b = np.array([[0, 1], [0, 2], [1, 2], [3, 4], [3, 5], [4, 5], [2, 3], [0, 3]], dtype=np.int32).T
    community = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    found = density(6, community, a, b)
    assert found.core.tolist() == [2] * 6
    assert found.clustering.tolist() == [1.0] * 6


@pytest.mark.parametrize("seed", range(20))
def test_as_another_library_has_it(seed):
    draw = np.random.default_rng(seed)
    accounts = int(draw.integers(2, 60))
    chosen = np.triu(draw.random((accounts, accounts)) < draw.choice([0.02, 0.1, 0.4, 0.9]), 1)
    a, b = (side.astype(np.int32) for side in np.nonzero(chosen))
    found = density(accounts, np.zeros(accounts, dtype=np.int32), a, b)
    matrix = coo_matrix(
        (np.ones(2 * len(a), dtype=bool), (np.r_[a, b], np.r_[b, a])), (accounts,) * 2
    ).tocsr()
    assert found.core.tolist() == get_core_decomposition(matrix).tolist()
    degree = np.bincount(np.r_[a, b], minlength=accounts)
    triangles = (found.clustering * degree * (degree - 1) / 2).round().astype(int)
    assert triangles.sum() == 3 * count_triangles(matrix)
    dense = matrix.toarray().astype(int)
    assert triangles.tolist() == (np.diagonal(dense @ dense @ dense) // 2).tolist()
