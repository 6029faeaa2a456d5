"""Exact duplicates: proven absent by a few columns where possible, else found by a hash of the whole row.

And rows of which only the last can be true.
"""

from __future__ import annotations

from pathlib import Path

from linkage.sources.checks import Checked, row_json, set_aside
from linkage.sources.contracts import Contract
from linkage.warehouse import Warehouse, ident, literal


def drop_duplicates(warehouse: Warehouse, contract: Contract, parts: list[Checked]) -> int:
    """Adds all but the first of equal rows to `dropped`; the number of rows added.

    Rows in quarantine are left out. The first row is the first in the order of parts, files and rows.
    """
    present = {name for checked in parts for name in checked.part.types}
    key = tuple(name for name in contract.key if name in present)
    narrow = tuple(c.name for c in contract.columns if c.name in present and not c.free)
    wide = tuple(c.name for c in contract.columns if c.name in present)
    tried: list[tuple[str, ...]] = []
    for names in (key if len(key) == len(contract.key) else (), narrow, wide):
        if names and names not in tried:
            tried.append(names)
            if not _repeats(warehouse, parts, names):
                return 0
    return _drop(warehouse, parts, wide)


def drop_superseded(warehouse: Warehouse, contract: Contract, parts: list[Checked], source_dir: Path) -> int:
    """Sets aside all but the last of rows that agree in the contract's `one`; the number of rows set aside."""
    listed = ", ".join(map(ident, contract.one))
    rows = " UNION ALL ".join(
        f"SELECT {checked.part.number} AS _part, _file, _row, {checked.columns(contract.one)}"
        f" FROM {checked.part.located}"
        for checked in parts
    )
    standing = f"SELECT * FROM ({rows}) AS r ANTI JOIN dropped AS d USING (_part, _file, _row)"
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE superseded AS SELECT _part, _file, _row FROM"
        " (SELECT *, row_number() OVER"
        f" (PARTITION BY {listed} ORDER BY _part DESC, _file DESC, _row DESC) AS place FROM ({standing}))"
        " WHERE place > 1"
    )
    total = warehouse.rows("superseded")
    for checked in parts if total else []:
        part = checked.part
        warehouse.execute(
            "CREATE OR REPLACE TEMP TABLE bad_rows AS SELECT _file, _line, _row,"
            f" {literal(contract.conflict)} AS reason, {row_json(contract, part)} AS row"
            f" FROM {part.located} SEMI JOIN (SELECT _file, _row FROM superseded WHERE _part = {part.number})"
            " USING (_file, _row)"
        )
        set_aside(warehouse, contract, part, source_dir)
    warehouse.execute("INSERT INTO dropped SELECT * FROM superseded")
    warehouse.execute("DROP TABLE superseded")
    return total


def _repeats(warehouse: Warehouse, parts: list[Checked], names: tuple[str, ...]) -> bool:
    """Whether any two rows agree in these columns (or, one time in 2^64, only in their hash)."""
    listed = ", ".join(map(ident, names))
    rows = _union(parts, names, located=False)
    found = warehouse.records(
        f"SELECT count(*) AS rows, count(DISTINCT hash({listed})) AS kinds FROM ({rows})"
    )[0]
    return bool(found["rows"] != found["kinds"])


def _drop(warehouse: Warehouse, parts: list[Checked], names: tuple[str, ...]) -> int:
    listed = ", ".join(map(ident, names))
    rows = _union(parts, names, located=True)
    # Rows that spoil the contract are out already and must not stand for a good twin.
    standing = (
        f"SELECT *, hash({listed}) AS _hash FROM ({rows}) AS r"
        " ANTI JOIN dropped AS d USING (_part, _file, _row)"
    )
    before = warehouse.rows("dropped")
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS"
        f" SELECT _hash FROM ({standing}) GROUP BY _hash HAVING count(*) > 1"
    )
    warehouse.execute(
        f"INSERT INTO dropped SELECT _part, _file, _row FROM (SELECT _part, _file, _row, row_number() OVER"
        f" (PARTITION BY _hash, {listed} ORDER BY _part, _file, _row) AS place"
        f" FROM ({standing}) SEMI JOIN repeated USING (_hash)) WHERE place > 1"
    )
    warehouse.execute("DROP TABLE repeated")
    return warehouse.rows("dropped") - before


def _union(parts: list[Checked], names: tuple[str, ...], *, located: bool) -> str:
    place = "{}, _file, _row, " if located else ""
    return " UNION ALL ".join(
        f"SELECT {place.format(f'{checked.part.number} AS _part')}{checked.columns(names)}"
        f" FROM {checked.part.located if located else checked.part.scan}"
        for checked in parts
    )
