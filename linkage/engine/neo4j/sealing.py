"""Keys of personal identifiers inside the JSON that people read of rings: keyed there as on the identifiers' nodes."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pyarrow as pa

from linkage.identifiers.keys import Sealer


def sealed_details(details: pa.Table, sealer: Sealer | None, personal: Collection[str]) -> pa.Table:
    """The details of rings with the keys in `defence` keyed where their kind is personal; None leaves them as is."""
    if sealer is None or "defence" not in details.column_names:
        return details

    def sealed(value: Any) -> Any:
        if isinstance(value, list):
            return [sealed(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {name: sealed(item) for name, item in value.items()}
        if found.get("kind") in personal and isinstance(found.get("key"), str):
            found["key"] = sealer.fingerprint(found["kind"], found["key"])
        return found

    texts = [
        json.dumps(sealed(json.loads(text)), ensure_ascii=False) for text in details["defence"].to_pylist()
    ]
    return details.set_column(details.column_names.index("defence"), "defence", pa.array(texts, pa.string()))
