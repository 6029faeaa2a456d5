"""Precision and recall by account, by pair and by ring, from a contingency table: no pair is ever listed.

A labelled account is a member of a true ring, an innocent (or not confirmed: its `ring_id` is empty), or a
victim. Victims count as neither and are left out on both sides, and so are accounts without a label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.evaluate.report import BCubed, FalseAlarms, Report, RingScore, Score, Scores
from linkage.evaluate.truth import NONE, BoolArray, IntArray, Joined, join

MATCH = 0.5
"""A predicted and a true ring match when they share at least this part of their union (Jaccard)."""


def evaluate(memberships: pa.Table, labels: pa.Table, *, min_size: int = 8) -> Report:
    """Compares a run's `memberships` with `labels`, both in the columns of the contract.

    By account: the accounts in predicted rings against those in true rings. By pair: two accounts in one
    predicted ring against two in one true ring. By ring: see `MATCH`; rings of a single account are none. A
    true member in no predicted ring counts as missed, an innocent in one as false.
    """
    joined = join(memberships, labels)
    every = np.ones(len(joined.found), dtype=np.bool_)
    large = joined.size >= min_size
    confirmed = (joined.true != NONE) & ~joined.victim
    return Report(
        all_rings=_scores(joined, every),
        flagged_rings=_scores(joined, joined.flagged),
        min_size=min_size,
        large=_scores(joined, large),
        large_flagged=_scores(joined, large & joined.flagged),
        labelled=len(joined.found),
        confirmed=int(confirmed.sum()),
        true_rings=len(np.unique(joined.true[confirmed])),
        victims=int(joined.victim.sum()),
        unlabelled=joined.unlabelled,
        contradicted=joined.contradicted,
    )


@dataclass(frozen=True)
class _Table:
    """How many accounts each ring has, and each pair (`found`, `true`) of rings in common: `both`."""

    found_size: IntArray
    true_size: IntArray
    found: IntArray
    true: IntArray
    both: IntArray


def _scores(joined: Joined, chosen: BoolArray) -> Scores:
    predicted = (joined.found != NONE) & chosen
    alarms = FalseAlarms(
        innocents=int(((joined.true == NONE) & ~joined.victim).sum()),
        hit=int((predicted & (joined.true == NONE) & ~joined.victim).sum()),
        victims=int(joined.victim.sum()),
        victims_hit=int((predicted & joined.victim).sum()),
    )
    counted = ~joined.victim
    found = np.where(predicted, joined.found, NONE)[counted]
    true = joined.true[counted]
    table = _contingency(found, true)
    return Scores(
        accounts=Score(
            correct=int(((found != NONE) & (true != NONE)).sum()),
            predicted=int((found != NONE).sum()),
            actual=int((true != NONE).sum()),
        ),
        pairs=Score(_pairs(table.both), _pairs(table.found_size), _pairs(table.true_size)),
        rings=_rings(table),
        bcubed=_bcubed(table),
        false_alarms=alarms,
    )


def _contingency(found: IntArray, true: IntArray) -> _Table:
    found_size = np.bincount(found[found != NONE])
    true_size = np.bincount(true[true != NONE])
    shared = (found != NONE) & (true != NONE)
    width = max(len(true_size), 1)
    cells, both = np.unique(found[shared] * width + true[shared], return_counts=True)
    return _Table(found_size, true_size, cells // width, cells % width, both)


def _pairs(sizes: IntArray) -> int:
    """Pairs within groups of these sizes; 64 bits hold the pairs of four billion accounts."""
    return int((sizes * (sizes - 1) // 2).sum())


def _rings(table: _Table) -> RingScore:
    found_size, true_size = table.found_size[table.found], table.true_size[table.true]
    jaccard = table.both / (found_size + true_size - table.both)
    match = (jaccard >= MATCH) & (found_size >= 2) & (true_size >= 2)
    return RingScore(
        matched_predicted=len(np.unique(table.found[match])),
        predicted=int((table.found_size >= 2).sum()),
        matched_actual=len(np.unique(table.true[match])),
        actual=int((table.true_size >= 2).sum()),
    )


def _bcubed(table: _Table) -> BCubed:
    predicted, actual = int(table.found_size.sum()), int(table.true_size.sum())
    # Each of the `both` accounts of a cell sees that many of its own; the others see only themselves.
    belong = float((table.both**2 / table.found_size[table.found]).sum())
    innocents = table.found_size - np.bincount(table.found, table.both, len(table.found_size))
    present = table.found_size > 0
    belong += float((innocents[present] / table.found_size[present]).sum())
    found = float((table.both**2 / table.true_size[table.true]).sum())
    missed = table.true_size - np.bincount(table.true, table.both, len(table.true_size))
    present = table.true_size > 0
    found += float((missed[present] / table.true_size[present]).sum())
    return BCubed(belong / predicted if predicted else None, found / actual if actual else None)
