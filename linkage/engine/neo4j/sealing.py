"""Keys of personal identifiers inside the JSON that people read: keyed there as on the nodes of the identifiers."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pyarrow as pa

from linkage.identifiers.keys import Sealer


def sealed_json(table: pa.Table, column: str, sealer: Sealer | None, personal: Collection[str]) -> pa.Table:
    """The table with the keys in a column of JSON keyed where their kind is personal; None leaves them as is."""
    if sealer is None or column not in table.column_names:
        return table

    def sealed(value: Any) -> Any:
        if isinstance(value, list):
            return [sealed(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {name: sealed(item) for name, item in value.items()}
        if found.get("kind") in personal and isinstance(found.get("key"), str):
            found["key"] = sealer.fingerprint(found["kind"], found["key"])
        return found

    texts = [json.dumps(sealed(json.loads(text)), ensure_ascii=False) for text in table[column].to_pylist()]
    return table.set_column(table.column_names.index(column), column, pa.array(texts, pa.string()))
