"""Nothing that is null here is a number there."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.graph import query

from linkage.engine.neo4j.values import rows, table_of

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)

NULLS = {
    "pandas' own texts": pd.DataFrame({"x": pd.array(["a", None, pd.NA], dtype="string")}),
    "texts as objects": pd.DataFrame({"x": pd.Series(["a", None, np.nan], dtype="object")}),
    "texts by default": pd.DataFrame({"x": ["a", None, None]}),
    "NaN": pd.DataFrame({"x": [1.5, np.nan, float("nan")]}),
    "NaN in Arrow, which is not null there": pa.table(
        {"x": pa.array([1.5, float("nan"), None], pa.float64())}
    ),
    "whole numbers": pd.DataFrame({"x": pd.array([1, None, None], dtype="Int64")}),
    "truths": pd.DataFrame({"x": pd.array([True, None, None], dtype="boolean")}),
    "times": pd.DataFrame({"x": pd.to_datetime([MOMENT, None, pd.NaT])}),
    "categories": pd.DataFrame({"x": pd.Categorical(["a", None, None])}),
    "lists": pa.table({"x": pa.array([[1.0, 2.0], None, None], pa.list_(pa.float64()))}),
}


@pytest.mark.parametrize("name", NULLS)
def test_nulls_of_every_kind_are_null_on_the_server(login, name):
    given = rows(NULLS[name])
    query(login, "UNWIND $rows AS row CREATE (n:Tried) SET n.at = row.at, n.x = row.x", rows=given)
    told = query(login, "UNWIND $rows AS row RETURN row.x IS NULL AS none", rows=given)
    assert [row["none"] for row in told] == [False, True, True]
    assert query(login, "MATCH (n:Tried) WHERE n.x IS NULL RETURN count(n) AS count") == [{"count": 2}]
    assert not query(login, "UNWIND $rows AS row WITH row.x AS x WHERE x <> x RETURN x", rows=given)


def test_a_nan_inside_a_list_is_refused_since_no_list_of_the_server_holds_a_null():
    with pytest.raises(ValueError, match="NaN"):
        rows(pa.table({"x": pa.array([[1.0, float("nan")]], pa.list_(pa.float64()))}))


def test_a_table_comes_back_from_the_server_as_it_was_given(login):
    table = pa.table(
        {
            "at": pa.array([0, 1], pa.int32()),
            "text": ["a", None],
            "number": pa.array([0.1 + 0.2, None], pa.float64()),
            "truth": [True, None],
            "time": pa.array([MOMENT, None], pa.timestamp("us", "UTC")),
            "local": pa.array([MOMENT.replace(tzinfo=None), None], pa.timestamp("us")),
            "list": [["x", "y"], None],
        }
    )
    query(login, "UNWIND $rows AS row CREATE (n:Tried) SET n = row", rows=rows(table))
    found = query(login, "MATCH (n:Tried) RETURN properties(n) AS state ORDER BY n.at")
    assert table_of([row["state"] for row in found], table.schema).equals(table)


def test_an_empty_table_keeps_its_columns():
    schema = pa.schema([("a", pa.string()), ("b", pa.timestamp("us", "UTC"))])
    assert rows(schema.empty_table()) == []
    assert table_of([], schema).equals(schema.empty_table())
