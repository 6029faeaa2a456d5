"""How well a published run finds the planted or confirmed rings of a labels table, and what others would find."""

from linkage.evaluate.compare import evaluate
from linkage.evaluate.labels import read_labels
from linkage.evaluate.report import BCubed, FalseAlarms, Report, RingScore, Score, Scores
from linkage.evaluate.stories import read_stories

__all__ = [
    "BCubed",
    "FalseAlarms",
    "Report",
    "RingScore",
    "Score",
    "Scores",
    "evaluate",
    "read_labels",
    "read_stories",
]
