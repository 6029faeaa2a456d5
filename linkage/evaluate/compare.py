"""Precision and recall by account, by pair and by ring, and all that is told beside them.

A labelled account is a member of a true ring, an innocent (or not confirmed: its `ring_id` is empty), or a
victim. Victims count as neither and are left out on both sides, and so are accounts without a label.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from linkage.evaluate.breakdown import by_decoy, by_role, by_size, by_style
from linkage.evaluate.campaigns import campaign_scores
from linkage.evaluate.curve import curve
from linkage.evaluate.intervals import bootstrap
from linkage.evaluate.report import BCubed, Detail, FalseAlarms, Report, RingScore, Score, Scores
from linkage.evaluate.tallies import tallies
from linkage.evaluate.truth import NONE, BoolArray, Joined, join


def evaluate(
    memberships: pa.Table, labels: pa.Table, *, stories: pa.Table | None = None, min_size: int = 8
) -> Report:
    """Compares a run's `memberships` with `labels`, both in the columns of the contract.

    By account: the accounts in predicted rings against those in true rings. By pair: two accounts in one
    predicted ring against two in one true ring. By ring: see `tallies.MATCH`; rings of a single account are
    none. A true member in no predicted ring counts as missed, an innocent in one as false. `stories`
    (account_id, story, style) says what each account was made as.
    """
    joined = join(memberships, labels, stories)
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
        detail=Detail(
            verdicts=by_role(joined),
            sizes=by_size(joined),
            styles=by_style(joined),
            decoys=by_decoy(joined),
            campaigns=campaign_scores(joined),
            curve=curve(joined),
        ),
    )


def score_flagged(memberships: pa.Table, labels: pa.Table) -> Scores:
    """Only the scores over flagged rings: what is asked of a rule that does not judge."""
    joined = join(memberships, labels)
    return _scores(joined, joined.flagged)


def _scores(joined: Joined, chosen: BoolArray) -> Scores:
    predicted = (joined.found != NONE) & chosen
    innocents = int(((joined.true == NONE) & ~joined.victim).sum())
    counted = ~joined.victim
    both = tallies(np.where(predicted, joined.found, NONE)[counted], joined.true[counted])
    good, found = both.found.sums()
    recalled, actual = both.true.sums()
    return Scores(
        accounts=Score(int(good[0]), int(found[0]), int(actual[0])),
        pairs=Score(int(good[1]), int(found[1]), int(actual[1])),
        rings=RingScore(int(good[2]), int(found[2]), int(recalled[2]), int(actual[2])),
        bcubed=BCubed(
            float(good[3] / found[3]) if found[3] else None,
            float(recalled[3] / actual[3]) if actual[3] else None,
        ),
        false_alarms=FalseAlarms(
            innocents=innocents,
            hit=int(both.found.strangers.sum()),
            victims=int(joined.victim.sum()),
            victims_hit=int((predicted & joined.victim).sum()),
        ),
        intervals=bootstrap(both, innocents),
    )
