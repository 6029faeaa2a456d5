"""How well behaviours are found that run over several rings, where the labels name campaigns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.evaluate.report import BCubed, Score
from linkage.evaluate.tallies import tallies
from linkage.evaluate.truth import NONE, Joined

REACHED = 0.5
"""A campaign is reached when at least this share of its accounts is in predicted groups."""


@dataclass(frozen=True)
class CampaignScores:
    """Pairs and B-cubed against campaigns: two rings of one campaign in one group are right here.

    `reached` of `campaigns` have half of their accounts in predicted groups; `touched` at least one account.
    """

    campaigns: int
    reached: int
    touched: int
    pairs: Score
    bcubed: BCubed

    def numbers(self) -> dict[str, object]:
        """All numbers by name."""
        return {
            "campaigns": self.campaigns,
            "reached": self.reached,
            "touched": self.touched,
            "pairs": self.pairs.numbers(),
            "bcubed": self.bcubed.numbers(),
        }


def campaign_scores(joined: Joined) -> CampaignScores | None:
    """Flagged accounts by predicted campaign (a run without them: by ring) against the labels' campaigns.

    None where no member is labelled with a campaign. Members without one count as neither, as victims do.
    """
    member = (joined.true != NONE) & ~joined.victim
    named = member & (joined.campaign != NONE)
    if not named.any():
        return None
    counted = ~joined.victim & (named | ~member)
    groups = joined.found_campaign if (joined.found_campaign != NONE).any() else joined.found
    found = np.where(joined.flagged & (joined.found != NONE), groups, NONE)
    both = tallies(found[counted], np.where(named, joined.campaign, NONE)[counted])
    good, predicted = both.found.sums()
    recalled, actual = both.true.sums()
    share = both.true.good[:, 0] / both.true.all[:, 0]
    return CampaignScores(
        campaigns=len(both.true.ring),
        reached=int((share >= REACHED).sum()),
        touched=int((share > 0).sum()),
        pairs=Score(int(good[1]), int(predicted[1]), int(actual[1])),
        bcubed=BCubed(
            float(good[3] / predicted[3]) if predicted[3] else None,
            float(recalled[3] / actual[3]) if actual[3] else None,
        ),
    )
