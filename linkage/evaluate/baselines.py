"""What simpler rules find in the same source, so that a figure can be held against something.

Each rule gives groups of accounts; each group of two or more is taken as a ring and as flagged, since none of
them judges. All see the same canonical identifiers as the nightly run, but only kinds that may make a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix

from linkage.errors import UsageError
from linkage.evaluate.groups import components
from linkage.evaluate.observe import World
from linkage.evaluate.truth import IntArray

ANY_DEGREE = 2**31 - 1
DEGREE = 50
"""Most holders of an identifier that the degree rule still links by."""
P2P_DEGREE = 10
P2P_SHARED = 3
"""The rule of published peer-to-peer examples: a card or device of few holders, and so many shared identifiers."""

# SynchroTrap (Cao, Yang, Yu and Palow 2014): accounts that do the same to the same object within an hour, again and
# again. These thresholds find most at level easy of all that were tried (3 and 5 matches, Jaccard .02 to .5). What more
# than 20 do in one hour is left out, since pairs grow with their square; of 20, 50 and 200 the first does best.
SYNCHRONY_WINDOW_HOURS = 1
SYNCHRONY_MATCHES = 5
SYNCHRONY_JACCARD = 0.02
SYNCHRONY_MOST = 20

Groups = IntArray | None
"""A group number for each account of the source; None where the source lacks what the rule needs."""


def any_shared(world: World) -> Groups:
    """Components over every shared identifier."""
    return _components(world, ANY_DEGREE)


def low_degree(world: World) -> Groups:
    """Components over identifiers of at most DEGREE holders."""
    return _components(world, DEGREE)


def p2p(world: World) -> Groups:
    """Components of pairs on a shared card or device of few holders with at least three shared identifiers."""
    kinds = world.warehouse.arrow(
        "SELECT DISTINCT name FROM linking_kind JOIN identifier USING (kind) WHERE name IN ('card', 'device')"
    )
    if not kinds.num_rows:
        return None
    pairs = world.warehouse.query("evaluate/p2p", degree=P2P_DEGREE, shared=P2P_SHARED)
    return _joined(world.accounts, pairs)


def louvain(world: World) -> Groups:
    """Louvain (Blondel et al. 2008) on the bipartite graph of accounts and shared identifiers, by Barber's modularity.

    By scikit-network (BSD), the only use of it; UsageError without the extra `report`.
    """
    try:
        from sknetwork.clustering import Louvain
    except ImportError as error:
        raise UsageError("baselines need scikit-network: pip install 'linkage[report]'") from error
    held = world.warehouse.query("evaluate/bipartite", most=ANY_DEGREE)
    group = np.arange(world.accounts, dtype=np.int64)
    if not held.num_rows:
        return group
    # Only accounts and identifiers with an edge: the library refuses empty rows.
    account, row = np.unique(held["account"].to_numpy(), return_inverse=True)
    identifier, column = np.unique(held["identifier"].to_numpy(), return_inverse=True)
    matrix = coo_matrix((np.ones(len(row)), (row, column)), shape=(len(account), len(identifier))).tocsr()
    found = Louvain(random_state=1, return_probs=False, return_aggregate=False).fit(matrix)
    group[account] = world.accounts + found.labels_row_.astype(np.int64)
    return group


def synchrony(world: World) -> Groups:
    """Components of pairs that act alike in the same hours: timing alone, on addresses and templates as objects."""
    if not world.dated:
        return None
    world.warehouse.run("evaluate/action", hours=SYNCHRONY_WINDOW_HOURS)
    pairs = world.warehouse.query(
        "evaluate/synchrony", most=SYNCHRONY_MOST, matches=SYNCHRONY_MATCHES, jaccard=SYNCHRONY_JACCARD
    )
    world.warehouse.drop("action")
    return _joined(world.accounts, pairs)


BASELINES: Mapping[str, tuple[str, Callable[[World], Groups]]] = MappingProxyType(
    {
        "any_shared": ("any shared identifier", any_shared),
        "p2p": (
            f"P2P rule: card or device of degree ≤ {P2P_DEGREE}, {P2P_SHARED} shared identifiers",
            p2p,
        ),
        "low_degree": (f"identifiers of degree ≤ {DEGREE}", low_degree),
        "louvain": ("Louvain on the bipartite graph", louvain),
        "synchrony": ("synchrony alone (as SynchroTrap)", synchrony),
    }
)
"""Every baseline by name: its title and its rule."""


def as_memberships(world: World, group: IntArray) -> pa.Table:
    """Groups of two accounts or more as flagged rings, in the columns of the contract."""
    ids = world.warehouse.arrow("SELECT account_id FROM account ORDER BY account")["account_id"]
    _, place, size = np.unique(group, return_inverse=True, return_counts=True)
    chosen = np.flatnonzero(size[place] >= 2)
    return pa.table(
        {
            "account_id": ids.take(pa.array(chosen)),
            "ring_id": pa.array(place[chosen]).cast(pa.string()),
            "flagged": pa.array(np.ones(len(chosen), dtype=np.bool_)),
            "role": pa.array(["member"] * len(chosen), pa.string()),
        }
    )


def _components(world: World, most: int) -> IntArray:
    held = world.warehouse.query("evaluate/bipartite", most=most)
    identifiers = world.warehouse.rows("identifier")
    account = held["account"].to_numpy().astype(np.int32)
    value = world.accounts + held["identifier"].to_numpy().astype(np.int32)
    label = components(world.accounts + identifiers, account, value)
    return label[: world.accounts].astype(np.int64)


def _joined(accounts: int, pairs: pa.Table) -> IntArray:
    first, second = (pairs[name].to_numpy().astype(np.int32) for name in ("a", "b"))
    return components(accounts, first, second).astype(np.int64)
