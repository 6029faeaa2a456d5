"""A run's entry in the ledger as text."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from linkage.model import RunRecord

_TIMES = ("started_at", "finished_at", "as_of")


def record_text(run: RunRecord) -> str:
    """The entry as JSON, keys sorted."""
    values = asdict(run)
    for name in _TIMES:
        values[name] = values[name].isoformat() if values[name] else None
    return json.dumps(values, indent=1, sort_keys=True)


def record_of(text: str) -> RunRecord:
    """The entry again, fields of later versions left out; ValueError, TypeError or AttributeError where it is none."""
    values: dict[str, Any] = json.loads(text)
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    values["notes"] = tuple(values.get("notes", ()))
    known = {field.name for field in fields(RunRecord)}
    return RunRecord(**{name: value for name, value in values.items() if name in known})
