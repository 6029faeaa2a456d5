"""The one place where tables become parameters: nulls and NaN become Cypher's null, numpy's numbers Python's own.

A NaN that reaches the server is a number there, unequal to itself and larger than all others: it would sort first,
pass every threshold, and be different each night.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Row = dict[str, Any]


def rows(data: pa.Table | pd.DataFrame) -> list[Row]:
    """The rows as parameters; NaN, NaT, NA and None are None. ValueError for a NaN in a list, which holds no null."""
    found: list[Row] = cleaned(_of_frame(data) if isinstance(data, pd.DataFrame) else data).to_pylist()
    return found


def cleaned(table: pa.Table) -> pa.Table:
    """The table with null for NaN and its times in UTC, as parameters have them."""
    return pa.table([_without_nan(column) for column in table.columns], names=table.column_names)


def batches(table: pa.Table, size: int) -> Iterator[list[Row]]:
    """The rows of a large table, so many at a time."""
    for start in range(0, table.num_rows, size):
        yield rows(table.slice(start, size))


def native(value: Any) -> Any:
    """A value that the server gave, as Python's own: its times as `datetime`."""
    if isinstance(value, list):
        return [native(item) for item in value]
    made = getattr(value, "to_native", None)
    return made() if callable(made) else value


def table_of(states: list[Row], schema: pa.Schema) -> pa.Table:
    """Rows that the server gave, in the columns and types of the table that they came from."""
    columns = []
    for field in schema:
        values = [native(state.get(field.name)) for state in states]
        if pa.types.is_timestamp(field.type) and field.type.tz is None:
            values = [item.replace(tzinfo=None) if isinstance(item, datetime) else item for item in values]
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=schema)


def _of_frame(frame: pd.DataFrame) -> pa.Table:
    """The frame's columns, its index left out, times in UTC."""
    zoned = {
        name: frame[name].dt.tz_convert(None)
        for name in frame.columns
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype)
    }
    return pa.Table.from_pandas(frame.assign(**zoned), preserve_index=False)


def _without_nan(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    kind = column.type
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and pa.types.is_floating(kind.value_type):
        if pc.any(pc.is_nan(pc.list_flatten(column))).as_py():
            raise ValueError("a list with a NaN cannot be stored: the server's lists hold no null")
        return column
    if pa.types.is_timestamp(kind) and kind.tz is None:
        # A time without a zone is UTC; nanoseconds are more than the driver takes.
        return column.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"), safe=False)
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", kind.tz), safe=False)
    return column
