"""Simple rules and the ideal detector over one source, without any night: `linkage evaluate --source` without the run.

`python -m tests.bench.quality_rules SOURCE LABELS ANSWER [--as-of TS] [--config FILE]` writes the scores as JSON.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from linkage.evaluate.labels import read_labels
from linkage.evaluate.yardstick import yardsticks
from linkage.settings import load_settings


def main() -> None:
    """Reads, scores, writes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality_rules", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--as-of", type=lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC))
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    settings = load_settings(given.config)
    found = yardsticks(given.source, read_labels(given.labels, settings), settings, given.as_of)
    numbers = {one.name: one.scores.numbers() if one.scores else None for one in found}
    given.answer.write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
