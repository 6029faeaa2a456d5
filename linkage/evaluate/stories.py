"""Reads what each account of a simulated world was made as; only an evaluation may."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from linkage.errors import InputError

_READERS = {
    ".parquet": pyarrow.parquet.read_table,
    ".csv": pyarrow.csv.read_csv,
    ".jsonl": pyarrow.json.read_json,
}


def read_stories(path: Path) -> pa.Table:
    """account_id, story and, where there is one, style; InputError for a file that lacks the first two."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path}: stories are read from {', '.join(_READERS)}")
    try:
        table: pa.Table = read(path)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from error
    for column in ("account_id", "story"):
        if column not in table.column_names:
            raise InputError(f"{path}: the column {column} is missing")
    return table.select([name for name in ("account_id", "story", "style") if name in table.column_names])
