"""docs/simulator.md is the knob table: what it says is what the code draws from."""

from pathlib import Path

import pytest

from linkage.simulate.decoys import DECOYS
from linkage.simulate.knobs import DECOY_KNOBS
from linkage.simulate.knobtable import TABLES, operators, written

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "simulator.md"


def test_the_document_holds_the_tables_of_the_code() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert written(document) == document, "run: python -m linkage.simulate.knobtable docs/simulator.md"


def test_a_changed_number_would_be_seen() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert written(document.replace("several 40 %", "several 41 %", 1)) == document


def test_a_document_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="scales"):
        written("nothing")


def test_every_knob_has_a_distribution_at_every_level_and_a_reason() -> None:
    rows = [line.strip("| \n").split(" | ") for line in operators().splitlines()[2:]]
    assert len(rows) > 40
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)
    assert set(TABLES) == {"scales", "operators", "plain", "sharers"}


def test_every_story_is_told_by_a_function_of_its_name() -> None:
    assert list(DECOYS) == list(DECOY_KNOBS)
    assert all(DECOYS[name].__name__ == name and knob.why for name, knob in DECOY_KNOBS.items())
