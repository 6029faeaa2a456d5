"""What a comparison of found rings with true ones gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkage.evaluate.breakdown import RingGroup, Seen
    from linkage.evaluate.campaigns import CampaignScores
    from linkage.evaluate.curve import Curve
    from linkage.evaluate.intervals import Intervals


@dataclass(frozen=True)
class Score:
    """Counts and what follows from them; a share of nothing is None, neither 0 nor 1."""

    correct: int
    predicted: int
    actual: int

    @property
    def precision(self) -> float | None:
        """Share of the predicted that is correct."""
        return _share(self.correct, self.predicted)

    @property
    def recall(self) -> float | None:
        """Share of the actual that is found."""
        return _share(self.correct, self.actual)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)

    def numbers(self) -> dict[str, float | int | None]:
        """All numbers by name."""
        counts = {"correct": self.correct, "predicted": self.predicted, "actual": self.actual}
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, **counts}


@dataclass(frozen=True)
class RingScore:
    """Rings that match one of the other side (Jaccard ≥ .5); at exactly .5 one ring may match two."""

    matched_predicted: int
    predicted: int
    matched_actual: int
    actual: int

    @property
    def precision(self) -> float | None:
        """Share of the predicted rings that match a true one."""
        return _share(self.matched_predicted, self.predicted)

    @property
    def recall(self) -> float | None:
        """Share of the true rings that match a predicted one."""
        return _share(self.matched_actual, self.actual)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)

    def numbers(self) -> dict[str, float | int | None]:
        """All numbers by name."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "matched_predicted": self.matched_predicted,
            "predicted": self.predicted,
            "matched_actual": self.matched_actual,
            "actual": self.actual,
        }


@dataclass(frozen=True)
class BCubed:
    """As an account sees it: how many found with it belong, and how many that belong are found with it.

    Precision is the mean over accounts in predicted rings, recall over accounts in true rings; an innocent,
    and an account in no predicted ring, counts as a ring of its own.
    """

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return harmonic(self.precision, self.recall)

    def numbers(self) -> dict[str, float | int | None]:
        """All numbers by name."""
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


@dataclass(frozen=True)
class FalseAlarms:
    """Innocents in the rings that are counted, and true victims that are held for members."""

    innocents: int
    hit: int
    victims: int
    victims_hit: int

    @property
    def per_100_000(self) -> float | None:
        """Innocents hit among 100,000."""
        share = _share(self.hit, self.innocents)
        return None if share is None else share * 100_000

    def numbers(self) -> dict[str, float | int | None]:
        """All numbers by name."""
        return {
            "per_100_000": self.per_100_000,
            "innocents": self.innocents,
            "hit": self.hit,
            "victims": self.victims,
            "victims_hit": self.victims_hit,
        }


@dataclass(frozen=True)
class Scores:
    """All measures over one choice of predicted rings, with their intervals."""

    accounts: Score
    pairs: Score
    rings: RingScore
    bcubed: BCubed
    false_alarms: FalseAlarms
    intervals: Intervals

    def numbers(self) -> dict[str, dict[str, object]]:
        """All numbers by measure and name; `…_interval` is the central 95 % of the bootstrap over rings."""
        measures: dict[str, Score | RingScore | BCubed] = {
            "accounts": self.accounts,
            "pairs": self.pairs,
            "rings": self.rings,
            "bcubed": self.bcubed,
        }
        found: dict[str, dict[str, object]] = {
            name: {
                **measure.numbers(),
                "precision_interval": self.intervals.precision[name],
                "recall_interval": self.intervals.recall[name],
            }
            for name, measure in measures.items()
        }
        found["false_alarms"] = {
            **self.false_alarms.numbers(),
            "per_100_000_interval": self.intervals.per_100_000,
        }
        return found


@dataclass(frozen=True)
class Detail:
    """Where it goes well: accounts by verdict, true rings by size and by style, innocents by story; and the curve."""

    verdicts: tuple[Seen, ...]
    sizes: tuple[RingGroup, ...]
    styles: tuple[RingGroup, ...]
    decoys: tuple[Seen, ...]
    campaigns: CampaignScores | None
    curve: Curve | None

    def numbers(self) -> dict[str, object]:
        """All numbers, ready for JSON; null where the labels, stories or scores say nothing."""
        return {
            "verdicts": [one.numbers() for one in self.verdicts],
            "ring_sizes": [one.numbers() for one in self.sizes],
            "ring_styles": [one.numbers() for one in self.styles],
            "decoys": [one.numbers() for one in self.decoys],
            "campaigns": self.campaigns.numbers() if self.campaigns else None,
            "curve": self.curve.numbers() if self.curve else None,
        }


@dataclass(frozen=True)
class Report:
    """`all_rings`, `flagged_rings`, and both again over predicted rings of at least `min_size` accounts.

    `labelled` accounts have a label, `confirmed` of them a ring, `victims` are neither; `unlabelled` accounts
    stand in a ring but not in the labels and count nowhere; `contradicted` accounts are labelled with more
    than one ring (the first in sorted order stands).
    """

    all_rings: Scores
    flagged_rings: Scores
    min_size: int
    large: Scores
    large_flagged: Scores
    labelled: int
    confirmed: int
    true_rings: int
    victims: int
    unlabelled: int
    contradicted: int
    detail: Detail

    def numbers(self) -> dict[str, object]:
        """All numbers, ready for JSON."""
        return {
            "all": self.all_rings.numbers(),
            "flagged": self.flagged_rings.numbers(),
            "min_size": self.min_size,
            "large": {"all": self.large.numbers(), "flagged": self.large_flagged.numbers()},
            "labels": {
                "accounts": self.labelled,
                "confirmed": self.confirmed,
                "rings": self.true_rings,
                "victims": self.victims,
                "unlabelled": self.unlabelled,
                "contradicted": self.contradicted,
            },
            **self.detail.numbers(),
        }


def harmonic(first: float | None, second: float | None) -> float | None:
    """The harmonic mean; None where one is unknown, 0 where both are 0."""
    if first is None or second is None:
        return None
    return 2 * first * second / (first + second) if first + second else 0.0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
