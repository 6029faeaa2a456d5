"""Rows are handed over in batches that are bounded by what they hold."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.engine.neo4j import elements
from linkage.engine.neo4j.elements import Relationships

LENGTHS = [2, 3, 0, 0, 9, 1, 1, 1, 1, 6]


@pytest.mark.parametrize(
    ("size", "items", "expected"),
    [
        (100, 100, [10]),
        (4, 100, [4, 4, 2]),
        # The one that is longer than a batch goes alone.
        (100, 5, [4, 1, 4, 1]),
        (3, 5, [3, 1, 1, 3, 1, 1]),
    ],
)
def test_a_batch_has_so_many_rows_and_so_many_items(monkeypatch, size, items, expected):
    monkeypatch.setattr(elements, "MOST_ITEMS", items)
    table = pa.table(
        {
            "a": [f"a{at}" for at in range(10)],
            "b": ["b"] * 10,
            "stamp": list(range(10)),
            "lines": [list(range(length)) for length in LENGTHS],
        }
    )
    found = Relationships("LINKED", "load_relationships", np.arange(10), table, np.array(LENGTHS))
    parts = list(found.batches(np.arange(10), size))
    assert [len(part) for part in parts] == expected
    assert [row["stamp"] for part in parts for row in part] == list(range(10))
    assert [len(row["state"]["lines"]) for part in parts for row in part] == LENGTHS
    assert list(found.batches(np.arange(0), size)) == []
    assert [row["a"] for part in found.batches(np.array([9, 4]), size) for row in part] == ["a9", "a4"]
