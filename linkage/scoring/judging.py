"""From features to verdicts: what the best innocent story leaves unexplained."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.model import Verdict
from linkage.scoring.calibration import AS_IT_IS, Calibration
from linkage.scoring.features import COUNTED, FEATURES, Group, contributions, dealt, group_bits
from linkage.scoring.measures import Columns, FloatArray
from linkage.scoring.stories import NO_STORY, STORIES, explained, fits

# log2 odds that a ring of which nothing is known but its links is fraud: most sharing is innocent.
PRIOR_BITS = -4.0
# A ring of this many members has half of its evidence believed: few members show rates by chance.
HALF_BELIEVED = 1.0
# A group speaks when at least this many of its bits remain unexplained …
SPEAKS_BITS = 1.5
# (of the network, whose rows overlap least with what companies do, a little less) …
NETWORK_SPEAKS_BITS = 1.2
# … and this many groups must, and there must be hard evidence (network, enforcement, things dealt out). However many
# others speak, they are what companies show that nobody has told a story of: one payer, one text, one week of sign-ups.
LEAST_GROUPS = 2
# No innocent story tells why banned accounts are replaced: from here on, and by so many bits more in full, that speaks
# against all of them. (Bans alone do not: they may have been a mistake.)
AGAINST_FROM, AGAINST_SPAN = 3.0, 3.0
# For the same reason enforcement is a hard group only with more than bans alone can give.
HARD_ENFORCEMENT = 4.0
# What is dealt out to people who have nothing else in common is hard evidence: so many cards (where that many bits of
# payment are left by the story), or so many lines, cards and machines together.
HARD_CARDS = 4.0
HARD_PAYMENT = 4.0
HARD_DEALT = 3.0
# One schedule that deals several jobs out is hard evidence too: so many members at least, so many private texts, none
# of them used by more than this share of the members, and synchrony that speaks. A class or a product's customers keep
# hours as well, but all of them with the same texts.
SCHEDULE_SIZE = 10.0
SCHEDULE_TEXTS = 4.0
SCHEDULE_MAIN = 0.6
# A stock of jobs speaks for itself where no story accounts for it: so many private texts at least, and so many an
# account (in a chain of companies each has a text or two), among so many members, and so many bits of content that the
# story leaves.
STOCK_TEXTS = 3.0
STOCK_EACH = 0.5
STOCK_SIZE = 3.0
STOCK_CONTENT = 2.0
# Stories tell of people who share because they live, work or meet together. From here on, and by so many things more in
# full, what is dealt out to strangers speaks against all of them.
DEALT_FROM, DEALT_SPAN = 2.0, 2.0
# The best story is named all the same, so that people can see what was rejected.
MOST_AGAINST = 0.95
# From here a story describes the ring; below, it is only the least bad one.
STORY_FITS = 0.6
# A story that leaves more than this is not the whole story.
STORY_LEAVES = 0.3


@dataclass(frozen=True)
class Judgement:
    """One entry a ring, in the order of `ring_feature`. `raw_score` is the score before it was calibrated.

    `residual` are the bits of each group after the best story, `raw` before any.
    """

    score: FloatArray
    raw_score: FloatArray
    verdict: npt.NDArray[np.str_]
    story: npt.NDArray[np.int64]
    fit: FloatArray
    parts: FloatArray
    raw: FloatArray
    residual: FloatArray
    fits: FloatArray
    dealt: FloatArray


def judge(
    features: pa.Table,
    flag_score: float,
    without: Collection[str] = (),
    calibration: Calibration = AS_IT_IS,
) -> Judgement:
    """Scores and verdicts of the rings in `features` (columns of `ring_feature`).

    `without` names innocent stories that are not believed, to see what each is needed for. `calibration` moves scores;
    what a flag needs besides its score, it needs all the same.
    """
    columns = numeric(features)
    parts = contributions(columns)
    raw = group_bits(parts)
    things = dealt(columns)
    enforced = (raw[_row(Group.ENFORCEMENT)] - AGAINST_FROM) / AGAINST_SPAN
    against = np.clip(np.maximum(enforced, (things - DEALT_FROM) / DEALT_SPAN), 0.0, MOST_AGAINST)
    fitting = fits(columns) * (1.0 - against)
    fitting[[number for number, story in enumerate(STORIES) if story.name in without]] = 0.0
    left = explained(raw, fitting)
    # The story that leaves least; of those, the one that fits best.
    best = (
        np.lexsort((-fitting.T, left.sum(axis=1).T.round(6)), axis=-1)[:, 0]
        if features.num_rows
        else np.zeros(0, int)
    )
    rings = np.arange(features.num_rows)
    fit = fitting[best, rings]
    residual = left[best, :, rings].T
    believed = columns["size"] / (columns["size"] + HALF_BELIEVED)
    score = 1.0 / (1.0 + np.exp2(-(PRIOR_BITS + believed * residual.sum(axis=0))))
    least = np.array([NETWORK_SPEAKS_BITS if group is Group.NETWORK else SPEAKS_BITS for group in Group])
    speaks = residual >= least[:, None]
    number = speaks[_rows(COUNTED)].sum(axis=0)
    hard = (
        speaks[_row(Group.NETWORK)]
        | (residual[_row(Group.ENFORCEMENT)] >= HARD_ENFORCEMENT)
        | ((columns["cards_apart"] >= HARD_CARDS) & (residual[_row(Group.PAYMENT)] >= HARD_PAYMENT))
        | (things >= HARD_DEALT)
        | (speaks[_row(Group.SYNCHRONY)] & speaks[_row(Group.CONTENT)] & _jobs_dealt_out(columns))
    )
    enough = ((number >= LEAST_GROUPS) & hard) | _stock_of_jobs(columns, residual[_row(Group.CONTENT)])
    # What lacks the evidence for a flag is not flagged, and its score must not say otherwise.
    most = np.where(enough & (score >= flag_score), np.inf, 0.98 * flag_score)
    raw_score = np.minimum(score, most)
    score = calibration(raw_score)
    flagged = enough & (score >= flag_score)
    score = np.where(flagged, score, np.minimum(score, 0.98 * flag_score))
    benign = ~flagged & (fit >= STORY_FITS) & (score < STORY_LEAVES)
    verdict = np.where(flagged, Verdict.FLAGGED, np.where(benign, Verdict.BENIGN, Verdict.UNEXPLAINED))
    return Judgement(
        score=score.round(6),
        raw_score=raw_score.round(6),
        verdict=verdict.astype(np.str_),
        story=np.where(fit > 0, best, NO_STORY),
        fit=fit,
        parts=parts,
        raw=raw,
        residual=residual,
        fits=fitting,
        dealt=things,
    )


def _jobs_dealt_out(columns: Columns) -> npt.NDArray[np.bool_]:
    """Rings whose accounts share several private texts, none of them most accounts'."""
    jobs: npt.NDArray[np.bool_] = (
        (columns["size"] >= SCHEDULE_SIZE)
        & (columns["templates"] >= SCHEDULE_TEXTS)
        & (columns["main_template_members"] <= SCHEDULE_MAIN)
    )
    return jobs


def _stock_of_jobs(columns: Columns, content: FloatArray) -> npt.NDArray[np.bool_]:
    """Rings among whose few accounts many private texts pass, of which `content` bits remain under the best story."""
    stock: npt.NDArray[np.bool_] = (
        (columns["size"] >= STOCK_SIZE)
        & (columns["jobs"] >= np.maximum(STOCK_TEXTS, STOCK_EACH * columns["size"]))
        & (content >= STOCK_CONTENT)
    )
    return stock


def _row(group: Group) -> int:
    return list(Group).index(group)


def _rows(groups: Collection[Group]) -> list[int]:
    return [number for number, group in enumerate(Group) if group in groups]


def numeric(features: pa.Table) -> dict[str, FloatArray]:
    """The numeric columns of a table as float arrays, NULL as NaN."""
    found: dict[str, FloatArray] = {}
    for name in features.column_names:
        column = features[name]
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            found[name] = column.cast(pa.float64()).fill_null(float("nan")).to_numpy().astype(np.float64)
    return found


__all__ = ["FEATURES", "STORIES", "Judgement", "judge", "numeric"]
