"""A row's fingerprint follows its content, and nothing else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from linkage.engine.neo4j.stamps import of_table

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CELLS = {
    "text": ("a", "", None, "b", "0"),
    "number": (0, 1, None, -1, 2**40),
    "measure": (0.0, 0.5, None, -0.5, 1e300),
    "truth": (False, True, None),
    "moment": (MOMENT, MOMENT + timedelta(microseconds=1), None),
    "texts": ([], ["a"], None, ["a", "b"], ["b", "a"], ["a", "b", "a"]),
    "numbers": ([], [0], None, [0, 0], [1, 2], [2, 1]),
}
TYPES = {
    "text": pa.string(), "number": pa.int64(), "measure": pa.float64(), "truth": pa.bool_(),
    "moment": pa.timestamp("us", "UTC"), "texts": pa.large_list(pa.string()), "numbers": pa.list_(pa.int32()),
}  # fmt: skip


def table(**columns: list[object]) -> pa.Table:
    return pa.table({name: pa.array(values, TYPES[name]) for name, values in columns.items()})


@pytest.mark.parametrize("name", CELLS)
def test_different_cells_give_different_rows(name):
    stamps = of_table(table(**{name: list(CELLS[name])}))
    assert len(set(stamps.tolist())) == len(CELLS[name])


def test_each_column_counts_and_rows_do_not_know_each_other():
    draw = np.random.default_rng(1)
    picked = {name: [CELLS[name][at % len(CELLS[name])] for at in draw.integers(0, 99, 60)] for name in CELLS}
    whole = of_table(table(**picked))
    order = draw.permutation(60)
    moved = {name: [values[at] for at in order] for name, values in picked.items()}
    assert of_table(table(**moved)).tolist() == whole[order].tolist()
    for name, values in picked.items():
        other = [values[0], *values[1:]]
        other[7] = next(cell for cell in CELLS[name] if cell != values[7])
        changed = of_table(table(**{**picked, name: other})) != whole
        assert changed.tolist() == [at == 7 for at in range(60)]


def test_how_a_column_is_stored_does_not_matter():
    texts, numbers = ["a", None, "b", "a"], [0.0, float("nan"), None, -0.0]
    plain = of_table(pa.table({"text": texts, "number": pa.array(numbers, pa.float64())}))
    parts = [pa.array(part).dictionary_encode() for part in (texts[:1], texts[1:])]
    nulls = pa.array([0.0, None, None, 0.0], pa.float64())
    stored = pa.table({"text": pa.chunked_array(parts), "number": nulls})
    assert of_table(stored).tolist() == plain.tolist()


@pytest.mark.parametrize("count", [0, 3])
def test_a_column_without_a_value_is_one_too(count):
    made = {name: [None] * count for name in CELLS}
    assert len(set(of_table(table(**made)).tolist())) == min(count, 1)
